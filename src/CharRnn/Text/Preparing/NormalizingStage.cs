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
