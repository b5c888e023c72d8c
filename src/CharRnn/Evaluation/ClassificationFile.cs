using System.Text.Encodings.Web;
using System.Text.Json;
using CharRnn.Checkpoints;

namespace CharRnn.Evaluation;

/// <summary>
/// A <see cref="ClassificationReport"/> as JSON: <c>records, accuracy, macro_accuracy, macro_f1, log_loss,
/// top3_accuracy, majority_label, majority_baseline, accuracy_ceiling</c>, with a threshold also <c>threshold,
/// coverage, answered_accuracy</c>; <c>labels</c> (names, in the order of their
/// ids), <c>confusion</c> (a row of counts for each label), <c>per_label</c> (<c>label, count, precision, recall,
/// f1</c>), <c>confused</c> (<c>true_label, given_label, count, share</c>) and <c>mistakes</c> (<c>text, true_label,
/// given_label, probability</c>). Labels stand by name. Of more than <see cref="MaxDenseLabels"/> labels only the counts
/// that are not 0 are written: instead of <c>confusion</c> there is <c>confusion_cells</c>, with the id of a label, the
/// id that its records were given, and how many they are.
/// </summary>
internal static class ClassificationFile
{
    /// <summary>The file's name in a run folder.</summary>
    public const string Name = "classification.json";

    /// <summary>The most labels whose confusion matrix is written whole.</summary>
    public const int MaxDenseLabels = 256;

    private const string RowsKey = "confusion",
        CellsKey = "confusion_cells";
    private const int TopConfusions = 20;

    // What is read; the rest follows from the counts, and is computed again.
    private static readonly string[] ReadKeys =
    [
        "labels",
        CellsKey,
        "log_loss",
        "top3_accuracy",
        "majority_label",
        "accuracy_ceiling",
        "mistakes",
    ];

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
        Write(path, json => WriteProperties(json, report));

    /// <summary>Saves an object, whole or not at all.</summary>
    public static void Write(string path, Action<Utf8JsonWriter> writeProperties) =>
        AtomicFile.Write(
            path,
            file =>
            {
                using (var json = new Utf8JsonWriter(file, Options))
                {
                    json.WriteStartObject();
                    writeProperties(json);
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
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"cannot read {path}: {OneLine.Reason(refusal)}", refusal);
        }
        catch (Exception failure)
            when (failure is JsonException or InvalidOperationException or FormatException or ArgumentException)
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
        WriteLabelScores(json, report.LabelScores);
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

    /// <summary>Writes the figures of each label.</summary>
    public static void WriteLabelScores(Utf8JsonWriter json, IReadOnlyList<LabelScore> scores) =>
        WriteObjects(
            json,
            "per_label",
            scores,
            score =>
            {
                json.WriteString("label", score.Label);
                json.WriteNumber("count", score.Count);
                WriteShare(json, "precision", score.Precision);
                WriteShare(json, "recall", score.Recall);
                WriteShare(json, "f1", score.F1);
            }
        );

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
        if (report.Answered is not { } answered)
            return;
        json.WriteNumber("threshold", answered.Threshold);
        json.WriteNumber("coverage", answered.Coverage);
        WriteShare(json, "answered_accuracy", answered.Accuracy);
    }

    private static void WriteConfusion(Utf8JsonWriter json, ConfusionMatrix confusion)
    {
        int labels = confusion.Labels.Count;
        json.WriteStartArray(labels <= MaxDenseLabels ? RowsKey : CellsKey);
        if (labels <= MaxDenseLabels)
        {
            for (int trueLabel = 0; trueLabel < labels; trueLabel++)
            {
                var row = Enumerable.Range(0, labels).Select(givenLabel => confusion[trueLabel, givenLabel]);
                json.WriteRawValue($"[{string.Join(", ", row)}]");
            }
        }
        else
        {
            foreach (var cell in confusion.Cells())
                json.WriteRawValue($"[{cell.TrueLabel}, {cell.GivenLabel}, {cell.Count}]");
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

    private static ClassificationReport Parse(ReadOnlySpan<byte> file)
    {
        var json = new Utf8JsonReader(file);
        var values = new Dictionary<string, JsonElement>();
        CountedRows? rows = null;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw new FormatException("it is no object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            json.Read();
            // A matrix of many labels has far more zeros than other counts: it is never held whole.
            if (key == RowsKey)
                rows = CountedRows.Read(ref json);
            else if (ReadKeys.Contains(key))
                values[key] = JsonElement.ParseValue(ref json);
            else
                json.Skip();
        }
        json.Read();

        List<string> labels = [.. Value("labels").EnumerateArray().Select(Text)];
        if (labels.Count == 0)
            throw new FormatException("it has no labels");
        var cells = rows is null ? CellsOf(Value(CellsKey), labels.Count) : rows.Cells(labels.Count);
        var confusion = ConfusionMatrix.OfCells(labels, cells);
        if (confusion.Total == 0)
            throw new FormatException("its confusion matrix has no record");
        var ceiling = Value("accuracy_ceiling");
        return new ClassificationReport(confusion)
        {
            LogLoss = Value("log_loss").GetDouble(),
            Top3Accuracy = Value("top3_accuracy").GetDouble(),
            MajorityLabel = IdOf(Value("majority_label")),
            AccuracyCeiling = ceiling.ValueKind == JsonValueKind.Null ? null : ceiling.GetDouble(),
            ConfidentMistakes =
            [
                .. Value("mistakes")
                    .EnumerateArray()
                    .Select(mistake => new Mistake(
                        Text(ValueIn(mistake, "text")),
                        IdOf(ValueIn(mistake, "true_label")),
                        IdOf(ValueIn(mistake, "given_label")),
                        ValueIn(mistake, "probability").GetDouble()
                    )),
            ],
        };

        JsonElement Value(string key) => values.TryGetValue(key, out var value) ? value : throw Lacking(key);

        int IdOf(JsonElement label) =>
            labels.IndexOf(Text(label)) is >= 0 and var id
                ? id
                : throw new FormatException($"it speaks of a label {OneLine.Quote(Text(label))} that it does not have");
    }

    private static List<ConfusionCell> CellsOf(JsonElement cells, int labels)
    {
        var read = new List<ConfusionCell>(cells.GetArrayLength());
        foreach (var cell in cells.EnumerateArray())
        {
            int[] numbers = [.. cell.EnumerateArray().Select(number => number.GetInt32())];
            if (
                numbers is not [var trueLabel, var givenLabel, > 0 and var count]
                || (uint)trueLabel >= (uint)labels
                || (uint)givenLabel >= (uint)labels
            )
                throw new FormatException(
                    $"{CellsKey} has {OneLine.Quote(cell.GetRawText())}; two ids of its {labels} labels and a count are "
                        + "needed"
                );
            read.Add(new ConfusionCell(trueLabel, givenLabel, count));
        }
        return read;
    }

    private static string Text(JsonElement element) =>
        element.GetString() ?? throw new FormatException("it has null where a text is needed");

    private static JsonElement ValueIn(JsonElement item, string key) =>
        item.TryGetProperty(key, out var value) ? value : throw Lacking(key);

    private static FormatException Lacking(string key) => new($"it has no {key}");

    /// <summary>The rows of a matrix that was written whole, of which only the counts that are not 0 are kept.</summary>
    private sealed class CountedRows
    {
        private readonly List<ConfusionCell> _cells = [];
        private readonly List<int> _lengths = [];

        /// <summary>Reads an array of arrays of counts.</summary>
        /// <exception cref="FormatException">It is none.</exception>
        public static CountedRows Read(ref Utf8JsonReader json)
        {
            var rows = new CountedRows();
            Require(json.TokenType == JsonTokenType.StartArray);
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                Require(json.TokenType == JsonTokenType.StartArray);
                int column = 0;
                for (; json.Read() && json.TokenType != JsonTokenType.EndArray; column++)
                {
                    Require(json.TokenType == JsonTokenType.Number && json.TryGetInt32(out int count) && count >= 0);
                    if (json.GetInt32() is > 0 and var kept)
                        rows._cells.Add(new ConfusionCell(rows._lengths.Count, column, kept));
                }
                rows._lengths.Add(column);
            }
            return rows;
        }

        /// <summary>The counts, of a matrix of so many labels.</summary>
        /// <exception cref="FormatException">It has another size.</exception>
        public List<ConfusionCell> Cells(int labels) =>
            _lengths.Count == labels && _lengths.TrueForAll(length => length == labels)
                ? _cells
                : throw new FormatException(
                    $"its confusion matrix needs {labels} rows of {labels} counts, one a label"
                );

        private static void Require(bool isCount)
        {
            if (!isCount)
                throw new FormatException("its confusion matrix has something else than rows of counts");
        }
    }
}
