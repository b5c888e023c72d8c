namespace CharRnn;

/// <summary>One row of a data set as it was found.</summary>
/// <param name="Text">The text.</param>
/// <param name="Label">The name of its label.</param>
/// <param name="Place">Where it stands, for messages: <c>names.csv, line 12</c>.</param>
public readonly record struct LabeledRow(string Text, string Label, string Place);

/// <summary>One short text and what it is.</summary>
/// <param name="Text">The text, prepared; never empty.</param>
/// <param name="Label">Its label: an index of <see cref="LabeledRecords.Labels"/>.</param>
public readonly record struct LabeledRecord(string Text, int Label);

/// <summary>
/// A text that stands under several labels, so that nothing can tell from the text alone which one is meant.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="Labels">Its labels, ascending: indices of <see cref="LabeledRecords.Labels"/>; at least two.</param>
public sealed record AmbiguousText(string Text, IReadOnlyList<int> Labels);

/// <summary>
/// Two parts of some records that have no text in common. Both have all the labels, with the same indices, and keep the
/// order of the records.
/// </summary>
/// <param name="Train">The part to learn from.</param>
/// <param name="Test">The part held out.</param>
public sealed record LabeledSplit(LabeledRecords Train, LabeledRecords Test);

/// <summary>What labelled records are read for, which decides what they must have.</summary>
public enum LabeledPurpose
{
    /// <summary>
    /// To be learnt from: at least two labels, and at least two texts of each, so that both parts of a split have one.
    /// </summary>
    Learning,

    /// <summary>To be scored by a model that has learnt already: at least one text.</summary>
    Scoring,
}
