namespace CharRnn;

/// <summary>A row of a data set, before preparation.</summary>
/// <param name="Text">The text.</param>
/// <param name="Label">The name of its label.</param>
/// <param name="Place">Its place in the source, for messages: <c>names.csv, line 12</c>.</param>
public readonly record struct LabeledRow(string Text, string Label, string Place);

/// <summary>A short text and its label.</summary>
/// <param name="Text">The text, prepared; never empty.</param>
/// <param name="Label">Its label: an index of <see cref="LabeledRecords.Labels"/>.</param>
public readonly record struct LabeledRecord(string Text, int Label);

/// <summary>
/// A text under several labels, whose label the text alone cannot determine.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="Labels">Its labels, ascending: indices of <see cref="LabeledRecords.Labels"/>; at least two.</param>
public sealed record AmbiguousText(string Text, IReadOnlyList<int> Labels);

/// <summary>
/// A training and a test part without a common text. Both have all the labels, with the same indices, and keep the
/// order of the records.
/// </summary>
/// <param name="Train">The part to train on.</param>
/// <param name="Test">The part held out.</param>
public sealed record LabeledSplit(LabeledRecords Train, LabeledRecords Test);

/// <summary>Purpose of reading labelled records, which decides how many are required.</summary>
public enum LabeledPurpose
{
    /// <summary>
    /// Training: at least two labels, and at least two texts of each, so that both parts of a split have one.
    /// </summary>
    Learning,

    /// <summary>Scoring by a trained model: at least one text.</summary>
    Scoring,
}
