using System.Net.Http.Headers;

namespace CharRnn.Cli.Downloads;

/// <summary>
/// An unfinished download: the bytes received so far, and beside them the validator (an entity tag or a date) that lets
/// the server say whether they are still the beginning of what it has. It outlives the process, so that an interrupted
/// download goes on where it stopped. Open, it is locked against a second download.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    private PartialFile(string path, FileStream stream)
    {
        _path = path;
        _stream = stream;
        stream.Seek(0, SeekOrigin.End);
    }

    public long Length => _stream.Length;

    private static string ValidatorPath(string path) => path + ".from";

    public static PartialFile Open(string path)
    {
        try
        {
            return new(path, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new CharRnnException(
                $"{path} is in use; another download of the same corpus seems to be running, wait for it or stop "
                    + $"it. ({e.Message})",
                e
            );
        }
    }

    public static void Delete(string path)
    {
        File.Delete(path);
        File.Delete(ValidatorPath(path));
    }

    /// <summary>
    /// The condition under which the bytes here may be continued from this address; null when the download has to start
    /// over.
    /// </summary>
    public RangeConditionHeaderValue? ContinueIf(Uri address)
    {
        if (Length == 0 || !File.Exists(ValidatorPath(_path)))
            return null;
        string[] lines = File.ReadAllLines(ValidatorPath(_path));
        return
            lines.Length == 2
            && lines[0] == address.AbsoluteUri
            && RangeConditionHeaderValue.TryParse(lines[1], out var condition)
            ? condition
            : null;
    }

    /// <summary>Discards the bytes so far and starts over with the body of this response.</summary>
    public void Restart(Uri address, HttpResponseMessage response)
    {
        Discard();
        if (Validator(response) is { } validator)
            File.WriteAllLines(ValidatorPath(_path), [address.AbsoluteUri, validator]);
    }

    /// <summary>Discards the download.</summary>
    public void Discard()
    {
        // The validator goes first: it must never stand beside bytes that it does not speak of.
        File.Delete(ValidatorPath(_path));
        _stream.SetLength(0);
    }

    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _stream.WriteAsync(bytes, cancellationToken);

    public void FlushToDisk() => _stream.Flush(flushToDisk: true);

    public void Dispose()
    {
        bool isEmpty = Length == 0;
        _stream.Dispose();
        if (isEmpty)
            Delete(_path);
    }

    // A weak entity tag promises the same meaning, not the same bytes, and may not be used with ranges (RFC 9110,
    // 13.1.5).
    private static string? Validator(HttpResponseMessage response)
    {
        if (response.Headers.ETag is { IsWeak: false } tag)
            return tag.ToString();
        return response.Content.Headers.LastModified is { } modified
            ? new RangeConditionHeaderValue(modified).ToString()
            : null;
    }
}
