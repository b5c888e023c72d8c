using System.Text.Json;
using CharRnn.Checkpoints;

namespace CharRnn.Training;

/// <summary>A line of <c>metrics.jsonl</c>; what the line does not have, or has as no number, is null.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Split">train, val or test.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Loss">
/// Nats per character, or of a classifier per record: of train the smoothed one, of val and test that of the whole
/// part.
/// </param>
/// <param name="LearningRate">The last step's rate.</param>
/// <param name="GradientNorm">The last step's gradient norm, before clipping.</param>
/// <param name="ClippedShare">The share of the gradient's elements that were clipped, 0 … 1.</param>
/// <param name="SaturatedShare">The share of gates that were nearly shut or nearly open, 0 … 1.</param>
/// <param name="CharsPerSecond">Characters trained on each second, lately.</param>
/// <param name="Seconds">Time trained.</param>
/// <param name="Accuracy">Of a classifier's validation: the share of records that were given their label.</param>
/// <param name="MacroAccuracy">Of a classifier's validation: the mean recall of its labels.</param>
/// <param name="MicroF1">
/// Of the validation of a classifier of several labels a text: F1 over all decisions together.
/// </param>
public sealed record MetricsLine(
    long Step,
    string Split,
    double? Epoch,
    double? Loss,
    double? LearningRate,
    double? GradientNorm,
    double? ClippedShare,
    double? SaturatedShare,
    double? CharsPerSecond,
    double? Seconds,
    double? Accuracy = null,
    double? MacroAccuracy = null,
    double? MicroF1 = null
);

/// <summary>
/// Logs of a run so far: the lines of <c>metrics.jsonl</c> and <c>samples.jsonl</c>, in their order. The
/// run may still be training.
/// </summary>
/// <param name="Metrics">The metrics.</param>
/// <param name="Samples">The samples.</param>
public sealed record RunHistory(IReadOnlyList<MetricsLine> Metrics, IReadOnlyList<SampleReport> Samples)
{
    /// <summary>Reads both; a file that is not there has no lines.</summary>
    /// <exception cref="ModelException">
    /// A file cannot be read, or has a line before its last that no trainer wrote.
    /// </exception>
    public static RunHistory Read(RunFolder run) =>
        new(
            [.. JsonLines.Read(run.MetricsPath).Select(entry => MetricsOf(entry.Step, entry.Line))],
            [.. JsonLines.Read(run.SamplesPath).Select(entry => SampleOf(entry.Step, entry.Line))]
        );

    /// <summary>The metrics in a line.</summary>
    internal static MetricsLine MetricsOf(long step, JsonElement line) =>
        new(
            step,
            Text(line, "split"),
            Number(line, "epoch"),
            Number(line, "loss"),
            Number(line, "learning_rate"),
            Number(line, "grad_norm"),
            Number(line, "clipped_share"),
            Number(line, "saturated_share"),
            Number(line, "chars_per_sec"),
            Number(line, "seconds"),
            Number(line, "accuracy"),
            Number(line, "macro_accuracy"),
            Number(line, "micro_f1")
        );

    /// <summary>The sample in a line.</summary>
    internal static SampleReport SampleOf(long step, JsonElement line) =>
        new(step, Text(line, "prompt"), Number(line, "temperature") ?? double.NaN, Text(line, "text"));

    // A number that is too large for a double is read as an infinity.
    private static double? Number(JsonElement line, string key) =>
        line.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out double number)
        && double.IsFinite(number)
            ? number
            : null;

    private static string Text(JsonElement line, string key)
    {
        if (!line.TryGetProperty(key, out var value) || value.ValueKind != JsonValueKind.String)
            return "";
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which JSON can spell and text cannot hold.
            return "\uFFFD";
        }
    }
}
