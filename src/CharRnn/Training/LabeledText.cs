namespace CharRnn.Training;

/// <summary>A text and its labels: one, or of a classifier of several labels a text, all of them.</summary>
/// <param name="Text">The text.</param>
/// <param name="Labels">Its labels, ascending; at least one.</param>
internal readonly record struct LabeledText(string Text, int[] Labels)
{
    /// <summary>The texts of some records.</summary>
    /// <param name="records">The records.</param>
    /// <param name="isMultiLabel">
    /// Whether a text under several labels is one with all of them; otherwise it is one under each.
    /// </param>
    public static IReadOnlyList<LabeledText> Of(LabeledRecords records, bool isMultiLabel) =>
        isMultiLabel
            ?
            [
                .. records
                    .Records.GroupBy(record => record.Text, StringComparer.Ordinal)
                    .Select(text => new LabeledText(text.Key, [.. text.Select(record => record.Label).Order()])),
            ]
            : [.. records.Records.Select(record => new LabeledText(record.Text, [record.Label]))];
}
