using CharRnn.Sampling;

namespace CharRnn.Studio.Names;

/// <summary>A name that a language model wrote.</summary>
/// <param name="Text">The name, its beginning included.</param>
/// <param name="KnownUnder">Labels that the training list has it under; none for a new name; null where that is not known.</param>
/// <param name="Nats">−ln p of what was written, its end included.</param>
/// <param name="Given">Label that a classifier gives it; null for none.</param>
/// <param name="Certainty">Probability of that label.</param>
internal sealed record WrittenName(
    string Text,
    IReadOnlyList<string>? KnownUnder,
    double Nats,
    string? Given,
    double Certainty
)
{
    /// <summary>Whether the training list lacks it; null where that is not known, and of the empty name.</summary>
    public bool? IsNew => KnownUnder is { } labels && Text.Length > 0 ? labels.Count == 0 : null;
}

/// <summary>Names of one label or blend.</summary>
/// <param name="Label">The label or blend.</param>
/// <param name="Names">The names.</param>
/// <param name="Drawn">How many were drawn for them.</param>
internal sealed record WrittenNames(LabelBlend Label, IReadOnlyList<WrittenName> Names, int Drawn);

/// <summary>What names are asked for.</summary>
/// <param name="Prompt">What each begins with.</param>
/// <param name="Count">How many of each label.</param>
/// <param name="IsNovel">Whether those of the training list are left out.</param>
/// <param name="Options">How they are drawn.</param>
internal sealed record NameOrder(string Prompt, int Count, bool IsNovel, SamplingOptions Options);

/// <summary>Writer of names: the same ones as <c>charrnn sample --label</c>.</summary>
/// <param name="model">A language model with labels.</param>
/// <param name="known">The training list; null where it is not at hand.</param>
/// <param name="classifier">Reader that says which label each name is given; null for none.</param>
internal sealed class NameWriter(LanguageModel model, KnownNames? known, NameReader? classifier)
{
    // The command's own bounds.
    private const int Longest = 500,
        MaxDrawnForEach = 100,
        MinBeforeGivingUp = 1000,
        MaxSideBySide = 64;

    /// <summary>Writes names of a label or blend.</summary>
    /// <exception cref="SettingsException">The beginning has a letter that the model does not know.</exception>
    public WrittenNames Write(LabelBlend label, NameOrder order, CancellationToken cancellationToken)
    {
        bool isNovel = order.IsNovel && known is not null;
        int[] prompt = model.Encode(order.Prompt),
            begun = [.. prompt];
        int maxDrawn = isNovel ? Math.Max(order.Count * MaxDrawnForEach, MinBeforeGivingUp) : order.Count;
        string beginning = model.Vocabulary.Decode(begun);
        var written = new List<(string Text, IReadOnlyList<string>? KnownUnder, double Nats)>();
        int drawn = 0;
        foreach (
            var record in new RecordGenerator(model, label).Texts(
                prompt,
                order.Options,
                Longest,
                stop: null,
                Math.Min(maxDrawn, MaxSideBySide),
                cancellationToken
            )
        )
        {
            drawn++;
            string text = beginning + model.Vocabulary.Decode([.. record.Ids]);
            var labels = known?.LabelsOf(text);
            if (!isNovel || labels is { Count: 0 })
                written.Add((text, labels, -record.LogProbability));
            if (written.Count == order.Count || drawn == maxDrawn)
                break;
        }
        cancellationToken.ThrowIfCancellationRequested();
        return new WrittenNames(label, Judged(written), drawn);
    }

    private List<WrittenName> Judged(List<(string Text, IReadOnlyList<string>? KnownUnder, double Nats)> written)
    {
        // The empty name is drawn now and then, and no classifier reads it.
        string[] texts = [.. written.Select(name => name.Text).Where(text => text.Length > 0)];
        float[][] rows = classifier?.Predict(texts) ?? [];
        var givenTo = new Dictionary<string, (string Label, double Certainty)>(StringComparer.Ordinal);
        foreach (var (text, row) in texts.Zip(rows))
        {
            int likeliest = SequenceClassifier.Likeliest(row);
            givenTo[text] = (classifier!.Labels[likeliest], row[likeliest]);
        }
        return
        [
            .. written.Select(name =>
                givenTo.TryGetValue(name.Text, out var given)
                    ? new WrittenName(name.Text, name.KnownUnder, name.Nats, given.Label, given.Certainty)
                    : new WrittenName(name.Text, name.KnownUnder, name.Nats, Given: null, Certainty: 0)
            ),
        ];
    }
}

/// <summary>Names of several labels, for display.</summary>
public sealed class WrittenGroups
{
    internal WrittenGroups(IReadOnlyList<WrittenNames> groups) => Groups = groups;

    /// <summary>The names of each label.</summary>
    internal IReadOnlyList<WrittenNames> Groups { get; }
}
