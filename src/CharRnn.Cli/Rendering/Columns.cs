namespace CharRnn.Cli.Rendering;

/// <summary>
/// Text in columns, as wide as what is in them: measured in the cells of a terminal, of which some characters take two.
/// </summary>
internal static class Columns
{
    private const string Gap = "  ",
        Ellipsis = "…";

    // A label may have thousands of characters, and would push all other columns off the screen.
    private const int MaxNameCells = 40;

    /// <summary>A name as a cell of a table: as it is, or cut where it is long.</summary>
    public static string Cut(string name) =>
        Terminal.CellsOf(name) <= MaxNameCells ? name : Terminal.Fit(name, MaxNameCells - 1) + Ellipsis;

    /// <summary>A line for each row.</summary>
    /// <param name="rows">The rows, with as many cells each.</param>
    /// <param name="wordColumns">
    /// Number of the first columns, which are words and stand left; the others are numbers and stand right.
    /// </param>
    public static IEnumerable<string> Lines(IReadOnlyList<string[]> rows, int wordColumns)
    {
        int[] widths =
        [
            .. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => Terminal.CellsOf(row[column]))),
        ];
        return rows.Select(row =>
            string.Join(
                Gap,
                row.Select(
                    (cell, column) =>
                        column < wordColumns ? PadRight(cell, widths[column]) : PadLeft(cell, widths[column])
                )
            )
        );
    }

    /// <summary>A text that stands right in so many cells.</summary>
    public static string PadLeft(string text, int cells) => Space(text, cells) + text;

    /// <summary>A text that stands left in so many cells.</summary>
    public static string PadRight(string text, int cells) => text + Space(text, cells);

    private static string Space(string text, int cells) => new(' ', Math.Max(0, cells - Terminal.CellsOf(text)));
}

/// <summary>A bar of whole and partial blocks: <c>██████▍</c>.</summary>
internal static class Bar
{
    private const int Parts = 8;

    // One eighth of a cell to eight.
    private const string Blocks = "▏▎▍▌▋▊▉█";

    /// <summary>The bar of a share from 0 to 1; nothing where it is less than half an eighth of a cell.</summary>
    /// <param name="share">The share.</param>
    /// <param name="cells">Width of a share of 1.</param>
    public static string Of(double share, int cells)
    {
        var (full, rest) = Math.DivRem((int)Math.Round(share * cells * Parts), Parts);
        return new string(Blocks[^1], full) + (rest > 0 ? Blocks[rest - 1] : "");
    }
}

/// <summary><c>[######..................]</c>.</summary>
internal static class ProgressBar
{
    private const int Cells = 24;

    /// <summary>The bar of a share from 0 to 1.</summary>
    public static string Of(double share)
    {
        int full = (int)(share * Cells);
        return $"[{new string('#', full)}{new string('.', Cells - full)}]";
    }
}
