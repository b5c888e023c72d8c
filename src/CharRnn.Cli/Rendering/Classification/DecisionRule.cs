using System.Text.Json;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Decision rule of a classifier: what its probabilities come to, which with a threshold may be no label.
/// </summary>
/// <param name="Labels">The labels' names.</param>
/// <param name="Threshold">
/// Probability below which a label is no answer; null where the likeliest always is one.
/// </param>
/// <param name="IsMultiLabel">
/// Whether the answer is every label from the threshold on, and not the likeliest one alone.
/// </param>
internal sealed record DecisionRule(IReadOnlyList<string> Labels, double? Threshold, bool IsMultiLabel)
{
    private const char Separator = '|';

    /// <summary>Whether the answer is shown beside the likeliest labels.</summary>
    public bool IsShown => IsMultiLabel || Threshold is not null;

    /// <summary>All labels, the likeliest first.</summary>
    public IEnumerable<int> Ranked(float[] probabilities) =>
        Enumerable.Range(0, Labels.Count).OrderByDescending(label => probabilities[label]);

    /// <summary>The labels from the threshold on, the likeliest first.</summary>
    public IEnumerable<int> Given(float[] probabilities) =>
        Ranked(probabilities).TakeWhile(label => probabilities[label] >= Threshold);

    /// <summary>Whether the likeliest label is an answer.</summary>
    public bool IsAnswered(float[] probabilities) =>
        Threshold is not { } least || probabilities[SequenceClassifier.Likeliest(probabilities)] >= least;

    /// <summary>The answer as a table's field: a label, labels with | between, or nothing.</summary>
    public string Field(float[] probabilities) =>
        IsMultiLabel
            ? string.Join(Separator, Given(probabilities).Select(label => Labels[label]))
            : Answer(probabilities) ?? "";

    /// <summary>
    /// The properties of an object that say what the probabilities come to: the answer where it is shown
    /// (<c>labels</c>, or <c>label</c>, which may be null), and <c>predictions</c>, some of the likeliest labels.
    /// </summary>
    /// <param name="json">The object.</param>
    /// <param name="probabilities">The probability of each label; null for a text that was not classified.</param>
    /// <param name="most">The most labels that are listed.</param>
    public void Write(Utf8JsonWriter json, float[]? probabilities, int most)
    {
        if (probabilities is not null && IsMultiLabel)
        {
            json.WriteStartArray("labels");
            foreach (int label in Given(probabilities))
                json.WriteStringValue(Labels[label]);
            json.WriteEndArray();
        }
        else if (probabilities is not null && IsShown)
            json.WriteString("label", Answer(probabilities));
        json.WriteStartArray("predictions");
        foreach (int label in probabilities is null ? [] : Ranked(probabilities).Take(most))
        {
            json.WriteStartObject();
            json.WriteString("label", Labels[label]);
            json.WriteNumber("probability", probabilities![label]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private string? Answer(float[] probabilities) =>
        IsAnswered(probabilities) ? Labels[SequenceClassifier.Likeliest(probabilities)] : null;
}
