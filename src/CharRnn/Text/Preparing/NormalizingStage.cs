namespace CharRnn.Datasets;

/// <summary>
/// Normalises a text as it comes. It is cut before every character that cannot join what stands before it: the pieces
/// can be normalised one by one, whatever the blocks they came in. A piece is a letter and its marks; one that grows
/// beyond <see cref="LongestPiece"/> is normalised in parts, so that a text that is nothing but marks takes no more
/// memory than another.
/// </summary>
/// <param name="isInCompatibility">NFKC rather than NFC.</param>
/// <param name="next">Takes the normalised text.</param>
internal sealed class NormalizingStage(bool isInCompatibility, ISymbolSink next) : SymbolStage(next)
{
    /// <summary>
    /// The most characters that are normalised together. Unicode's own stream-safe format has 30 marks at most after a
    /// letter.
    /// </summary>
    internal const int LongestPiece = 1024;

    private readonly UnicodeTables _tables = UnicodeTables.Default;
    private readonly Normalizer _normalizer = new(isInCompatibility);
    private readonly int[] _piece = new int[LongestPiece];
    private int _count;
    private bool _isPlain;

    /// <summary>How many pieces became something else.</summary>
    internal long ChangedPieces { get; private set; }

    /// <summary>How many times a piece was too long and was cut.</summary>
    internal long Cuts { get; private set; }

    public override void Append(ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
        {
            bool isPlain = _tables.IsPlain(symbol, isInCompatibility);
            if (isPlain || _tables.BeginsAnew(symbol, isInCompatibility))
            {
                EndPiece();
            }
            else if (_count == LongestPiece)
            {
                EndPiece();
                Cuts++;
            }
            _isPlain = isPlain && _count == 0;
            _piece[_count++] = symbol;
        }
    }

    public override void EndSource()
    {
        EndPiece();
        base.EndSource();
    }

    private void EndPiece()
    {
        ReadOnlySpan<int> piece = _piece.AsSpan(0, _count);
        _count = 0;
        if (_isPlain)
        {
            Emit(piece[0]);
            _isPlain = false;
            return;
        }
        var normalized = _normalizer.Normalize(piece);
        bool isSame = normalized.Count == piece.Length;
        for (int i = 0; i < normalized.Count; i++)
        {
            isSame = isSame && normalized[i] == piece[i];
            Emit(normalized[i]);
        }
        ChangedPieces += isSame ? 0 : 1;
    }
}

/// <summary>
/// Composition of some characters that belong together (Unicode Standard Annex 15, sections 1.3 and 5): decompose, put
/// marks in their order, compose.
/// </summary>
/// <param name="isInCompatibility">NFKC rather than NFC.</param>
internal sealed class Normalizer(bool isInCompatibility)
{
    private readonly UnicodeTables _tables = UnicodeTables.Default;
    private readonly List<int> _parts = [],
        _result = [];

    /// <summary>What some characters become; valid until the next call.</summary>
    internal IReadOnlyList<int> Normalize(ReadOnlySpan<int> symbols)
    {
        _parts.Clear();
        foreach (int symbol in symbols)
            _tables.Decompose(symbol, isInCompatibility, _parts);
        OrderMarks();
        Compose();
        return _result;
    }

    // Marks between two starters are sorted by class; those of one class stay in their order.
    private void OrderMarks()
    {
        for (int start = 0; start < _parts.Count; )
        {
            if (_tables.ClassOf(_parts[start]) == 0)
            {
                start++;
                continue;
            }
            int end = start + 1;
            while (end < _parts.Count && _tables.ClassOf(_parts[end]) != 0)
                end++;
            if (end - start > 1)
            {
                int[] sorted = [.. _parts.GetRange(start, end - start).OrderBy(mark => _tables.ClassOf(mark))];
                for (int i = 0; i < sorted.Length; i++)
                    _parts[start + i] = sorted[i];
            }
            start = end;
        }
    }

    // A character joins the last starter unless one between them, of its own class or higher, blocks the way.
    private void Compose()
    {
        _result.Clear();
        int? starterAt = null;
        int classBefore = 0;
        foreach (int part in _parts)
        {
            int own = _tables.ClassOf(part);
            bool isNext = starterAt == _result.Count - 1;
            bool isBlocked = !isNext && (classBefore == 0 || classBefore >= own);
            if (starterAt is { } at && !isBlocked && _tables.Compose(_result[at], part) is { } composed)
            {
                _result[at] = composed;
                continue;
            }
            if (own == 0)
                starterAt = _result.Count;
            classBefore = own;
            _result.Add(part);
        }
    }
}

/// <summary>
/// Counts the places of a text that NFC would change, without changing any: there the same letter may be written in two
/// ways.
/// </summary>
internal sealed class CompositionProbe
{
    // Most texts have none of the characters that could be concerned, and need no tables to be read.
    private NormalizingStage? _stage;

    internal long Count => _stage?.ChangedPieces ?? 0;

    /// <summary>Looks at the next characters of a source.</summary>
    /// <param name="symbols">The characters; at least one.</param>
    /// <param name="previous">The one before them.</param>
    internal void Look(ReadOnlySpan<int> symbols, int previous)
    {
        int first = symbols.IndexOfAnyExceptInRange(0, UnicodeTables.FirstChangedCanonically - 1);
        if (_stage is null)
        {
            if (first < 0)
                return;
            _stage = new NormalizingStage(isInCompatibility: false, new Nowhere());
            if (first == 0)
                _stage.Append([previous]);
        }
        // Of what cannot change, the character before one that can is enough; and the last one, for the next block.
        _stage.Append(symbols[(first < 0 ? symbols.Length - 1 : Math.Max(first - 1, 0))..]);
    }

    internal void EndSource() => _stage?.EndSource();

    private sealed class Nowhere : ISymbolSink
    {
        public void Append(ReadOnlySpan<int> symbols) { }

        public void EndSource() { }

        public void Finish() { }
    }
}
