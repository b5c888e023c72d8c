using System.Globalization;

namespace CharRnn;

/// <summary>A label and its weight in a blend.</summary>
/// <param name="Label">Its id, an index of the model's labels.</param>
/// <param name="Weight">Above 0; the weights of a blend add up to 1.</param>
public readonly record struct LabelWeight(int Label, double Weight);

/// <summary>
/// Label that a model with labels is to write in: one, or a blend of several, whose embeddings are added up by weight.
/// It is written as <c>Russian</c>, or as <c>Russian=0.7,Greek=0.3</c>.
/// </summary>
public sealed class LabelBlend
{
    private const char Separator = ',',
        WeightSign = '=';

    private static readonly char[] Marks = ['\'', '"'];

    private LabelBlend(IReadOnlyList<LabelWeight> parts, string name) => (Parts, Name) = (parts, name);

    /// <summary>The labels, each once, with weights that add up to 1.</summary>
    public IReadOnlyList<LabelWeight> Parts { get; }

    /// <summary>The text it was read from.</summary>
    public string Name { get; }

    /// <summary>The one label; null for a blend of several.</summary>
    public int? Single => Parts.Count == 1 ? Parts[0].Label : null;

    /// <summary>One label.</summary>
    /// <param name="label">Its id.</param>
    /// <param name="labels">The model's labels.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such label.</exception>
    public static LabelBlend Of(int label, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if ((uint)label >= (uint)labels.Count)
            throw new ArgumentOutOfRangeException(nameof(label), $"label is {label}; the model has {labels.Count}.");
        return new LabelBlend([new LabelWeight(label, 1)], labels[label]);
    }

    /// <summary>
    /// Reads a label's name, or a blend: names with weights, and commas between. Weights need not add up to 1; one that
    /// is left out is 1. A name with a comma or an equals sign in it stands in quotation marks, single or double ones:
    /// <c>'hot, dry'=2,wet</c>. Names are compared in Unicode's composed form.
    /// </summary>
    /// <param name="text">The text. A label whose name is the whole text comes first.</param>
    /// <param name="labels">The model's labels.</param>
    /// <exception cref="SettingsException">
    /// The model has no labels or not this one, or a weight cannot be used.
    /// </exception>
    public static LabelBlend Parse(string text, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0)
            throw new SettingsException(
                $"the label '{LabelNames.Cut(text)}' is asked for, and the model was trained without labels; leave it out."
            );
        if (IndexOf(text, labels) is { } whole)
            return Of(whole, labels);
        var weights = new SortedDictionary<int, double>();
        foreach (string part in PartsOf(text))
        {
            var (label, weight) = ParsePart(part, labels);
            if (!weights.TryAdd(label, weight))
                throw new SettingsException(
                    $"the blend of labels '{LabelNames.Cut(text)}' has '{labels[label]}' twice; give each label once."
                );
        }
        double sum = weights.Values.Sum();
        if (!double.IsFinite(sum))
            throw new SettingsException(
                $"the weights of the blend '{LabelNames.Cut(text)}' have no sum; make them smaller."
            );
        return new LabelBlend([.. weights.Select(pair => new LabelWeight(pair.Key, pair.Value / sum))], text);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static (int Label, double Weight) ParsePart(string part, IReadOnlyList<string> labels)
    {
        if (IndexOf(part, labels) is { } bare)
            return (bare, 1);
        int sign = part.LastIndexOf(WeightSign);
        // An equals sign in quotation marks belongs to the name.
        if (part.LastIndexOfAny(Marks) > sign)
            sign = -1;
        string name = (sign < 0 ? part : part[..sign]).Trim();
        if (IndexOf(name, labels) is not { } label)
            throw new SettingsException(
                $"the model has no label '{LabelNames.Cut(name)}'{NearestName.Suggest(name, labels)} Its labels are "
                    + $"{LabelNames.List(labels)}."
            );
        bool isNumber = double.TryParse(
            part.AsSpan(sign + 1),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out double weight
        );
        if (!isNumber || !(weight > 0) || !double.IsFinite(weight))
            throw new SettingsException(
                $"the weight of the label '{name}' is '{LabelNames.Cut(part[(sign + 1)..])}'; it must be a number above 0."
            );
        return (label, weight);
    }

    // A comma in quotation marks is part of a name; a mark that is not closed is a letter like others.
    private static IEnumerable<string> PartsOf(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool opens = Marks.Contains(text[i]) && text.AsSpan(start, i - start).IsWhiteSpace();
            if (opens && text.IndexOf(text[i], i + 1) is >= 0 and int end)
                i = end;
            if (text[i] != Separator)
                continue;
            yield return text[start..i].Trim();
            start = i + 1;
        }
        yield return text[start..].Trim();
    }

    private static int? IndexOf(string name, IReadOnlyList<string> labels) =>
        LabelNames.IndexOf(name, labels) ?? LabelNames.IndexOf(Unquoted(name), labels);

    private static string Unquoted(string name) =>
        name.Length > 1 && Marks.Contains(name[0]) && name[^1] == name[0] ? name[1..^1] : name;
}
