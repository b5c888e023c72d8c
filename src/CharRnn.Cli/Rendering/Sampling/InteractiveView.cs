using System.Globalization;
using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// The screen of writing with a model: the text so far, what may come next and how likely that is.
/// </summary>
internal sealed class InteractiveView(WritingSession session, Vocabulary vocabulary, int[] prompt)
{
    /// <summary>Number of candidates: as many as keys with digits but 0.</summary>
    public const int Candidates = 9;

    private const int MaxShown = 4000,
        TailLength = 60,
        BarCells = 24,
        NameCells = 14;
    private const string Help = "1-9 take it   Enter one   Tab run   Backspace undo   Up/Down temperature   Esc end";

    /// <summary>The text's last characters on one line.</summary>
    public string Tail()
    {
        string text = TextEscape.ForTerminal(Text(), keepLineFeedsAndTabs: false);
        return text.Length <= TailLength ? text : "…" + text[^TailLength..];
    }

    /// <summary>Each candidate with its number: <c>1 'e' 45.2 %</c>.</summary>
    public IEnumerable<string> CandidateTexts() =>
        session
            .Candidates(Candidates)
            .Select((next, i) => $"{i + 1} {Name(next.Id)} {Quantity.Percent(next.Probability)}");

    /// <summary>All there is, as lines that fit.</summary>
    /// <param name="width">Cells of a line.</param>
    /// <param name="height">The most lines.</param>
    public IEnumerable<string> Screen(int width, int height)
    {
        var lines = TextLines(width).ToList();
        int shown = Math.Clamp(height - Candidates - 4, 1, lines.Count);
        string status = session.HasEnded
            ? "the text has ended; Backspace takes that back"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"temperature {session.Options.Temperature:0.0#}   {Quantity.Count(session.Length)} written"
            );
        return
        [
            .. lines[^shown..],
            "",
            .. session
                .Candidates(Candidates)
                .Select(
                    (next, i) =>
                        Terminal.Fit(
                            $"{i + 1}  {Name(next.Id), -NameCells}  {Bar(next.Probability)} "
                                + $"{Quantity.Percent(next.Probability), 7}",
                            width
                        )
                ),
            Terminal.Fit(status, width),
            Terminal.Fit(Help, width),
        ];
    }

    private static string Bar(double share)
    {
        int full = (int)Math.Round(share * BarCells);
        return new string('#', full) + new string('.', BarCells - full);
    }

    private string Name(int id) => Vocabulary.Describe(vocabulary.Symbols[id], vocabulary.Encoding);

    private string Text()
    {
        int[] ids = [.. prompt, .. session.Written];
        return vocabulary.Decode(ids.AsSpan(Math.Max(0, ids.Length - MaxShown)));
    }

    /// <summary>The text, a line's end shown and then obeyed, everything else that cannot be seen escaped.</summary>
    private List<string> TextLines(int width)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        int cells = 0;
        foreach (var rune in Text().EnumerateRunes())
        {
            string shown = TextEscape.ForTerminal(rune.ToString(), keepLineFeedsAndTabs: false);
            int shownCells = Terminal.CellsOf(shown);
            if (cells + shownCells >= width)
                EndLine();
            line.Append(shown);
            cells += shownCells;
            if (rune.Value == '\n')
                EndLine();
        }

        line.Append('_');
        EndLine();
        return lines;

        void EndLine()
        {
            lines.Add(line.ToString());
            line.Clear();
            cells = 0;
        }
    }
}
