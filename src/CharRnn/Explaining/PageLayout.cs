using System.Globalization;
using System.Text;

namespace CharRnn.Explaining;

/// <summary>
/// Block of a page, to be laid out for a screen (<see cref="ScreenLayout"/>) or as Markdown
/// (<see cref="MarkdownLayout"/>).
/// </summary>
internal abstract record PageBlock;

/// <summary>Heading.</summary>
/// <param name="Level">1 for the page, 2 for a section, 3 for a step.</param>
/// <param name="Text">The text.</param>
internal sealed record Heading(int Level, string Text) : PageBlock;

/// <summary>Paragraph of sentences.</summary>
/// <param name="Text">The sentences.</param>
internal sealed record Paragraph(string Text) : PageBlock;

/// <summary>Equations, or sums with their numbers, one a line.</summary>
/// <param name="Lines">The lines.</param>
internal sealed record Equations(IReadOnlyList<string> Lines) : PageBlock;

/// <summary>Table with named rows and columns.</summary>
/// <param name="Corner">The name of the table, or of its row names.</param>
/// <param name="Columns">The columns' names.</param>
/// <param name="Rows">The rows.</param>
internal sealed record Table(string Corner, IReadOnlyList<string> Columns, IReadOnlyList<TableRow> Rows) : PageBlock;

/// <summary>Row of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cells">The cells, one for each column.</param>
internal sealed record TableRow(string Name, IReadOnlyList<string> Cells);

/// <summary>Layout of a page for a screen of 100 columns.</summary>
internal static class ScreenLayout
{
    private const int Width = 100;

    // The width of a negative number with four decimals, so that most columns are equally wide.
    private const int MinColumnWidth = 7;
    private const string Indent = "  ",
        Gap = "  ";

    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter output, IEnumerable<PageBlock> page)
    {
        bool isFirst = true;
        foreach (var block in page)
        {
            if (!isFirst)
                output.WriteLine();
            isFirst = false;
            switch (block)
            {
                case Heading heading:
                    WriteHeading(output, heading);
                    break;
                case Paragraph paragraph:
                    WriteParagraph(output, paragraph.Text);
                    break;
                case Equations equations:
                    foreach (string line in equations.Lines)
                        output.WriteLine(Indent + Indent + line);
                    break;
                case Table table:
                    WriteTable(output, table);
                    break;
            }
        }
    }

    private static void WriteHeading(TextWriter output, Heading heading)
    {
        string text = heading.Level == 1 ? heading.Text.ToUpper(CultureInfo.InvariantCulture) : heading.Text;
        output.WriteLine(text);
        if (heading.Level <= 2)
            output.WriteLine(new string(heading.Level == 1 ? '=' : '-', Columns(text)));
    }

    private static void WriteParagraph(TextWriter output, string text)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && Columns(line) + 1 + Columns(word) > Width)
            {
                output.WriteLine(line);
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        output.WriteLine(line);
    }

    private static void WriteTable(TextWriter output, Table table)
    {
        int nameWidth = table.Rows.Select(row => row.Name).Append(table.Corner).Max(Columns);
        int[] widths =
        [
            .. table
                .Columns.Select((column, i) => table.Rows.Select(row => row.Cells[i]).Append(column).Max(Columns))
                .Select(width => Math.Max(width, MinColumnWidth)),
        ];
        Write(table.Corner, table.Columns);
        foreach (var row in table.Rows)
            Write(row.Name, row.Cells);

        void Write(string name, IReadOnlyList<string> cells)
        {
            string line = Indent + name + Spaces(nameWidth - Columns(name));
            for (int i = 0; i < cells.Count; i++)
                line += Gap + Spaces(widths[i] - Columns(cells[i])) + cells[i];
            output.WriteLine(line.TrimEnd());
        }
    }

    private static string Spaces(int count) => new(' ', count);

    // The page's own words have neither combining marks nor wide East Asian characters; those of a text count as one
    // column.
    private static int Columns(string text) => new StringInfo(text).LengthInTextElements;
}

/// <summary>Layout of a page as Markdown.</summary>
internal static class MarkdownLayout
{
    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter output, IEnumerable<PageBlock> page)
    {
        bool isFirst = true;
        foreach (var block in page)
        {
            if (!isFirst)
                output.WriteLine();
            isFirst = false;
            switch (block)
            {
                case Heading heading:
                    output.WriteLine($"{new string('#', heading.Level)} {Escape(heading.Text)}");
                    break;
                case Paragraph paragraph:
                    output.WriteLine(Escape(paragraph.Text));
                    break;
                case Equations equations:
                    output.WriteLine("```text");
                    foreach (string line in equations.Lines)
                        output.WriteLine(line);
                    output.WriteLine("```");
                    break;
                case Table table:
                    WriteTable(output, table);
                    break;
            }
        }
    }

    private static void WriteTable(TextWriter output, Table table)
    {
        WriteRow(output, table.Corner, table.Columns);
        output.WriteLine("|---|" + string.Concat(table.Columns.Select(_ => "---:|")));
        foreach (var row in table.Rows)
            WriteRow(output, row.Name, row.Cells);
    }

    private static void WriteRow(TextWriter output, string name, IEnumerable<string> cells) =>
        output.WriteLine($"| {string.Join(" | ", cells.Prepend(name).Select(Escape))} |");

    // Markdown's special characters are escaped. Underscores stand within words only, where Markdown ignores them.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            if (character is '\\' or '|' or '*' or '`' or '<' or '[' or '#' or '~' or '&')
                escaped.Append('\\');
            escaped.Append(character);
        }
        return escaped.ToString();
    }
}

/// <summary>Formatting of a page's numbers.</summary>
internal static class NumberText
{
    // Below this, four decimals would not be enough for a number.
    private const double MinFixed = 0.0005;

    // Rounding error of a sum that is 0.
    private const double Nothing = 1e-12;

    /// <summary>
    /// Four decimals, or two digits and a power of ten for what is too small: <c>-0.1234</c>, <c>3.1e-5</c>.
    /// </summary>
    public static string Of(double number) =>
        Math.Abs(number) switch
        {
            < Nothing => "0",
            < MinFixed => number.ToString("0.0e-0", CultureInfo.InvariantCulture),
            _ => number.ToString("0.0000", CultureInfo.InvariantCulture),
        };

    /// <summary>A whole number.</summary>
    public static string Of(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
