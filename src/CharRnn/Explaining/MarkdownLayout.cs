using System.Text;

namespace CharRnn.Explaining;

/// <summary>Writes a page as Markdown.</summary>
public static class MarkdownLayout
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

    // What Markdown would act on is a character like any other here. Underscores stand within words, where it leaves
    // them alone.
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
