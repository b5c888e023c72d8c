using System.Text.Json;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>Writes what a classifier makes of texts to standard output, for people or as one JSON object a text.</summary>
internal sealed class PredictionWriter : IDisposable
{
    private const int BarCells = 24,
        ShortBarCells = 10;
    private const string Margin = "  ",
        Gap = "  ";

    private readonly OutputLines lines;
    private readonly IReadOnlyList<string> labels;
    private readonly int most,
        labelWidth;
    private readonly bool isJson;

    /// <param name="shell">Its standard output.</param>
    /// <param name="labels">The labels' names.</param>
    /// <param name="most">How many of the likeliest labels are shown.</param>
    /// <param name="isJson">Whether it is for programs.</param>
    public PredictionWriter(Shell shell, IReadOnlyList<string> labels, int most, bool isJson)
    {
        lines = new OutputLines(shell);
        (this.labels, this.most, this.isJson) = (labels, most, isJson);
        labelWidth = labels.Max(Terminal.CellsOf);
    }

    /// <summary>Writes what is made of one text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="probabilities">The probability of each label.</param>
    /// <param name="prefixes">What is made of each of the text's beginnings; null where that is not shown.</param>
    public void Write(
        string text,
        float[] probabilities,
        IReadOnlyList<(string Text, float[] Probabilities)>? prefixes = null
    )
    {
        if (isJson)
            WriteJson(text, probabilities, prefixes);
        else if (prefixes is null)
            WriteBars(text, probabilities);
        else
            WritePrefixes(text, prefixes);
    }

    /// <summary>Hands on what was written.</summary>
    public void Flush() => lines.Flush();

    public void Dispose() => lines.Dispose();

    private void WriteBars(string text, float[] probabilities)
    {
        lines.Text.WriteLine(OnOneLine(text));
        foreach (var label in Likeliest(probabilities))
            lines.Text.WriteLine(
                $"{Margin}{Entry(label, probabilities)}{Gap}{Bar.Of(probabilities[label], BarCells)}".TrimEnd()
            );
    }

    private void WritePrefixes(string text, IReadOnlyList<(string Text, float[] Probabilities)> prefixes)
    {
        lines.Text.WriteLine(OnOneLine(text));
        var width = prefixes.Max(prefix => Terminal.CellsOf(OnOneLine(prefix.Text)));
        foreach (var (prefix, probabilities) in prefixes)
        {
            var likeliest = Likeliest(probabilities).ToList();
            var bar = Bar.Of(probabilities[likeliest[0]], ShortBarCells);
            var others = likeliest.Skip(1).Select(label => Gap + Entry(label, probabilities));
            lines.Text.WriteLine(
                $"{Margin}{Padded(OnOneLine(prefix), width)}{Gap}{Entry(likeliest[0], probabilities)}{Gap}{Padded(bar, ShortBarCells)}{string.Concat(others)}".TrimEnd()
            );
        }
    }

    private void WriteJson(
        string text,
        float[] probabilities,
        IReadOnlyList<(string Text, float[] Probabilities)>? prefixes
    ) =>
        JsonLine.Write(
            lines.Text,
            json =>
            {
                WriteProperties(json, text, probabilities);
                if (prefixes is null)
                    return;
                json.WriteStartArray("letters");
                foreach (var prefix in prefixes)
                {
                    json.WriteStartObject();
                    WriteProperties(json, prefix.Text, prefix.Probabilities);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        );

    private void WriteProperties(Utf8JsonWriter json, string text, float[] probabilities)
    {
        json.WriteString("text", text);
        json.WriteStartArray("predictions");
        foreach (var label in Likeliest(probabilities))
        {
            json.WriteStartObject();
            json.WriteString("label", labels[label]);
            json.WriteNumber("probability", probabilities[label]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private IEnumerable<int> Likeliest(float[] probabilities) =>
        Enumerable.Range(0, labels.Count).OrderByDescending(label => probabilities[label]).Take(most);

    private string Entry(int label, float[] probabilities) =>
        $"{Padded(labels[label], labelWidth)} {ClassificationScreen.Probability(probabilities[label]), 6}";

    private static string Padded(string text, int cells) =>
        text + new string(' ', Math.Max(0, cells - Terminal.CellsOf(text)));

    private static string OnOneLine(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);
}
