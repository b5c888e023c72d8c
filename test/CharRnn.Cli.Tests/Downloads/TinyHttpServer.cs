using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CharRnn.Cli.Tests;

/// <summary>
/// A server on this machine that gives one file, and misbehaves on request: it cuts connections in the middle of a
/// body, knows no ranges, answers with an error. It is written on sockets, since a well-made server cannot be made to
/// break off.
/// </summary>
public sealed class TinyHttpServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Request> _requests = [];
    private readonly Task _serving;

    public TinyHttpServer(byte[] content)
    {
        Content = content;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>What a request asked for.</summary>
    public sealed record Request(string Path, string? Range, string? IfRange);

    public byte[] Content { get; set; }

    /// <summary>The validator, with its quotes; null for none.</summary>
    public string? EntityTag { get; set; } = "\"one\"";

    public string? LastModified { get; set; }

    public bool KnowsRanges { get; set; } = true;

    /// <summary>Statuses to answer the next requests with, before it begins to serve.</summary>
    public Queue<int> Refusals { get; } = [];

    /// <summary>For the next answers: how many bytes of the body to send before the connection is cut.</summary>
    public Queue<int> Cuts { get; } = [];

    /// <summary>
    /// Says that it sends this many bytes, and then keeps the connection open without sending the last of them.
    /// </summary>
    public bool FallsSilent { get; set; }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/corpus");

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    /// <summary>An address of this machine where nobody listens.</summary>
    public static Uri NobodysAddress()
    {
        using var passing = new TcpListener(IPAddress.Loopback, 0);
        passing.Start();
        return new($"http://127.0.0.1:{((IPEndPoint)passing.LocalEndpoint).Port}/");
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _serving.Wait();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true)
                answers.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            var stream = client.GetStream();
            var request = await ReadRequestAsync(stream);
            if (request is null)
                return;
            lock (_gate)
                _requests.Add(request);
            await RespondAsync(client, stream, request);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client went away, or the test is over.
        }
    }

    private async Task<Request?> ReadRequestAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        string? first = await reader.ReadLineAsync(_stop.Token);
        if (first is null)
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
            headers[line.Split(':', 2)[0]] = line.Split(':', 2)[1].Trim();
        return new(first.Split(' ')[1], headers.GetValueOrDefault("Range"), headers.GetValueOrDefault("If-Range"));
    }

    private async Task RespondAsync(TcpClient client, NetworkStream stream, Request request)
    {
        if (Refusals.TryDequeue(out int status))
        {
            await SendAsync(stream, $"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }

        int start = 0;
        bool isValid = request.IfRange is null || request.IfRange == EntityTag || request.IfRange == LastModified;
        if (KnowsRanges && isValid && request.Range is { } range)
            start = int.Parse(range["bytes=".Length..].TrimEnd('-'));
        if (start >= Content.Length && start > 0)
        {
            await SendAsync(
                stream,
                "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes "
                    + $"*/{Content.Length}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            return;
        }

        var head = new StringBuilder();
        head.Append(start > 0 ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n");
        if (start > 0)
            head.Append($"Content-Range: bytes {start}-{Content.Length - 1}/{Content.Length}\r\n");
        if (EntityTag is not null)
            head.Append($"ETag: {EntityTag}\r\n");
        if (LastModified is not null)
            head.Append($"Last-Modified: {LastModified}\r\n");
        head.Append($"Content-Length: {Content.Length - start}\r\nConnection: close\r\n\r\n");
        await SendAsync(stream, head.ToString());

        if (FallsSilent)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }
        else if (Cuts.TryDequeue(out int sent))
        {
            await stream.WriteAsync(Content.AsMemory(start, sent), _stop.Token);
            // What was sent has to arrive before the end of the connection does.
            client.Client.Shutdown(SocketShutdown.Send);
        }
        else
        {
            await stream.WriteAsync(Content.AsMemory(start), _stop.Token);
        }
    }

    private async Task SendAsync(NetworkStream stream, string text) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), _stop.Token);
}
