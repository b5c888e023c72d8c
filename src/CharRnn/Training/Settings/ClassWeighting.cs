using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CharRnn;

/// <summary>
/// Weights of records by their label: in proportion to frequency^−p, with a mean of 1 over the training records. With p
/// = 0 every record counts the same; with p = 1 every label does, a record counting n / (K·n_k) of n records in K
/// labels, n_k of them in its own, as scikit-learn's "balanced" has it; between them lie compromises.
/// </summary>
/// <remarks>
/// A loss so weighted is least where the probabilities are w_y · p(y | text), made to add up to 1. There are two ways
/// there: weights w in the loss, and log w added to the logits of a network trained without (A. Menon et al.,
/// "Long-tail learning via logit adjustment", ICLR 2021). The first alone is felt little by a network that fits its
/// training records nearly all (J. Byrd and Z. Lipton, "What is the effect of importance weighting in deep learning?",
/// ICML 2019), and lets a handful of heavy records lead it; the second alone knows rare labels only as well as they
/// were learnt. Half of p goes each way.
/// </remarks>
/// <param name="Power">p, from 0 to <see cref="MaxPower"/>.</param>
[JsonConverter(typeof(AsText))]
public readonly record struct ClassWeighting(double Power)
{
    /// <summary>The largest power: with more, weights of frequent labels are too small for a float.</summary>
    public const double MaxPower = 10;

    /// <summary>Forms that <see cref="Parse"/> takes.</summary>
    public const string Needed = "none, balanced, or a number from 0 to 10, such as 0.8";

    private const string NoneWord = "none",
        BalancedWord = "balanced";

    /// <summary>Every record counts the same.</summary>
    public static ClassWeighting None => default;

    /// <summary>Every label counts the same.</summary>
    public static ClassWeighting Balanced => new(1);

    /// <summary>Whether every record counts the same.</summary>
    public bool IsNone => Power == 0;

    /// <summary>Reads <c>none</c>, <c>balanced</c> or a power.</summary>
    /// <exception cref="FormatException">It is none of these; the message says what is needed.</exception>
    public static ClassWeighting Parse(string text)
    {
        if (text == NoneWord)
            return None;
        if (text == BalancedWord)
            return Balanced;
        bool isNumber = double.TryParse(
            text,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out double power
        );
        return isNumber && power <= MaxPower ? new(power) : throw new FormatException(Needed);
    }

    /// <summary>The weights.</summary>
    /// <param name="counts">
    /// (K) training records of each label; a label that has none is weighted as if it had one.
    /// </param>
    /// <returns>(K) weight of a record of each label.</returns>
    public float[] Of(IReadOnlyList<int> counts)
    {
        double power = Power;
        double[] raw = [.. counts.Select(count => Math.Pow(Math.Max(1, count), -power))];
        double total = counts.Zip(raw, (count, weight) => count * weight).Sum();
        double scale = counts.Sum() / total;
        return [.. raw.Select(weight => (float)(weight * scale))];
    }

    /// <summary>(K) weight of a record of each label in the loss that is differentiated: half of the power.</summary>
    internal float[] InLoss(IReadOnlyList<int> counts) => new ClassWeighting(Power / 2).Of(counts);

    /// <summary>
    /// (K) additions to the labels' logits of a trained network: the logarithm of the other half.
    /// </summary>
    internal float[] InLogits(IReadOnlyList<int> counts) =>
        [.. InLoss(counts).Select(weight => (float)Math.Log(weight))];

    /// <summary>The form that parses back to it.</summary>
    public override string ToString() =>
        Power switch
        {
            0 => NoneWord,
            1 => BalancedWord,
            var power => power.ToString(CultureInfo.InvariantCulture),
        };

    private sealed class AsText : JsonConverter<ClassWeighting>
    {
        public override ClassWeighting Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, ClassWeighting value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
