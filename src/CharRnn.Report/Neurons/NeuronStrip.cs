namespace CharRnn.Report.Neurons;

/// <summary>Symbol that the model could go on with, for display.</summary>
/// <param name="Text">The symbol.</param>
/// <param name="Probability">From 0 to 1.</param>
public readonly record struct StripCandidate(string Text, double Probability)
{
    /// <summary>Number of candidates beneath a character.</summary>
    public const int PerCharacter = 5;
}

/// <summary>A character of a text with what a unit has after it, and what the model expected in its place.</summary>
/// <param name="Text">The character as it is.</param>
/// <param name="Value">The unit's value after it was read.</param>
/// <param name="Candidates">The likeliest that may follow it, the likeliest first; empty where they are not shown.</param>
public sealed record StripCharacter(string Text, double Value, IReadOnlyList<StripCandidate> Candidates);

/// <summary>A text coloured by one unit.</summary>
/// <param name="Unit">The unit, as <c>layer 1, unit 42, hidden</c>.</param>
/// <param name="About">What it was chosen for, in a sentence; null for nothing.</param>
/// <param name="Range">The value that has the strongest colour, 1 for a hidden state.</param>
/// <param name="Characters">The text.</param>
public sealed record NeuronStrip(string Unit, string? About, double Range, IReadOnlyList<StripCharacter> Characters);

/// <summary>A unit that was found, as a row of a table: what it tells and how well.</summary>
/// <param name="Property">What it tells.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Measure">Name of the score: AUC or ρ.</param>
/// <param name="Score">Score on text that it was not chosen on.</param>
/// <param name="ChosenScore">Score on the text that it was chosen on.</param>
/// <param name="Untrained">What the best unit of an untrained network has; null where that was not asked.</param>
public sealed record FoundUnit(
    string Property,
    string Unit,
    string Measure,
    double Score,
    double ChosenScore,
    double? Untrained
);

/// <summary>Levels of colour.</summary>
internal static class ColorLevels
{
    private const int Signal = 7,
        Probability = 7;

    // Bits from which a level begins.
    private static readonly double[] Surprise = [1, 2, 4, 8];

    /// <summary>Class of a signal's colour, −7 to 7; none in the middle.</summary>
    public static string OfSignal(double value, double range)
    {
        int level = double.IsNaN(value) ? 0 : (int)Math.Clamp(Math.Round(value / range * Signal), -Signal, Signal);
        return level switch
        {
            0 => "",
            < 0 => $"n{-level}",
            _ => $"p{level}",
        };
    }

    /// <summary>Class of a probability's colour; none below a fourteenth.</summary>
    public static string OfProbability(double probability) =>
        (int)Math.Round(probability * Probability) is > 0 and var level ? $"q{level}" : "";

    /// <summary>Class of a surprise's colour, from 1, 2, 4 and 8 bits on.</summary>
    public static string OfSurprise(double bits) =>
        Surprise.Count(from => bits >= from) is > 0 and var level ? $"s{level}" : "";
}
