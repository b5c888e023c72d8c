using System.Globalization;

namespace CharRnn.Explaining;

/// <summary>Lays a page out for a screen of 100 columns.</summary>
public static class ScreenLayout
{
    private const int Width = 100;

    // A negative number with four decimals: most columns are then equally wide.
    private const int NarrowestColumn = 7;
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
                .Select(width => Math.Max(width, NarrowestColumn)),
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

    // Neither combining marks nor the wide characters of East Asia are used in the page's own words; a text's are
    // counted as one column.
    private static int Columns(string text) => new StringInfo(text).LengthInTextElements;
}
