using System.CommandLine;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn data labels</c>: statistics of labelled texts, before anything is learnt from them.</summary>
internal sealed class DataLabelsCommand : VerbCommand
{
    private readonly LabeledArgument _data;
    private readonly Option<bool> _json = SharedFlags.Json();

    public DataLabelsCommand(Shell shell)
        : base(
            shell,
            "labels",
            "Show what is in labelled texts: their labels, repeated and ambiguous texts, and characters."
        )
    {
        _data = new(shell);
        _data.AddTo(this);
        Add(_json);
        Examples =
        [
            new("charrnn data labels names", "Show the labels of the surnames that come with charrnn."),
            new("charrnn data labels tickets.csv --label-column team", "The same of a table."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var records = _data.Load(new(parsed, Shell.Environment), isPrinted: false);
        Print(parsed.GetValue(_json), json => WriteProperties(json, records), () => WriteScreen(records));
        return ExitCode.Success;
    }

    private static void WriteProperties(Utf8JsonWriter json, LabeledRecords records)
    {
        json.WriteString("name", records.Name);
        json.WriteNumber("texts", records.RowCount);
        json.WriteNumber("repeated", records.RepeatedCount);
        json.WriteNumber("blank", records.BlankCount);
        json.WriteNumber("trimmed", records.TrimmedCount);
        json.WriteNumber("records", records.Records.Count);
        json.WriteNumber("distinct_before", records.DistinctBefore);
        json.WriteNumber("distinct", records.DistinctAfter);
        json.WriteNumber("ambiguous", records.AmbiguousTexts.Count);
        json.WriteNumber("accuracy_ceiling", records.AccuracyCeiling);
        json.WriteStartObject("labels");
        foreach (var (label, count) in records.Labels.Zip(records.CountByLabel))
            json.WriteNumber(label, count);
        json.WriteEndObject();
    }

    private void WriteScreen(LabeledRecords records)
    {
        foreach (string line in LabeledSummary.WithoutLabels(records))
            Shell.Output.WriteLine(TextEscape.ForTerminal(line, keepLineFeedsAndTabs: false));
        var labels = records
            .Labels.Select(label => Columns.Cut(TextEscape.ForTerminal(label, keepLineFeedsAndTabs: false)))
            .ToList();
        int width = Math.Max("LABEL".Length, labels.Max(Terminal.CellsOf));
        Shell.Output.WriteLine();
        Shell.Output.WriteLine($"LABEL{Padding("LABEL")}  {"RECORDS", 9}  {"SHARE", 7}");
        foreach (var (label, count) in labels.Zip(records.CountByLabel).OrderByDescending(label => label.Second))
            Shell.Output.WriteLine(
                $"{label}{Padding(label)}  {Quantity.Count(count), 9}  "
                    + $"{Quantity.Percent((double)count / records.Records.Count), 7}"
            );

        string Padding(string label) => new(' ', width - Terminal.CellsOf(label));
    }
}
