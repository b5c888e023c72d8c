namespace CharRnn.Datasets;

/// <summary>
/// Counter of lines and of repeated lines, from blocks of ids. A line is remembered by its key
/// (<see cref="LineKeys"/>), and only a bounded number of keys at once: a text with more is read again for the rest. A
/// boundary between texts ends a line too.
/// </summary>
internal sealed class LineCounter : IDisposable
{
    // From this count on the set gets its final capacity: growing by doubling would need one and a half times the
    // memory for a moment.
    private const int ManyKeys = 1 << 17;

    private readonly int? _boundary;
    private readonly int _maxKeys;
    private readonly LineKeys _keys;
    private readonly HashSet<UInt128> _seen = [];
    private readonly Stack<KeyPart> _waiting = [];

    private KeyPart _part = KeyPart.Whole;
    private bool _isFirstTime = true;
    private long _withText;
    private long _distinct;

    /// <param name="vocabulary">The vocabulary of the ids.</param>
    /// <param name="maxKeys">Max keys remembered at once; a key takes about forty bytes.</param>
    internal LineCounter(Vocabulary vocabulary, int maxKeys = 1 << 22)
    {
        (_boundary, _maxKeys) = (vocabulary.BoundaryId, maxKeys);
        _keys = new LineKeys(IdOf(vocabulary, LineEnds.Feed), IdOf(vocabulary, LineEnds.Return), EndLine);
    }

    internal long Lines { get; private set; }

    internal long RepeatedLines => _withText - _distinct;

    internal void Add(ReadOnlySpan<int> ids)
    {
        if (_boundary is { } boundary)
        {
            for (int end = ids.IndexOf(boundary); end >= 0; end = ids.IndexOf(boundary))
            {
                _keys.Add(ids[..end]);
                _keys.EndText();
                ids = ids[(end + 1)..];
            }
        }
        _keys.Add(ids);
    }

    /// <summary>Ends the text, and its last line if no line feed does.</summary>
    /// <returns>Whether the whole text must be added once more before the count is complete.</returns>
    internal bool Finish()
    {
        _keys.EndText();
        _distinct += _seen.Count;
        _seen.Clear();
        _isFirstTime = false;
        return _waiting.TryPop(out _part);
    }

    public void Dispose() => _keys.Dispose();

    private void EndLine(UInt128 key, bool isEmpty)
    {
        if (_isFirstTime)
        {
            Lines++;
            _withText += isEmpty ? 0 : 1;
        }
        if (!isEmpty)
            Remember(key);
    }

    private void Remember(UInt128 key)
    {
        if (!_part.Has(key))
            return;
        _seen.Add(key);
        if (_seen.Count == Math.Min(ManyKeys, _maxKeys))
            _seen.EnsureCapacity(_maxKeys + 1);
        while (_seen.Count > _maxKeys)
        {
            (_part, var other) = _part.Halves();
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
