namespace CharRnn;

/// <summary>One short text and what it is.</summary>
/// <param name="Text">The text, prepared; never empty.</param>
/// <param name="Label">Its label: an index of <see cref="LabeledRecords.Labels"/>.</param>
public readonly record struct LabeledRecord(string Text, int Label);
