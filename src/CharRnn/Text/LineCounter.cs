using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CharRnn.Text;

/// <summary>Counts lines and those seen before, from blocks of ids. A line is remembered by 128 bits of its SHA-256, so that long lines cost no more than short ones.</summary>
internal sealed class LineCounter(Vocabulary vocabulary) : IDisposable
{
    private const int KeyBytes = 16;

    private readonly int? _lineFeed = IdOf(vocabulary, '\n');
    private readonly int? _carriageReturn = IdOf(vocabulary, '\r');
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];
    private readonly HashSet<UInt128> _seen = [];

    private bool _isOpen;
    private bool _isEmpty = true;

    internal long Lines { get; private set; }

    internal long RepeatedLines { get; private set; }

    internal void Add(ReadOnlySpan<int> ids)
    {
        if (_lineFeed is not { } lineFeed)
        {
            Extend(ids);
            return;
        }
        for (int end = ids.IndexOf(lineFeed); end >= 0; end = ids.IndexOf(lineFeed))
        {
            Extend(ids[..end]);
            EndLine();
            ids = ids[(end + 1)..];
        }
        Extend(ids);
    }

    /// <summary>Counts the last line where no line feed ends it.</summary>
    internal void Finish()
    {
        if (_isOpen)
            EndLine();
    }

    public void Dispose() => _hash.Dispose();

    private void Extend(ReadOnlySpan<int> ids)
    {
        if (ids.IsEmpty)
            return;
        _isOpen = true;
        // The carriage return before a line feed belongs to the line's end, not to what it says.
        _isEmpty &= _carriageReturn is { } carriageReturn && !ids.ContainsAnyExcept(carriageReturn);
        _hash.AppendData(MemoryMarshal.AsBytes(ids));
    }

    private void EndLine()
    {
        Lines++;
        _hash.GetHashAndReset(_digest);
        if (!_isEmpty && !_seen.Add(MemoryMarshal.Read<UInt128>(_digest.AsSpan(0, KeyBytes))))
            RepeatedLines++;
        _isOpen = false;
        _isEmpty = true;
    }

    private static int? IdOf(Vocabulary vocabulary, int symbol) => vocabulary.TryGetId(symbol, out int id) ? id : null;
}
