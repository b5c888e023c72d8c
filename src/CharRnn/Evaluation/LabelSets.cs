using CharRnn.Datasets;

namespace CharRnn.Evaluation;

/// <summary>Records whose texts have several labels each.</summary>
internal static class LabelSets
{
    /// <summary>Separator of the labels of a text, unless another is asked for.</summary>
    public const string DefaultSeparator = "|";

    /// <summary>
    /// Splits labels of the form <c>a|b</c>: the text is then a record under each. White space around a label goes, and
    /// so do empty ones.
    /// </summary>
    /// <param name="records">The records, with labels as they were read.</param>
    /// <param name="separator">Separator of labels.</param>
    /// <exception cref="CorpusException">A text has no label.</exception>
    public static LabeledRecords Split(LabeledRecords records, string separator)
    {
        if (!records.Labels.Any(label => label.Contains(separator, StringComparison.Ordinal)))
            return records;
        string[][] partsOf =
        [
            .. records.Labels.Select(label =>
                label.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ),
        ];
        var rows = records.Records.SelectMany(record =>
            partsOf[record.Label] is { Length: > 0 } parts
                ? parts.Select(part => (record.Text, Label: part))
                : throw new CorpusException(
                    $"{records.Name}: the labels of the text {Checkpoints.OneLine.Quote(record.Text)} are "
                        + $"{Checkpoints.OneLine.Quote(records.Labels[record.Label])}, in which there is none; give it one."
                )
        );
        string[] labels = [.. partsOf.SelectMany(parts => parts).Distinct().Order(StringComparer.Ordinal)];
        var idOf = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        LabeledRecord[] split = [.. rows.Select(row => new LabeledRecord(row.Text, idOf[row.Label])).Distinct()];
        return new LabeledRecords(
            records.Name,
            labels,
            split,
            [.. Enumerable.Repeat(1, split.Length)],
            records.Preparation,
            records.Facts with
            {
                Rows = split.Length,
            }
        );
    }
}
