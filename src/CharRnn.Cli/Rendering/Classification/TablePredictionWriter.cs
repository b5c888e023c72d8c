using System.Globalization;
using CharRnn.Cli.TextFiles;
using CsvHelper;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Writes a table with what a classifier makes of its texts: every column as it was, and after them the likeliest
/// labels with their probabilities (<c>prediction</c>, <c>probability</c>, <c>prediction_2</c>, …), before which the
/// answer (<c>answer</c>) stands where a threshold decides it; or a JSON object a row.
/// </summary>
internal sealed class TablePredictionWriter : IDisposable
{
    private readonly OutputLines _lines;
    private readonly DecisionRule _rule;
    private readonly IReadOnlyList<string> _columns;
    private readonly int _textAt,
        _top;
    private readonly CsvWriter? _writer;

    /// <param name="shell">Its standard output.</param>
    /// <param name="rule">What the probabilities come to.</param>
    /// <param name="table">The table.</param>
    /// <param name="hasHeader">Whether its first row names the columns.</param>
    /// <param name="textAt">The place of the column of texts.</param>
    /// <param name="top">How many of the likeliest labels are shown.</param>
    /// <param name="isJson">Whether it is for programs.</param>
    public TablePredictionWriter(
        Shell shell,
        DecisionRule rule,
        Table table,
        bool hasHeader,
        int textAt,
        int top,
        bool isJson
    )
    {
        _lines = new OutputLines(shell);
        (_rule, _columns, _textAt, _top) = (rule, table.Columns, textAt, Math.Min(top, rule.Labels.Count));
        if (isJson)
            return;
        _writer = CsvWriter.Create(
            _lines.Text,
            new CsvWriterOptions
            {
                Mode = table.IsTabbed ? CsvMode.NoEscape : CsvMode.Rfc4180,
                Separator = table.Separator,
                NewLine = "\n",
            },
            leaveOpen: true
        );
        if (!hasHeader)
            return;
        WriteFields([
            .. table.Columns,
            .. rule.IsShown ? ["answer"] : Array.Empty<string>(),
            .. Enumerable
                .Range(1, _top)
                .SelectMany(rank => new[] { Ranked("prediction", rank), Ranked("probability", rank) }),
        ]);
    }

    /// <summary>Writes a row.</summary>
    /// <param name="fields">Its fields.</param>
    /// <param name="probabilities">The probability of each label; null for a row without a text.</param>
    public void Write(string[] fields, float[]? probabilities)
    {
        if (_writer is null)
        {
            WriteJson(fields, probabilities);
            return;
        }
        int[] likeliest = probabilities is null ? [] : [.. _rule.Ranked(probabilities).Take(_top)];
        WriteFields([
            .. fields,
            .. _rule.IsShown ? [probabilities is null ? "" : _rule.Field(probabilities)] : Array.Empty<string>(),
            .. likeliest.SelectMany(label =>
                new[] { _rule.Labels[label], probabilities![label].ToString("0.####", CultureInfo.InvariantCulture) }
            ),
            .. Enumerable.Repeat("", 2 * (_top - likeliest.Length)),
        ]);
    }

    /// <summary>Hands on what was written.</summary>
    public void Flush()
    {
        _writer?.Flush();
        _lines.Flush();
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _lines.Dispose();
    }

    private void WriteFields(IEnumerable<string> fields)
    {
        foreach (string field in fields)
            _writer!.WriteField(field);
        _writer!.EndRecord();
    }

    private void WriteJson(string[] fields, float[]? probabilities) =>
        JsonLine.Write(
            _lines.Text,
            json =>
            {
                json.WriteString("text", fields[_textAt].Trim());
                _rule.Write(json, probabilities, _top);
                json.WriteStartObject("row");
                foreach (var (column, field) in _columns.Zip(fields))
                    json.WriteString(column, field);
                json.WriteEndObject();
            }
        );

    private static string Ranked(string column, int rank) =>
        rank == 1 ? column : string.Create(CultureInfo.InvariantCulture, $"{column}_{rank}");
}
