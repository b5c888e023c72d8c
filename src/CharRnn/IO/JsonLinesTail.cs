using System.Text.Json;

namespace CharRnn.Checkpoints;

/// <summary>
/// Reader of a log that grows: each time it reads what was added since. A log that was cut back or replaced, as a run
/// that resumes does, is read anew from its beginning.
/// </summary>
internal sealed class JsonLinesTail(string path)
{
    // Enough to tell one line of a log from another.
    private const int MarkBytes = 64;

    private readonly List<byte> _mark = [];
    private long _offset;

    /// <summary>Reads the whole lines that were added.</summary>
    /// <param name="restarted">Whether the lines are all lines of the log, and those given before no longer count.</param>
    /// <returns>The step of each line, and its object; lines that no trainer wrote are left out.</returns>
    /// <exception cref="ModelException">The log cannot be read.</exception>
    public List<(long Step, JsonElement Line)> ReadNew(out bool restarted)
    {
        restarted = false;
        try
        {
            if (!File.Exists(path))
            {
                restarted = _offset > 0;
                Restart();
                return [];
            }
            using var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 0
            );
            if (_offset > 0 && !GoesOn(file))
            {
                restarted = true;
                Restart();
            }
            return ReadFrom(file);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"cannot read {path}: {OneLine.Reason(refusal)}", refusal);
        }
    }

    private List<(long, JsonElement)> ReadFrom(FileStream file)
    {
        var lines = new List<(long, JsonElement)>();
        long length = file.Length;
        if (length <= _offset)
            return lines;
        byte[] added = new byte[length - _offset];
        file.Position = _offset;
        int read = file.ReadAtLeast(added, added.Length, throwOnEndOfStream: false);
        // What follows the last line's end is a line that is being written.
        int whole = added.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
        for (int start = 0; start < whole; )
        {
            int end = start + added.AsSpan(start, whole - start).IndexOf((byte)'\n');
            if (JsonLines.TryParse(added.AsSpan(start, end - start), out long step, out var line))
                lines.Add((step, line));
            start = end + 1;
        }
        _offset += whole;
        Remember(added.AsSpan(0, whole));
        return lines;
    }

    private bool GoesOn(FileStream file)
    {
        if (file.Length < _offset)
            return false;
        byte[] there = new byte[_mark.Count];
        file.Position = _offset - _mark.Count;
        file.ReadExactly(there);
        return there.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_mark));
    }

    private void Remember(ReadOnlySpan<byte> read)
    {
        if (read.Length >= MarkBytes)
        {
            _mark.Clear();
            _mark.AddRange(read[^MarkBytes..]);
            return;
        }
        _mark.AddRange(read);
        if (_mark.Count > MarkBytes)
            _mark.RemoveRange(0, _mark.Count - MarkBytes);
    }

    private void Restart()
    {
        _offset = 0;
        _mark.Clear();
    }
}
