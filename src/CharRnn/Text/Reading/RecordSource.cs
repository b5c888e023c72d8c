namespace CharRnn.Datasets;

/// <summary>What labelled records were read from: enough to read them again.</summary>
/// <param name="Named">The full path of a folder or table, or the name of a set that comes with the library.</param>
/// <param name="TextColumn">The column of a table that was asked for as that of the texts; null where none was.</param>
/// <param name="LabelColumn">The same of the labels.</param>
public sealed record RecordSource(string Named, string? TextColumn = null, string? LabelColumn = null);
