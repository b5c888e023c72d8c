using System.Net.Sockets;
using System.Text;

namespace CharRnn.Server.Tests;

/// <summary>A connection to a server on which anything can be said, whether it is HTTP or not.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private RawConnection() { }

    /// <summary>Connects.</summary>
    /// <param name="address">The server.</param>
    /// <param name="receiveBuffer">Bytes that the system receives unasked; null for its default.</param>
    public static async Task<RawConnection> OpenAsync(Uri address, int? receiveBuffer = null)
    {
        var connection = new RawConnection();
        if (receiveBuffer is { } bytes)
            connection._socket.ReceiveBufferSize = bytes;
        await connection._socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>Says something, and gives all that comes until the server closes the connection.</summary>
    public static async Task<string> AnswerAsync(Uri address, string said)
    {
        using var connection = await OpenAsync(address);
        await connection.SayAsync(said);
        return await connection.ReadToEndAsync();
    }

    /// <summary>A <c>POST</c> of JSON after whose answer the connection ends.</summary>
    public static string Post(string path, string body, string? headers = null) =>
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    public Task SayAsync(string text) => SayAsync(Encoding.UTF8.GetBytes(text));

    public async Task SayAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[(await _socket.SendAsync(bytes, TestContext.Current.CancellationToken))..];
    }

    /// <summary>Says that nothing more will be said.</summary>
    public void EndSaying() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Waits for the first bytes; none if the server closes the connection.</summary>
    public async Task<string> ReadAsync()
    {
        byte[] buffer = new byte[1 << 16];
        using var patience = NewPatience();
        return Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, patience.Token));
    }

    /// <summary>Whether something can be read, or the server has closed the connection, within a time.</summary>
    public Task<bool> IsAnsweredAsync(TimeSpan time) =>
        Task.Run(() => _socket.Poll(time, SelectMode.SelectRead), TestContext.Current.CancellationToken);

    /// <summary>
    /// All that comes until the server closes the connection; once it is silent, it is told that nothing more will be
    /// said.
    /// </summary>
    public async Task<string> ReadPastSilenceAsync(TimeSpan silence)
    {
        var all = new StringBuilder();
        while (await IsAnsweredAsync(silence))
        {
            string part = await ReadAsync();
            if (part.Length == 0)
                return all.ToString();
            all.Append(part);
        }
        EndSaying();
        return all.Append(await ReadToEndAsync()).ToString();
    }

    /// <summary>All that comes until the server closes the connection, in whatever way.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        using var patience = NewPatience();
        try
        {
            for (int count; (count = await _socket.ReceiveAsync(buffer, patience.Token)) > 0; )
                all.Write(buffer, 0, count);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset) { }
        return Encoding.UTF8.GetString(all.ToArray());
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _socket.Dispose();

    private static CancellationTokenSource NewPatience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        return patience;
    }
}
