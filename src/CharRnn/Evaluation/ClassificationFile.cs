using System.Text.Encodings.Web;
using System.Text.Json;
using CharRnn.Checkpoints;

namespace CharRnn.Evaluation;

/// <summary>
/// A <see cref="ClassificationReport"/> as JSON: <c>records, accuracy, macro_accuracy, macro_f1, log_loss,
/// top3_accuracy, majority_label, majority_baseline, accuracy_ceiling</c>, <c>labels</c> (names, in the order of their
/// ids), <c>confusion</c> (a row of counts for each label), <c>per_label</c> (<c>label, count, precision, recall,
/// f1</c>), <c>confused</c> (<c>true_label, given_label, count, share</c>) and <c>mistakes</c> (<c>text, true_label,
/// given_label, probability</c>). Labels stand by name.
/// </summary>
internal static class ClassificationFile
{
    /// <summary>The file's name in a run folder.</summary>
    public const string Name = "classification.json";

    private const int TopConfusions = 20;

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Saves a report, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="report">The report.</param>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public static void Write(string path, ClassificationReport report) =>
        AtomicFile.Write(
            path,
            file =>
            {
                using (var json = new Utf8JsonWriter(file, Options))
                {
                    json.WriteStartObject();
                    WriteProperties(json, report);
                    json.WriteEndObject();
                }
                file.WriteByte((byte)'\n');
            }
        );

    /// <summary>Reads a report.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelException">It is not there, cannot be read, or does not hold a report.</exception>
    public static ClassificationReport Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Parse(document.RootElement);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"cannot read {path}: {OneLine.Reason(refusal)}", refusal);
        }
        catch (Exception failure)
            when (failure
                    is JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                        or ArgumentException
            )
        {
            throw new ModelException($"{path} does not hold a classifier's figures: {failure.Message}", failure);
        }
    }

    /// <summary>Writes the report's properties into an object that has been begun.</summary>
    public static void WriteProperties(Utf8JsonWriter json, ClassificationReport report)
    {
        WriteFigures(json, report);
        json.WriteStartArray("labels");
        foreach (string label in report.Labels)
            json.WriteStringValue(label);
        json.WriteEndArray();
        WriteConfusion(json, report.Confusion);
        WriteObjects(
            json,
            "per_label",
            report.LabelScores,
            score =>
            {
                json.WriteString("label", score.Label);
                json.WriteNumber("count", score.Count);
                WriteShare(json, "precision", score.Precision);
                WriteShare(json, "recall", score.Recall);
                WriteShare(json, "f1", score.F1);
            }
        );
        WriteObjects(
            json,
            "confused",
            report.Confusion.TopConfusions(TopConfusions),
            pair =>
            {
                json.WriteString("true_label", report.Labels[pair.TrueLabel]);
                json.WriteString("given_label", report.Labels[pair.GivenLabel]);
                json.WriteNumber("count", pair.Count);
                json.WriteNumber("share", pair.Share);
            }
        );
        WriteObjects(
            json,
            "mistakes",
            report.ConfidentMistakes,
            mistake =>
            {
                json.WriteString("text", mistake.Text);
                json.WriteString("true_label", report.Labels[mistake.TrueLabel]);
                json.WriteString("given_label", report.Labels[mistake.GivenLabel]);
                json.WriteNumber("probability", mistake.Probability);
            }
        );
    }

    /// <summary>Writes only the figures that are one number each.</summary>
    public static void WriteFigures(Utf8JsonWriter json, ClassificationReport report)
    {
        json.WriteNumber("records", report.Records);
        json.WriteNumber("accuracy", report.Accuracy);
        json.WriteNumber("macro_accuracy", report.MacroAccuracy);
        json.WriteNumber("macro_f1", report.MacroF1);
        json.WriteNumber("log_loss", report.LogLoss);
        json.WriteNumber("top3_accuracy", report.Top3Accuracy);
        json.WriteString("majority_label", report.Labels[report.MajorityLabel]);
        json.WriteNumber("majority_baseline", report.MajorityBaseline);
        WriteShare(json, "accuracy_ceiling", report.AccuracyCeiling);
    }

    private static void WriteConfusion(Utf8JsonWriter json, ConfusionMatrix confusion)
    {
        json.WriteStartArray("confusion");
        for (int trueLabel = 0; trueLabel < confusion.Labels.Count; trueLabel++)
        {
            var row = Enumerable
                .Range(0, confusion.Labels.Count)
                .Select(givenLabel => confusion[trueLabel, givenLabel]);
            json.WriteRawValue($"[{string.Join(", ", row)}]");
        }
        json.WriteEndArray();
    }

    private static void WriteObjects<T>(
        Utf8JsonWriter json,
        string key,
        IEnumerable<T> items,
        Action<T> writeProperties
    )
    {
        json.WriteStartArray(key);
        foreach (var item in items)
        {
            json.WriteStartObject();
            writeProperties(item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteShare(Utf8JsonWriter json, string key, double? share)
    {
        if (share is { } number)
            json.WriteNumber(key, number);
        else
            json.WriteNull(key);
    }

    // Figures that follow from the matrix are not read, but computed again.
    private static ClassificationReport Parse(JsonElement root)
    {
        List<string> labels = [.. root.GetProperty("labels").EnumerateArray().Select(Text)];
        var rows = root.GetProperty("confusion")
            .EnumerateArray()
            .Select(row => row.EnumerateArray().Select(count => count.GetInt32()).ToList())
            .ToList();
        if (rows.Count != labels.Count || rows.Exists(row => row.Count != labels.Count || row.Exists(int.IsNegative)))
            throw new FormatException(
                $"its confusion matrix needs {labels.Count} rows of {labels.Count} counts, one a label"
            );
        var confusion = ConfusionMatrix.OfCounts(labels, rows);
        if (confusion.Total == 0)
            throw new FormatException("its confusion matrix has no record");
        var ceiling = root.GetProperty("accuracy_ceiling");
        return new ClassificationReport(confusion)
        {
            LogLoss = root.GetProperty("log_loss").GetDouble(),
            Top3Accuracy = root.GetProperty("top3_accuracy").GetDouble(),
            MajorityLabel = IdOf(root.GetProperty("majority_label")),
            AccuracyCeiling = ceiling.ValueKind == JsonValueKind.Null ? null : ceiling.GetDouble(),
            ConfidentMistakes =
            [
                .. root.GetProperty("mistakes")
                    .EnumerateArray()
                    .Select(mistake => new Mistake(
                        Text(mistake.GetProperty("text")),
                        IdOf(mistake.GetProperty("true_label")),
                        IdOf(mistake.GetProperty("given_label")),
                        mistake.GetProperty("probability").GetDouble()
                    )),
            ],
        };

        int IdOf(JsonElement label) =>
            labels.IndexOf(Text(label)) is >= 0 and var id
                ? id
                : throw new FormatException($"it speaks of a label {OneLine.Quote(Text(label))} that it does not have");
    }

    private static string Text(JsonElement element) =>
        element.GetString() ?? throw new FormatException("it has null where a text is needed");
}
