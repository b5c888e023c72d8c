using System.Globalization;
using CharRnn.Report.Neurons;
using CharRnn.Studio.Strips;

namespace CharRnn.Studio.Neurons;

/// <summary>
/// Text up to a position, underlined by how strongly each symbol moves what is predicted next: the more, the thicker.
/// </summary>
public sealed class InfluenceText : StripText
{
    private const int Levels = 7;

    private readonly IReadOnlyList<string> _symbols;
    private readonly double[] _influences;
    private readonly double _largest;
    private readonly string _measure;

    /// <summary>Makes one.</summary>
    /// <param name="symbols">The symbols.</param>
    /// <param name="influences">(symbols): how strongly each moves the prediction; the sign does not matter.</param>
    /// <param name="measure">What the figure is.</param>
    public InfluenceText(IReadOnlyList<string> symbols, double[] influences, string measure)
    {
        (_symbols, _influences, _measure) = (symbols, influences, measure);
        _largest = Math.Max(double.Epsilon, influences.Max(Math.Abs));
    }

    /// <inheritdoc/>
    public override int Count => _symbols.Count;

    /// <inheritdoc/>
    public override string Name => "how strongly each character moves the prediction";

    /// <inheritdoc/>
    public override string SymbolAt(int index) => _symbols[index];

    /// <inheritdoc/>
    public override string ColorAt(int index) =>
        (int)Math.Round(Math.Abs(_influences[index]) / _largest * Levels) is > 0 and var level ? $"a{level}" : "";

    /// <inheritdoc/>
    public override string DescriptionAt(int index) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{SignalText.Visible(_symbols[index])}  {_measure} {_influences[index]:0.####}"
        );
}
