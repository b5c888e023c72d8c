using System.Globalization;
using System.Security;
using System.Text;
using CharRnn.Datasets;
using CharRnn.Report.Pages;

namespace CharRnn.Report.Neurons;

/// <summary>
/// A coloured text as a picture in SVG: characters in a grid, lines cut at a width, each above the candidates that it
/// has. It is drawn on the light page's colours, whatever shows it.
/// </summary>
public static class StripPicture
{
    private const int Columns = 80;
    private const double CellWidth = 9,
        CellHeight = 17,
        Margin = 16,
        TitleHeight = 26,
        Baseline = 12.5;
    private const string Space = " ",
        LineEnd = "\n",
        ReturnMark = "↵";

    /// <summary>The picture's text.</summary>
    public static string Render(NeuronStrip strip)
    {
        int rows = strip.Characters.Select(character => character.Candidates.Count).DefaultIfEmpty().Max() + 1;
        var lines = Lines(strip.Characters);
        double lineHeight = rows * CellHeight + (rows > 1 ? CellHeight / 2 : 0),
            width = 2 * Margin + Columns * CellWidth,
            height = 2 * Margin + TitleHeight + lines.Count * lineHeight;
        var picture = new StringBuilder();
        picture.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">"
        );
        picture.Append($"<title>{Escaped(strip.Unit)}</title><style>{Styles()}</style>");
        picture.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        picture.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Margin}\" y=\"{Margin + Baseline}\" class=\"title\">{Escaped(strip.Unit)}</text>"
        );
        foreach (var (number, line) in lines.Index())
        {
            double top = Margin + TitleHeight + number * lineHeight;
            foreach (var (column, character) in line.Index())
            {
                double left = Margin + column * CellWidth;
                AddCell(picture, left, top, character.Text, ColorLevels.OfSignal(character.Value, strip.Range));
                foreach (var (rank, candidate) in character.Candidates.Index())
                    AddCell(
                        picture,
                        left,
                        top + (rank + 1) * CellHeight,
                        candidate.Text,
                        ColorLevels.OfProbability(candidate.Probability)
                    );
            }
        }
        return picture.Append("</svg>\n").ToString();
    }

    private static List<List<StripCharacter>> Lines(IReadOnlyList<StripCharacter> characters)
    {
        List<List<StripCharacter>> lines =
        [
            [],
        ];
        foreach (var character in characters)
        {
            if (lines[^1].Count == Columns)
                lines.Add([]);
            lines[^1].Add(character);
            if (character.Text == LineEnd)
                lines.Add([]);
        }
        if (lines[^1].Count == 0)
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private static void AddCell(StringBuilder picture, double left, double top, string text, string color)
    {
        if (color.Length > 0)
            picture.Append(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{left}\" y=\"{top}\" width=\"{CellWidth}\" height=\"{CellHeight}\" class=\"{color}\"/>"
            );
        if (text == Space)
            return;
        string shown = text == LineEnd ? ReturnMark : Format.Line(text);
        picture.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{left + CellWidth / 2}\" y=\"{top + Baseline}\" class=\"c {color}\">{Escaped(shown)}</text>"
        );
    }

    /// <summary>The colours of the light page: backgrounds of cells, ink of their text.</summary>
    private static string Styles()
    {
        string light = StyleSheet.Neurons[..StyleSheet.Neurons.IndexOf("@media", StringComparison.Ordinal)];
        var styles = new StringBuilder(light);
        foreach (char palette in "npq")
        {
            for (int level = 1; level <= 7; level++)
                styles.Append(
                    CultureInfo.InvariantCulture,
                    $"rect.{palette}{level}{{fill:var(--{palette}{level})}}text.{palette}{level}{{fill:var(--{palette}{level}i)}}"
                );
        }
        styles.Append("text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1d2126}");
        styles.Append(".c{text-anchor:middle}.title{font-weight:bold}");
        return styles.ToString();
    }

    private static string Escaped(string text) => SecurityElement.Escape(text);
}
