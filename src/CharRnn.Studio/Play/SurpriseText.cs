using System.Globalization;
using CharRnn.Inspecting;
using CharRnn.Report.Neurons;
using CharRnn.Studio.Neurons;
using CharRnn.Studio.Strips;

namespace CharRnn.Studio.Play;

/// <summary>Text coloured by how much each character surprised the model.</summary>
public sealed class SurpriseText : StripText
{
    private readonly string[] _symbols;

    internal SurpriseText(TextSurprise surprise, string[] symbols) => (Surprise, _symbols) = (surprise, symbols);

    /// <summary>The bits, and what they add up to.</summary>
    internal TextSurprise Surprise { get; }

    /// <inheritdoc/>
    public override int Count => _symbols.Length;

    /// <inheritdoc/>
    public override string Name => "surprise in bits";

    /// <summary>Mean bits of a character that was predicted.</summary>
    public double BitsPerCharacter => Surprise.TotalBits / Math.Max(1, Surprise.Bits.Count(bits => bits is not null));

    /// <inheritdoc/>
    public override string SymbolAt(int index) => _symbols[index];

    /// <inheritdoc/>
    public override string ColorAt(int index) => Surprise.Bits[index] is { } bits ? ColorLevels.OfSurprise(bits) : "";

    /// <inheritdoc/>
    public override string DescriptionAt(int index) =>
        SignalText.Visible(_symbols[index])
        + (
            Surprise.Bits[index] is { } bits
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {bits:0.00} bits, probability {Math.Pow(2, -bits):0.0000}"
                )
                : "  not predicted"
        );

    /// <summary>A span as text.</summary>
    internal string TextOf(SurprisingSpan span) => string.Concat(_symbols.Skip(span.Start).Take(span.Length));
}
