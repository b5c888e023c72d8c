using System.Globalization;
using CharRnn.Report.Neurons;
using CharRnn.Studio.Neurons;
using CharRnn.Studio.Strips;

namespace CharRnn.Studio.Play;

/// <summary>The prompt and what was written after it, coloured by what the model thought of it.</summary>
/// <param name="desk">The text.</param>
/// <param name="isBySurprise">Whether by surprise in bits, rather than by probability.</param>
public sealed class WrittenText(WritingDesk desk, bool isBySurprise) : StripText
{
    private const int Likeliest = 10;

    /// <inheritdoc/>
    public override int Count => desk.Prompt.Count + desk.Count;

    /// <inheritdoc/>
    public override string Name => isBySurprise ? "surprise in bits" : "the probability of each character";

    /// <summary>Place of a symbol after the prompt; null of the prompt's own.</summary>
    public int? PlaceOf(int index) => index >= desk.Prompt.Count ? index - desk.Prompt.Count : null;

    /// <inheritdoc/>
    public override string SymbolAt(int index) =>
        PlaceOf(index) is { } place ? desk.SymbolAt(place) : desk.Prompt[index];

    /// <inheritdoc/>
    public override string ColorAt(int index)
    {
        if (PlaceOf(index) is not { } place)
            return "prompt";
        double probability = desk.ProbabilityAt(place);
        return isBySurprise ? ColorLevels.OfSurprise(-Math.Log2(probability)) : ColorLevels.OfProbability(probability);
    }

    /// <inheritdoc/>
    public override string DescriptionAt(int index)
    {
        if (PlaceOf(index) is not { } place)
            return $"{SignalText.Visible(SymbolAt(index))}  given";
        double probability = desk.ProbabilityAt(place);
        string others = string.Join(
            "  ",
            desk.AlternativesAt(place, Likeliest)
                .Select(each =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{SignalText.Visible(each.Text)} {each.Probability:0.00}"
                    )
                )
        );
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{SignalText.Visible(SymbolAt(index))}  {probability:0.000}, {-Math.Log2(probability):0.00} bits\n{others}"
        );
    }
}
