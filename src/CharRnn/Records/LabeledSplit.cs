namespace CharRnn;

/// <summary>
/// Two parts of some records that have no text in common. Both have all the labels, with the same indices, and keep the
/// order of the records.
/// </summary>
/// <param name="Train">The part to learn from.</param>
/// <param name="Test">The part held out.</param>
public sealed record LabeledSplit(LabeledRecords Train, LabeledRecords Test);
