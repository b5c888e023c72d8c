using System.Globalization;
using System.Text.Json;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>What a model makes of the records of each label: a table, or a list of JSON objects.</summary>
internal sealed class LabelEvaluationTable(IReadOnlyList<LabelEvaluation> labels)
{
    /// <summary>Writes a row for each label.</summary>
    public void Write(TextWriter output)
    {
        string[][] rows =
        [
            ["LABEL", "RECORDS", "CHARACTERS", "BITS/CHAR"],
            .. labels.Select(Row),
        ];
        foreach (string line in Columns.Lines(rows, wordColumns: 1))
            output.WriteLine(line);
    }

    /// <summary>Writes them as <c>per_label</c>.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartArray("per_label");
        foreach (var (label, records, result) in labels)
        {
            json.WriteStartObject();
            json.WriteString("label", label);
            json.WriteNumber("records", records);
            EvaluationFigures.WriteProperties(json, result);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string[] Row(LabelEvaluation label) =>
        [
            TextEscape.ForTerminal(label.Label, keepLineFeedsAndTabs: false),
            Quantity.Count(label.Records),
            Quantity.Count(label.Result.Characters),
            label.Result.BitsPerChar.ToString("0.0000", CultureInfo.InvariantCulture),
        ];
}
