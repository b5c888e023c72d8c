using System.Text.Json;

namespace CharRnn.Cli.Rendering;

/// <summary>DecisionRule of a classifier that may also give none: what its probabilities come to with a threshold.</summary>
/// <param name="Labels">The labels' names.</param>
/// <param name="Threshold">Probability below which a label is no answer; null where the likeliest always is one.</param>
/// <param name="IsMultiLabel">Whether the answer is every label from the threshold on, and not the likeliest one alone.</param>
internal sealed record DecisionRule(IReadOnlyList<string> Labels, double? Threshold, bool IsMultiLabel)
{
    private const char Separator = '|';

    /// <summary>Whether the answer is shown beside the likeliest labels.</summary>
    public bool IsShown => IsMultiLabel || Threshold is not null;

    /// <summary>The labels from the threshold on, the likeliest first.</summary>
    public IEnumerable<int> Given(float[] probabilities) =>
        Enumerable
            .Range(0, Labels.Count)
            .Where(label => probabilities[label] >= Threshold)
            .OrderByDescending(label => probabilities[label]);

    /// <summary>Whether the likeliest label is an answer.</summary>
    public bool IsAnswered(float[] probabilities) =>
        Threshold is not { } least || probabilities[SequenceClassifier.Likeliest(probabilities)] >= least;

    /// <summary>The answer as a table's field: a label, labels with | between, or nothing.</summary>
    public string Field(float[] probabilities) =>
        IsMultiLabel ? string.Join(Separator, Given(probabilities).Select(label => Labels[label]))
        : IsAnswered(probabilities) ? Labels[SequenceClassifier.Likeliest(probabilities)]
        : "";

    /// <summary>The answer as a property of an object, where it is told: <c>labels</c>, or <c>label</c>, which may be null.</summary>
    public void Write(Utf8JsonWriter json, float[] probabilities)
    {
        if (IsMultiLabel)
        {
            json.WriteStartArray("labels");
            foreach (int label in Given(probabilities))
                json.WriteStringValue(Labels[label]);
            json.WriteEndArray();
        }
        else if (Threshold is not null)
            json.WriteString(
                "label",
                IsAnswered(probabilities) ? Labels[SequenceClassifier.Likeliest(probabilities)] : null
            );
    }
}
