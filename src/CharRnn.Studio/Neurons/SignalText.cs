using System.Globalization;
using CharRnn.Inspecting;
using CharRnn.Report.Neurons;
using CharRnn.Studio.Strips;

namespace CharRnn.Studio.Neurons;

/// <summary>Text coloured by a signal of one unit, with what the network expected after each symbol.</summary>
public sealed class SignalText : StripText
{
    private const double GateRange = 1,
        TypicalShare = 0.98;

    private readonly IReadOnlyList<string> _symbols;
    private readonly float[] _values;
    private readonly IReadOnlyList<Expectation> _expected;
    private readonly Vocabulary _vocabulary;

    internal SignalText(NeuronView view, UnitId unit, float[] values)
    {
        (_symbols, _values, _expected, _vocabulary) = (view.Symbols, values, view.Expected, view.Model.Vocabulary);
        Name = $"layer {unit.Layer}, unit {unit.Unit}, {unit.Signal.Name}";
        Range = unit.Signal == UnitSignal.Cell ? Math.Max(GateRange, Math.Ceiling(Typical(values))) : GateRange;
    }

    // Cell states have no bound; a few that run away must not leave the rest without colour.
    private static double Typical(float[] values)
    {
        float[] sizes = Array.ConvertAll(values, Math.Abs);
        Array.Sort(sizes);
        return sizes[(int)((sizes.Length - 1) * TypicalShare)];
    }

    /// <inheritdoc/>
    public override int Count => _symbols.Count;

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>The value that has the strongest colour.</summary>
    public double Range { get; }

    /// <summary>Histogram of the values: of a sigmoid from 0, of all else from the negative range.</summary>
    internal UnitHistogram Histogram(int bins) =>
        UnitHistogram.Of(_values, _values.Min() < 0 ? -Range : 0, Range, bins);

    /// <summary>The value after a symbol.</summary>
    public float ValueAt(int index) => _values[index];

    /// <inheritdoc/>
    public override string SymbolAt(int index) => _symbols[index];

    /// <inheritdoc/>
    public override string ColorAt(int index) => ColorLevels.OfSignal(_values[index], Range);

    /// <inheritdoc/>
    public override string DescriptionAt(int index)
    {
        string bits = index > 0 && _expected[index - 1].Bits is { } surprise ? $", {Figure(surprise)} bits" : "";
        string next = string.Join("  ", All(index).Select(each => $"{Visible(each.Text)} {Figure(each.Probability)}"));
        return $"{Visible(_symbols[index])}  {Figure(_values[index])}{bits}\nnext: {next}";
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StripCandidate> CandidatesAfter(int index) =>
        [.. All(index).Take(StripCandidate.PerCharacter)];

    private IEnumerable<StripCandidate> All(int index) =>
        _expected[index].Likeliest.Select(each => new StripCandidate(_vocabulary.Decode([each.Id]), each.Probability));

    /// <summary>A symbol in a sentence: what cannot be seen has a name.</summary>
    internal static string Visible(string symbol) =>
        symbol switch
        {
            " " => "space",
            "\n" => "line feed",
            "\r" => "carriage return",
            "\t" => "tab",
            _ => StripCells.Display(symbol),
        };

    private static string Figure(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
