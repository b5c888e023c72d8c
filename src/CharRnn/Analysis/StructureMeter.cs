namespace CharRnn.Analysis;

/// <summary>
/// Measures what comes in pairs in a text, as it goes by, in pieces of one length: a pair counts as closed when both
/// its ends lie in one piece. Texts are compared fairly when they are measured in pieces of the same length, since the
/// end of a piece cuts off as much in each.
/// </summary>
public sealed class StructureMeter
{
    private readonly int _pieceLength;
    private readonly BracketScanner _brackets = new();
    private readonly QuoteScanner _quotes = new();
    private readonly EnvironmentScanner _environments = new();
    private readonly TagScanner _tags = new();
    private readonly LinkScanner _links = new();
    private readonly ITextScanner[] _scanners;
    private int _position;

    /// <summary>A meter.</summary>
    /// <param name="pieceLength">How many characters a piece has, at least 1.</param>
    public StructureMeter(int pieceLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pieceLength, 1);
        _pieceLength = pieceLength;
        _scanners = [_brackets, _quotes, _environments, _tags, _links];
    }

    /// <summary>What was measured so far.</summary>
    public TextStructure Structure =>
        new()
        {
            Round = _brackets.CountOf(Bracket.Round),
            Square = _brackets.CountOf(Bracket.Square),
            Curly = _brackets.CountOf(Bracket.Curly),
            Quotes = _quotes.Count,
            Environments = _environments.Count,
            Tags = _tags.Count,
            Links = _links.Count,
        };

    /// <summary>Reads on in the text.</summary>
    /// <param name="scalars">Unicode scalar values; numbers beyond them are passed over.</param>
    public void Read(ReadOnlySpan<int> scalars)
    {
        foreach (int scalar in scalars)
        {
            foreach (var scanner in _scanners)
                scanner.Add(scalar, _position);
            if (++_position == _pieceLength)
                EndPiece();
        }
    }

    /// <summary>The piece ends here; the next text has nothing to do with it.</summary>
    public void EndPiece()
    {
        foreach (var scanner in _scanners)
            scanner.End();
        _position = 0;
    }
}

/// <summary>What comes in pairs in a text, and how much of it is closed.</summary>
public sealed record TextStructure
{
    /// <summary>( and ).</summary>
    public required PairCount Round { get; init; }

    /// <summary>[ and ].</summary>
    public required PairCount Square { get; init; }

    /// <summary>{ and }.</summary>
    public required PairCount Curly { get; init; }

    /// <summary>Quotation marks, straight and typographic; apostrophes are none.</summary>
    public required PairCount Quotes { get; init; }

    /// <summary>LaTeX: \begin{name} and \end{name}.</summary>
    public required PairCount Environments { get; init; }

    /// <summary>XML: an element's first tag and its last.</summary>
    public required PairCount Tags { get; init; }

    /// <summary>A wiki's links: [[ and ]].</summary>
    public required PairCount Links { get; init; }

    /// <summary>Brackets of all kinds.</summary>
    public PairCount Brackets => Round + Square + Curly;
}
