using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>Summary of labelled data, a line each.</summary>
internal static class LabeledSummary
{
    private const int MaxExamples = 3;

    /// <summary>Tells all of it; what was left out or changed, as notes.</summary>
    public static void Print(LabeledRecords records, Terminal terminal)
    {
        Print(Lines(records), terminal);
        terminal.Message($"labels: {Labels(records)}");
    }

    /// <summary>Tells about data whose texts have several labels each, which are not yet told apart.</summary>
    public static void PrintLabelSets(LabeledRecords records, Terminal terminal)
    {
        terminal.Message($"{records.Name}: {Quantity.Count(records.RowCount, "text")}");
        Print(Reading(records), terminal);
    }

    /// <summary>All but how many records each label has.</summary>
    public static IEnumerable<string> WithoutLabels(LabeledRecords records) => Lines(records).Select(line => line.Text);

    private static void Print(IEnumerable<(string Text, bool IsNote)> lines, Terminal terminal)
    {
        foreach (var (line, isNote) in lines)
        {
            if (isNote)
                terminal.Note(line);
            else
                terminal.Message(line);
        }
    }

    private static IEnumerable<(string Text, bool IsNote)> Lines(LabeledRecords records)
    {
        string repeated =
            records.RepeatedCount == 0
                ? "none of them repeated"
                : $"{Quantity.Count(records.RepeatedCount)} of them repeated under their label and left out";
        yield return (
            $"{records.Name}: {Quantity.Count(records.RowCount, "text")}, {repeated}: "
                + $"{Quantity.Count(records.Records.Count, "record")} of "
                + $"{Quantity.Count(records.Labels.Count, "label")}",
            records.RepeatedCount > 0
        );
        if (records.UnreadFiles.Count > 0)
            yield return (
                $"not read: {UnreadFiles.List(records.UnreadFiles)}; a label is a file called *.txt in the folder",
                true
            );
        foreach (var line in Reading(records))
            yield return line;
        foreach (
            var alike in records.Labels.GroupBy(label => label.ToUpperInvariant()).Where(alike => alike.Count() > 1)
        )
            yield return (
                $"the labels {string.Join(" and ", alike.Select(LabelNames.Display))} differ in capitals alone, and are "
                    + "taken for different ones",
                true
            );
        if (records.AmbiguousTexts.Count > 0)
            yield return (
                $"{Quantity.Count(records.AmbiguousTexts.Count, "text")} under several labels "
                    + $"({Examples(records)}): nothing that sees the text alone can be right on more than "
                    + $"{Quantity.Percent(records.AccuracyCeiling)} of the records",
                false
            );
    }

    private static IEnumerable<(string Text, bool IsNote)> Reading(LabeledRecords records)
    {
        if (records.BlankCount > 0)
            yield return ($"{Quantity.Count(records.BlankCount, "blank line")} passed over", true);
        if (records.TrimmedCount > 0)
            yield return (
                $"{Quantity.Count(records.TrimmedCount, "text")} had white space before or after, which was taken off",
                true
            );
        yield return (Characters(records), records.Preparation.ToString().Length > 0);
    }

    private static string Labels(LabeledRecords records) =>
        LabelNames.List([.. records.Labels.Zip(records.CountByLabel).OrderByDescending(label => label.Second)]);

    private static string Characters(LabeledRecords records)
    {
        string preparation = records.Preparation.ToString();
        return preparation.Length == 0
            ? $"{Quantity.Count(records.DistinctAfter)} distinct characters"
            : $"{Quantity.Count(records.DistinctBefore)} distinct characters, and "
                + $"{Quantity.Count(records.DistinctAfter)} after {preparation}";
    }

    private static string Examples(LabeledRecords records)
    {
        var shown = records
            .AmbiguousTexts.Take(MaxExamples)
            .Select(text =>
                $"{text.Text}: {string.Join(" and ", text.Labels.Select(label => LabelNames.Display(records.Labels[label])))}"
            );
        return string.Join("; ", shown) + (records.AmbiguousTexts.Count > MaxExamples ? "; …" : "");
    }
}
