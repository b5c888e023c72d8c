using CharRnn.Report.Neurons;

namespace CharRnn.Studio.Strips;

/// <summary>Text of a strip: symbols, each with a colour, what it has to say, and what might have followed it.</summary>
public abstract class StripText
{
    /// <summary>Number of symbols.</summary>
    public abstract int Count { get; }

    /// <summary>What is coloured, for the strip's name: <c>layer 1, unit 42, hidden</c>.</summary>
    public abstract string Name { get; }

    /// <summary>A symbol as it stands in the text.</summary>
    public abstract string SymbolAt(int index);

    /// <summary>Class of a symbol's colour (<see cref="ColorLevels"/>); empty for none.</summary>
    public abstract string ColorAt(int index);

    /// <summary>What is said of a symbol when it is pointed at, line by line.</summary>
    public abstract string DescriptionAt(int index);

    /// <summary>The likeliest to follow a symbol, the likeliest first; empty where they are not shown.</summary>
    public virtual IReadOnlyList<StripCandidate> CandidatesAfter(int index) => [];
}

/// <summary>Range of a strip's symbols.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The one after the last.</param>
public readonly record struct StripSpan(int Start, int End)
{
    /// <summary>Whether a symbol is in it.</summary>
    public bool Contains(int index) => index >= Start && index < End;
}
