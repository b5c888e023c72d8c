using System.Text.Json;
using CharRnn.Datasets;
using Spectre.Console;

namespace CharRnn.Cli.Rendering;

/// <summary>A table of runs: drawn with lines on a terminal, plain aligned columns elsewhere.</summary>
internal static class RunTable
{
    /// <summary>Writes the table to standard output.</summary>
    /// <param name="shell">Its standard output.</param>
    /// <param name="head">Names of the columns.</param>
    /// <param name="rows">The rows, with as many cells each.</param>
    /// <param name="wordColumns">Number of the first columns, which are words; the others are numbers.</param>
    public static void Write(Shell shell, string[] head, IEnumerable<string[]> rows, int wordColumns)
    {
        var all = rows.Select(row =>
                row.Select(cell => TextEscape.ForTerminal(cell, keepLineFeedsAndTabs: false)).ToArray()
            )
            .ToList();
        if (shell.Screen.IsLive)
            Draw(shell.Screen.Styled, head, all, wordColumns);
        else
            foreach (string line in Columns.Lines([head, .. all], wordColumns))
                shell.Output.WriteLine(line.TrimEnd());
    }

    private static void Draw(IAnsiConsole console, string[] head, List<string[]> rows, int wordColumns)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var (place, name) in head.Index())
            table.AddColumn(
                new TableColumn(new Text(name, new Style(decoration: Decoration.Bold)))
                {
                    Alignment = place < wordColumns ? Justify.Left : Justify.Right,
                }
            );
        foreach (string[] row in rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        console.Write(table);
    }
}
