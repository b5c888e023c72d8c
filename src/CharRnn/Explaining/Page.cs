namespace CharRnn.Explaining;

/// <summary>
/// A part of a page, to be laid out for a screen (<see cref="ScreenLayout"/>) or as Markdown
/// (<see cref="MarkdownLayout"/>).
/// </summary>
public abstract record PageBlock;

/// <summary>A heading.</summary>
/// <param name="Level">1 for the page, 2 for a chapter, 3 for a step.</param>
/// <param name="Text">What it says.</param>
public sealed record Heading(int Level, string Text) : PageBlock;

/// <summary>Some sentences.</summary>
/// <param name="Text">They.</param>
public sealed record Paragraph(string Text) : PageBlock;

/// <summary>Equations, or sums with their numbers, a line each.</summary>
/// <param name="Lines">They.</param>
public sealed record Equations(IReadOnlyList<string> Lines) : PageBlock;

/// <summary>A table whose rows and columns have names.</summary>
/// <param name="Corner">What the table is, or what its row names are.</param>
/// <param name="Columns">The columns' names.</param>
/// <param name="Rows">The rows.</param>
public sealed record Table(string Corner, IReadOnlyList<string> Columns, IReadOnlyList<TableRow> Rows) : PageBlock;

/// <summary>A row of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cells">One for each column.</param>
public sealed record TableRow(string Name, IReadOnlyList<string> Cells);
