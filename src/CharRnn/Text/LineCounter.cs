using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CharRnn.Text;

/// <summary>
/// Counts lines and those seen before, from blocks of ids. A line is remembered by 128 bits of its SHA-256, so that long lines cost no more than short ones,
/// and of those keys only so many at once: where a text has more, it is gone through again for the rest.
/// </summary>
/// <param name="vocabulary">What the ids mean.</param>
/// <param name="mostKeys">How many keys are remembered at once; a key takes some forty bytes.</param>
internal sealed class LineCounter(Vocabulary vocabulary, int mostKeys = 1 << 22) : IDisposable
{
    private const int KeyBytes = 16;

    // From here on the set is made as large as it may become: growing by doubling, it would for a moment be there one and a half times.
    private const int ManyKeys = 1 << 17;

    private readonly int? _lineFeed = IdOf(vocabulary, '\n');
    private readonly int? _carriageReturn = IdOf(vocabulary, '\r');
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];
    private readonly HashSet<UInt128> _seen = [];
    private readonly Stack<KeyPart> _waiting = [];

    private KeyPart _part = KeyPart.Whole;
    private bool _isFirstTime = true;
    private bool _isOpen;
    private bool _isEmpty = true;
    private long _withText;
    private long _distinct;

    internal long Lines { get; private set; }

    internal long RepeatedLines => _withText - _distinct;

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

    /// <summary>Ends the text, and its last line where no line feed does.</summary>
    /// <returns>Whether the whole text must be added once more before the count is complete.</returns>
    internal bool Finish()
    {
        if (_isOpen)
            EndLine();
        _distinct += _seen.Count;
        _seen.Clear();
        _isFirstTime = false;
        return _waiting.TryPop(out _part);
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
        _hash.GetHashAndReset(_digest);
        if (_isFirstTime)
        {
            Lines++;
            _withText += _isEmpty ? 0 : 1;
        }
        if (!_isEmpty)
            Remember(MemoryMarshal.Read<UInt128>(_digest.AsSpan(0, KeyBytes)));
        _isOpen = false;
        _isEmpty = true;
    }

    private void Remember(UInt128 key)
    {
        if (!_part.Has(key))
            return;
        _seen.Add(key);
        if (_seen.Count == Math.Min(ManyKeys, mostKeys))
            _seen.EnsureCapacity(mostKeys + 1);
        while (_seen.Count > mostKeys)
        {
            (_part, KeyPart other) = _part.Halves();
            _waiting.Push(other);
            _seen.RemoveWhere(seen => !_part.Has(seen));
        }
    }

    private static int? IdOf(Vocabulary vocabulary, int symbol) => vocabulary.TryGetId(symbol, out int id) ? id : null;

    /// <summary>The keys whose lowest bits are these.</summary>
    private readonly record struct KeyPart(int Bits, UInt128 Low)
    {
        internal static KeyPart Whole => new(0, 0);

        internal bool Has(UInt128 key) => (key & ((UInt128.One << Bits) - 1)) == Low;

        internal (KeyPart, KeyPart) Halves() => (new(Bits + 1, Low), new(Bits + 1, Low | (UInt128.One << Bits)));
    }
}
