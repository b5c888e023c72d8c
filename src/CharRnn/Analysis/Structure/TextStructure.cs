namespace CharRnn.Analysis;

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
