namespace CharRnn;

/// <summary>One row of a data set as it was found.</summary>
/// <param name="Text">The text.</param>
/// <param name="Label">The name of its label.</param>
/// <param name="Place">Where it stands, for messages: <c>names.csv, line 12</c>.</param>
public readonly record struct LabeledRow(string Text, string Label, string Place);
