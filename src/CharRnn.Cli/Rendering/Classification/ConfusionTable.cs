using System.Globalization;
using CharRnn.Datasets;
using Spectre.Console;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// A confusion matrix in lines of 80 cells, or of a wider terminal's: a row for each label that records have, with how
/// many they are and what they were given, in percent of the row or as counts. Columns are headed by abbreviations,
/// which the rows spell out. Where there are too many columns for one table, there are several, one below the other.
/// </summary>
internal sealed class ConfusionTable
{
    /// <summary>A matrix of more labels is too large to be read on a screen.</summary>
    public const int MaxLabels = 60;

    private const int MinWidth = 80;
    private const int MaxNameLength = 12;
    private const string Nothing = "·",
        Gap = " ",
        Cut = "…";

    // What a share of its row looks like: right answers in greens, others in greys, yellows and reds; the larger ones
    // are marked by their ground.
    private static readonly (double From, Style Style)[] RightShades =
    [
        (0.5, new(Color.Black, Color.Green)),
        (0.25, new(Color.Green, decoration: Decoration.Bold)),
        (0, new(Color.Green)),
    ];
    private static readonly (double From, Style Style)[] WrongShades =
    [
        (0.2, new(Color.Black, Color.Red)),
        (0.1, new(Color.Black, Color.Yellow)),
        (0.05, new(Color.Yellow)),
        (0, new(Color.Grey)),
    ];

    private readonly ConfusionMatrix _confusion;
    private readonly bool _isCounts;
    private readonly int _width;
    private readonly List<int> _rows,
        _columns;
    private readonly IReadOnlyList<string> _names,
        _abbreviations;
    private readonly int _abbreviationWidth,
        _nameWidth,
        _countWidth;

    /// <param name="confusion">The matrix.</param>
    /// <param name="isCounts">Whether cells are counts, rather than percentages of their rows.</param>
    /// <param name="screenWidth">Width of the screen in cells; null for none.</param>
    public ConfusionTable(ConfusionMatrix confusion, bool isCounts, int? screenWidth)
    {
        _width = Math.Max(MinWidth, screenWidth ?? 0);
        (_confusion, _isCounts) = (confusion, isCounts);
        var labels = Enumerable.Range(0, confusion.Labels.Count).ToList();
        _rows = labels.FindAll(label => confusion.RecordsOf(label) > 0);
        _columns = labels.FindAll(label => confusion.RecordsOf(label) + confusion.GivenTo(label) > 0);
        _names =
        [
            .. confusion.Labels.Select(label =>
                TextEscape.ForTerminal(LabelNames.Cut(label), keepLineFeedsAndTabs: false)
            ),
        ];
        _abbreviations = LabelAbbreviations.Of(_names);
        _abbreviationWidth = _columns.Max(label => Terminal.CellsOf(_abbreviations[label]));
        _nameWidth = Math.Min(MaxNameLength, _rows.Max(label => Terminal.CellsOf(_names[label])));
        _countWidth = _rows.Max(label => Quantity.Count(confusion.RecordsOf(label)).Length);
    }

    /// <summary>The lines, each in parts with their styles.</summary>
    public IEnumerable<List<(string Text, Style Style)>> Lines()
    {
        foreach (var (number, block) in Blocks().Index())
        {
            if (number > 0)
                yield return [];
            yield return
            [
                (new string(' ', HeadWidth), Style.Plain),
                .. block.Select(column => (Columns.PadLeft(_abbreviations[column], WidthOf(column)), Style.Plain)),
            ];
            foreach (int row in _rows)
                yield return [(HeadOf(row), Style.Plain), .. block.SelectMany(column => CellOf(row, column))];
        }

        foreach (int label in _columns.Where(label => IsCut(label) || !_rows.Contains(label)))
            yield return
            [
                (
                    $"{Columns.PadRight(_abbreviations[label], _abbreviationWidth)}{Gap}{Columns.Cut(_names[label])}",
                    Style.Plain
                ),
            ];
    }

    private int HeadWidth => _abbreviationWidth + Gap.Length + _nameWidth + Gap.Length + _countWidth;

    /// <summary>Columns, as many together as go into the width.</summary>
    private IEnumerable<List<int>> Blocks()
    {
        var (block, used) = (new List<int>(), HeadWidth);
        foreach (int column in _columns)
        {
            if (block.Count > 0 && used + WidthOf(column) > _width)
            {
                yield return block;
                (block, used) = ([], HeadWidth);
            }

            block.Add(column);
            used += WidthOf(column);
        }

        yield return block;
    }

    private string HeadOf(int row)
    {
        string shown = IsCut(row) ? Terminal.Fit(_names[row], MaxNameLength - 1) + Cut : _names[row];
        return $"{Columns.PadRight(_abbreviations[row], _abbreviationWidth)}{Gap}{Columns.PadRight(shown, _nameWidth)}{Gap}{Columns.PadLeft(Quantity.Count(_confusion.RecordsOf(row)), _countWidth)}";
    }

    /// <summary>The gap before a cell is not shaded.</summary>
    private IEnumerable<(string Text, Style Style)> CellOf(int row, int column)
    {
        string text = TextOf(row, column);
        yield return (new string(' ', WidthOf(column) - text.Length), Style.Plain);
        yield return (text, StyleOf(row, column));
    }

    private Style StyleOf(int row, int column)
    {
        double share = _confusion.ShareOf(row, column) ?? 0;
        return share == 0
            ? new(Color.Grey)
            : (row == column ? RightShades : WrongShades).First(shade => share >= shade.From).Style;
    }

    private string TextOf(int row, int column) =>
        _confusion[row, column] switch
        {
            0 => Nothing,
            var count when _isCounts => count.ToString(CultureInfo.InvariantCulture),
            _ => (100 * _confusion.ShareOf(row, column)!.Value).ToString("0", CultureInfo.InvariantCulture),
        };

    private int WidthOf(int column) =>
        Gap.Length + Math.Max(Terminal.CellsOf(_abbreviations[column]), _rows.Max(row => TextOf(row, column).Length));

    private bool IsCut(int label) => Terminal.CellsOf(_names[label]) > MaxNameLength;
}

/// <summary>
/// Two or three letters that stand for a label at the head of a narrow column: the first two where no other label
/// begins with them, else the first three, else the label's number. No two labels have the same.
/// </summary>
internal static class LabelAbbreviations
{
    private const int Short = 2,
        Long = 3;

    /// <summary>The abbreviation of each label.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> labels)
    {
        var (shorts, longs) = (Beginnings(labels, Short), Beginnings(labels, Long));
        return
        [
            .. labels.Select(
                (_, label) =>
                    IsAlone(shorts, label) ? shorts[label]
                    : IsAlone(longs, label) ? longs[label]
                    : string.Create(CultureInfo.InvariantCulture, $"#{label + 1}")
            ),
        ];
    }

    private static string[] Beginnings(IReadOnlyList<string> labels, int letters) =>
        [
            .. labels.Select(label =>
                new StringInfo(label) is var text && text.LengthInTextElements > letters
                    ? text.SubstringByTextElements(0, letters)
                    : label
            ),
        ];

    private static bool IsAlone(string[] beginnings, int label) =>
        beginnings.Count(beginning => beginning == beginnings[label]) == 1;
}
