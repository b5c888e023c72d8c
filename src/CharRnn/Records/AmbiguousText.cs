namespace CharRnn;

/// <summary>
/// A text that stands under several labels, so that nothing can tell from the text alone which one is meant.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="Labels">Its labels, ascending: indices of <see cref="LabeledRecords.Labels"/>; at least two.</param>
public sealed record AmbiguousText(string Text, IReadOnlyList<int> Labels);
