namespace CharRnn.Cli.Rendering;

/// <summary>Summary of labelled data, a line each.</summary>
internal static class LabeledSummary
{
    private const int MaxExamples = 3;

    /// <summary>All of it.</summary>
    public static IEnumerable<string> Of(LabeledRecords records) =>
        WithoutLabels(records).Append($"labels: {Labels(records)}");

    /// <summary>What was read of data whose texts have several labels each, which are not yet told apart.</summary>
    public static IEnumerable<string> OfLabelSets(LabeledRecords records)
    {
        yield return $"{records.Name}: {Quantity.Count(records.RowCount, "text")}";
        foreach (string line in Reading(records))
            yield return line;
    }

    /// <summary>All but how many records each label has.</summary>
    public static IEnumerable<string> WithoutLabels(LabeledRecords records)
    {
        string repeated =
            records.RepeatedCount == 0
                ? "none of them repeated"
                : $"{Quantity.Count(records.RepeatedCount)} of them repeated under their label and left out";
        yield return $"{records.Name}: {Quantity.Count(records.RowCount, "text")}, {repeated}: "
            + $"{Quantity.Count(records.Records.Count, "record")} of "
            + $"{Quantity.Count(records.Labels.Count, "label")}";
        foreach (string line in Reading(records))
            yield return line;
        foreach (
            var alike in records.Labels.GroupBy(label => label.ToUpperInvariant()).Where(alike => alike.Count() > 1)
        )
            yield return $"the labels {string.Join(" and ", alike.Select(LabelNames.InList))} differ in capitals alone, "
                + "and are taken for different ones";
        if (records.AmbiguousTexts.Count > 0)
            yield return $"{Quantity.Count(records.AmbiguousTexts.Count, "text")} under several labels "
                + $"({Examples(records)}): nothing that sees the text alone can be right on more than "
                + $"{Quantity.Percent(records.AccuracyCeiling)} of the records";
    }

    private static IEnumerable<string> Reading(LabeledRecords records)
    {
        if (records.BlankCount > 0)
            yield return $"{Quantity.Count(records.BlankCount, "blank line")} passed over";
        if (records.TrimmedCount > 0)
            yield return $"{Quantity.Count(records.TrimmedCount, "text")} had white space before or after, which was "
                + "taken off";
        yield return Characters(records);
    }

    private static string Labels(LabeledRecords records) =>
        LabelNames.List(records.Labels.Zip(records.CountByLabel).OrderByDescending(label => label.Second));

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
                $"{text.Text}: {string.Join(" and ", text.Labels.Select(label => LabelNames.InList(records.Labels[label])))}"
            );
        return string.Join("; ", shown) + (records.AmbiguousTexts.Count > MaxExamples ? "; …" : "");
    }
}
