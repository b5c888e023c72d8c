using System.Globalization;
using System.Text.Json;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Writes a classifier's predictions to standard output, for people or as one JSON object a text.
/// </summary>
internal sealed class PredictionWriter : IDisposable
{
    private const int BarCells = 24,
        ShortBarCells = 10;
    private const string Unknown = "unknown",
        None = "none";
    private const string Margin = "  ",
        Gap = "  ";

    private readonly OutputLines _lines;
    private readonly DecisionRule _rule;
    private readonly IReadOnlyList<string> _shownLabels;
    private readonly int _most,
        _labelWidth;
    private readonly bool _isJson;

    /// <param name="shell">Its standard output.</param>
    /// <param name="rule">What the probabilities come to.</param>
    /// <param name="most">Number of the likeliest labels shown.</param>
    /// <param name="isJson">Whether it is for programs.</param>
    public PredictionWriter(Shell shell, DecisionRule rule, int most, bool isJson)
    {
        _lines = new OutputLines(shell);
        (_rule, _most, _isJson) = (rule, most, isJson);
        _shownLabels = [.. rule.Labels.Select(label => Columns.Cut(OnOneLine(label)))];
        _labelWidth = _shownLabels.Max(Terminal.CellsOf);
    }

    /// <summary>Writes the prediction for one text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="probabilities">The probability of each label.</param>
    /// <param name="prefixes">Predictions for each of the text's beginnings; null where they are not shown.</param>
    public void Write(
        string text,
        float[] probabilities,
        IReadOnlyList<(string Text, float[] Probabilities)>? prefixes = null
    )
    {
        if (_isJson)
            WriteJson(text, probabilities, prefixes);
        else if (prefixes is null)
            WriteBars(text, probabilities);
        else
            WritePrefixes(text, prefixes);
    }

    /// <summary>Flushes the output.</summary>
    public void Flush() => _lines.Flush();

    public void Dispose() => _lines.Dispose();

    private void WriteBars(string text, float[] probabilities)
    {
        _lines.Text.WriteLine(OnOneLine(text));
        if (!_rule.IsAnswered(probabilities))
            _lines.Text.WriteLine(
                $"{Margin}{NoAnswer}: no label has a probability of {Number(_rule.Threshold!.Value)}"
            );
        foreach (int label in _rule.IsMultiLabel ? _rule.Given(probabilities) : Likeliest(probabilities))
            _lines.Text.WriteLine(
                $"{Margin}{Entry(label, probabilities)}{Gap}{Bar.Of(probabilities[label], BarCells)}".TrimEnd()
            );
    }

    private void WritePrefixes(string text, IReadOnlyList<(string Text, float[] Probabilities)> prefixes)
    {
        _lines.Text.WriteLine(OnOneLine(text));
        int width = prefixes.Max(prefix => Terminal.CellsOf(OnOneLine(prefix.Text)));
        foreach (var (prefix, probabilities) in prefixes)
        {
            var likeliest = Likeliest(probabilities).ToList();
            string bar = Bar.Of(probabilities[likeliest[0]], ShortBarCells);
            string first = Entry(likeliest[0], probabilities, _rule.IsAnswered(probabilities) ? null : NoAnswer);
            var others = likeliest.Skip(1).Select(label => Gap + Entry(label, probabilities));
            _lines.Text.WriteLine(
                $"{Margin}{Padded(OnOneLine(prefix), width)}{Gap}{first}{Gap}{Padded(bar, ShortBarCells)}{string.Concat(others)}".TrimEnd()
            );
        }
    }

    private void WriteJson(
        string text,
        float[] probabilities,
        IReadOnlyList<(string Text, float[] Probabilities)>? prefixes
    ) =>
        JsonLine.Write(
            _lines.Text,
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
        _rule.Write(json, probabilities, _most);
    }

    private string NoAnswer => _rule.IsMultiLabel ? None : Unknown;

    private IEnumerable<int> Likeliest(float[] probabilities) => _rule.Ranked(probabilities).Take(_most);

    private static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);

    private string Entry(int label, float[] probabilities, string? answer = null) =>
        $"{Padded(answer ?? _shownLabels[label], _labelWidth)} {ClassificationScreen.Probability(probabilities[label]), 6}";

    private static string Padded(string text, int cells) =>
        text + new string(' ', Math.Max(0, cells - Terminal.CellsOf(text)));

    private static string OnOneLine(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);
}
