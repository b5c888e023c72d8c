using System.Text.Json;
using CharRnn.Checkpoints;

namespace CharRnn.Evaluation;

/// <summary>
/// A <see cref="LabelSetReport"/> as JSON: <c>multi_label</c> (true), <c>texts, threshold, micro_f1, macro_f1,
/// subset_accuracy, log_loss</c> and <c>per_label</c> (<c>label, count, precision, recall, f1</c>). In a run folder it
/// is in <see cref="ClassificationFile.Name"/>.
/// </summary>
internal static class LabelSetFile
{
    private const string Kind = "multi_label";

    /// <summary>Saves a report, whole or not at all.</summary>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public static void Write(string path, LabelSetReport report) =>
        ClassificationFile.Write(path, json => WriteProperties(json, report));

    /// <summary>Writes the report's properties into an object that has been begun.</summary>
    public static void WriteProperties(Utf8JsonWriter json, LabelSetReport report)
    {
        json.WriteBoolean(Kind, true);
        WriteFigures(json, report);
        json.WriteNumber("log_loss", report.LogLoss);
        ClassificationFile.WriteLabelScores(json, report.LabelScores);
    }

    /// <summary>Writes only the figures that are one number each and rest on the threshold.</summary>
    public static void WriteFigures(Utf8JsonWriter json, LabelSetReport report)
    {
        json.WriteNumber("texts", report.Texts);
        json.WriteNumber("threshold", report.Threshold);
        json.WriteNumber("micro_f1", report.MicroF1);
        json.WriteNumber("macro_f1", report.MacroF1);
        json.WriteNumber("subset_accuracy", report.SubsetAccuracy);
    }

    /// <summary>Reads a report.</summary>
    /// <exception cref="ModelException">It is not there, cannot be read, or does not hold a report.</exception>
    public static LabelSetReport Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            LabelScore[] scores =
            [
                .. Value(root, "per_label")
                    .EnumerateArray()
                    .Select(score => new LabelScore(
                        Value(score, "label").GetString() ?? throw new FormatException("it has a label that is null"),
                        Value(score, "count").GetInt32(),
                        Share(score, "precision"),
                        Share(score, "recall"),
                        Share(score, "f1")
                    )),
            ];
            return new LabelSetReport([.. scores.Select(score => score.Label)], scores)
            {
                Threshold = Value(root, "threshold").GetDouble(),
                Texts = Value(root, "texts").GetInt32(),
                MicroF1 = Value(root, "micro_f1").GetDouble(),
                SubsetAccuracy = Value(root, "subset_accuracy").GetDouble(),
                LogLoss = Value(root, "log_loss").GetDouble(),
            };
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"cannot read {path}: {OneLine.Reason(refusal)}", refusal);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw new ModelException($"{path} does not hold a classifier's figures: {failure.Message}", failure);
        }
    }

    private static double? Share(JsonElement item, string key) =>
        Value(item, key) is { ValueKind: not JsonValueKind.Null } share ? share.GetDouble() : null;

    private static JsonElement Value(JsonElement item, string key) =>
        item.TryGetProperty(key, out var value) ? value : throw new FormatException($"it has no {key}");
}
