namespace CharRnn.Datasets;

/// <summary>
/// Unicode normalisation stage. The text is cut before every character that cannot join the one before it, so that the
/// pieces can be normalised one by one, whatever blocks they came in. A piece is a letter and its marks; one that grows
/// beyond <see cref="MaxPieceLength"/> is normalised in parts, to bound memory for a text that consists of marks alone.
/// </summary>
/// <param name="isInCompatibility">NFKC rather than NFC.</param>
/// <param name="next">Receiver of the normalised text.</param>
internal sealed class NormalizingStage(bool isInCompatibility, ISymbolSink next) : SymbolStage(next)
{
    /// <summary>
    /// Max characters normalised together. Unicode's own stream-safe format allows at most 30 marks after a letter.
    /// </summary>
    internal const int MaxPieceLength = 1024;

    private readonly UnicodeTables _tables = UnicodeTables.Default;
    private readonly Normalizer _normalizer = new(isInCompatibility);
    private readonly int[] _piece = new int[MaxPieceLength];
    private int _count;
    private bool _isPlain;

    /// <summary>Number of pieces that normalisation changed.</summary>
    internal long ChangedPieces { get; private set; }

    /// <summary>Number of times a piece was too long and was cut.</summary>
    internal long Cuts { get; private set; }

    public override void Append(ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
        {
            bool isPlain = _tables.IsPlain(symbol, isInCompatibility);
            if (isPlain || _tables.StartsPiece(symbol, isInCompatibility))
            {
                EndPiece();
            }
            else if (_count == MaxPieceLength)
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
/// Normalisation of a piece (Unicode Standard Annex 15, sections 1.3 and 5): decompose, order the marks, compose.
/// </summary>
/// <param name="isInCompatibility">NFKC rather than NFC.</param>
internal sealed class Normalizer(bool isInCompatibility)
{
    private readonly UnicodeTables _tables = UnicodeTables.Default;
    private readonly List<int> _parts = [],
        _result = [];

    /// <summary>The normalised characters; valid until the next call.</summary>
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
/// Counter of the places of a text that NFC would change, where one letter may be spelt in two ways.
/// </summary>
internal sealed class CompositionProbe
{
    // Created with the first character that could change: most texts have none, and then need no tables.
    private NormalizingStage? _stage;

    internal long Count => _stage?.ChangedPieces ?? 0;

    /// <summary>Examines the next characters of a source.</summary>
    /// <param name="symbols">The characters; at least one.</param>
    /// <param name="previous">The one before them.</param>
    internal void Look(ReadOnlySpan<int> symbols, int previous)
    {
        int first = symbols.IndexOfAnyExceptInRange(0, UnicodeTables.FirstChangedCanonically - 1);
        if (_stage is null)
        {
            if (first < 0)
                return;
            _stage = new NormalizingStage(isInCompatibility: false, new NullSink());
            if (first == 0)
                _stage.Append([previous]);
        }
        // Of the characters that cannot change, only the one before the first that can is needed, and the last one for
        // the next block.
        _stage.Append(symbols[(first < 0 ? symbols.Length - 1 : Math.Max(first - 1, 0))..]);
    }

    internal void EndSource() => _stage?.EndSource();

    private sealed class NullSink : ISymbolSink
    {
        public void Append(ReadOnlySpan<int> symbols) { }

        public void EndSource() { }

        public void Finish() { }
    }
}
