using System.Buffers;
using System.Globalization;
using System.Text;
using CharRnn.Report.Pages;
using CharRnn.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// A passage and under it the model's likeliest characters, one under another: a dot where it was right, and
/// the character it had expected where it was wrong.
/// </summary>
internal static class PredictionPassage
{
    private const int CellsALine = 70;
    private const string Right = "·",
        Margin = "    ";
    private static readonly Style RightStyle = new(Color.Green),
        WrongStyle = new(Color.Red);

    // A wrong character that looks like the mark of a right one.
    private const string WrongDot = "•";

    // Carrier for a combining mark.
    private const string Bearer = "◌";
    private const string Formless = "�";

    // Unicode's picture of NUL; those of the other control characters follow in their order.
    private const char FirstControlPicture = '\u2400';

    public static void Show(Terminal terminal, PredictionReport report)
    {
        int right = report.Characters.Count(character => character.IsRight);
        terminal.Line(
            $"--- step {Quantity.Count(report.Step)}, {Quantity.Count(right)} of "
                + $"{Quantity.Count(report.Characters.Count)} characters predicted ({Right} right, else what was "
                + "expected)"
        );
        foreach (var columns in Lines(report.Characters.Select(ColumnOf)))
        {
            terminal.Line(Margin + string.Concat(columns.Select(column => column.Target)));
            terminal.Line(
                columns
                    .Select(column => (column.Predicted, column.IsRight ? RightStyle : WrongStyle))
                    .Prepend((Margin, Style.Plain))
            );
        }
        terminal.Line("---");
    }

    private static IEnumerable<List<Column>> Lines(IEnumerable<Column> columns)
    {
        var line = new List<Column>();
        int cells = 0;
        foreach (var column in columns)
        {
            if (cells + column.Cells > CellsALine)
            {
                yield return line;
                (line, cells) = ([], 0);
            }
            line.Add(column);
            cells += column.Cells;
        }
        if (line.Count > 0)
            yield return line;
    }

    private static Column ColumnOf(PredictedCharacter character)
    {
        string target = Visible(character.Target);
        string predicted =
            character.IsRight ? Right
            : Visible(character.Predicted) is var shown && shown == Right ? WrongDot
            : shown;
        int cells = Math.Max(CellsOf(target), CellsOf(predicted));
        return new Column(Padded(target, cells), Padded(predicted, cells), cells, character.IsRight);
    }

    /// <summary>A form that takes a cell or two, whatever the character is.</summary>
    private static string Visible(string character)
    {
        if (character == "\n")
            return "↵";
        if (character == "\t")
            return "→";
        if (Rune.DecodeFromUtf16(character, out var rune, out _) != OperationStatus.Done)
            return Formless;
        if (rune.Value < ' ')
            return ((char)(FirstControlPicture + rune.Value)).ToString();
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned => Formless,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => Bearer + character,
            _ => character,
        };
    }

    // Two marks may be as wide as one character; the library counts a mark as nothing.
    private static int CellsOf(string text) => Math.Max(1, new Segment(text).CellCount());

    private static string Padded(string text, int cells) => text + new string(' ', cells - CellsOf(text));

    /// <summary>One character of the passage and the one under it, equally wide.</summary>
    private readonly record struct Column(string Target, string Predicted, int Cells, bool IsRight);
}
