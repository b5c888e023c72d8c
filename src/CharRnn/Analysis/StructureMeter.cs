namespace CharRnn.Analysis;

/// <summary>
/// Meter of the paired constructs in a text, in pieces of one length: a pair counts as closed if both its ends lie in
/// one piece. Texts are comparable if they are measured in pieces of the same length, since a piece's end cuts off as
/// much in each.
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

    /// <summary>Makes a meter.</summary>
    /// <param name="pieceLength">Number of characters in a piece, at least 1.</param>
    public StructureMeter(int pieceLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pieceLength, 1);
        _pieceLength = pieceLength;
        _scanners = [_brackets, _quotes, _environments, _tags, _links];
    }

    /// <summary>The measurements so far.</summary>
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

    /// <summary>Reads the next part of the text.</summary>
    /// <param name="scalars">Unicode scalar values; numbers beyond them are ignored.</param>
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

    /// <summary>Ends the piece; the next text is independent of it.</summary>
    public void EndPiece()
    {
        foreach (var scanner in _scanners)
            scanner.End();
        _position = 0;
    }
}

/// <summary>Counts of a text's paired constructs, and how many of them are closed.</summary>
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
