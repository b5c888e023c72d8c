using CharRnn.Evaluation;

namespace CharRnn;

/// <summary>
/// Figures of a classifier of several labels a text. A text is given the labels whose probability is at least
/// <see cref="Threshold"/>; each label of each text is then a decision that is right or wrong.
/// </summary>
public sealed record LabelSetReport
{
    /// <summary>The probability from which a label is given by default.</summary>
    public const double DefaultThreshold = 0.5;

    internal LabelSetReport(IReadOnlyList<string> labels, IReadOnlyList<LabelScore> labelScores) =>
        (Labels, LabelScores) = (labels, labelScores);

    /// <summary>The labels' names, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Precision, recall and F1 of each label, in the order of their ids.</summary>
    public IReadOnlyList<LabelScore> LabelScores { get; }

    /// <summary>The probability from which a label is given.</summary>
    public required double Threshold { get; init; }

    /// <summary>Number of texts scored.</summary>
    public required int Texts { get; init; }

    /// <summary>
    /// 2·TP / (2·TP + FP + FN) over all decisions together. (scikit-learn's <c>f1_score(average="micro")</c>.) 0 where
    /// nothing is given and no text has a label.
    /// </summary>
    public required double MicroF1 { get; init; }

    /// <summary>The share of texts that were given all of their labels and no other.</summary>
    public required double SubsetAccuracy { get; init; }

    /// <summary>
    /// The mean over the texts of the binary cross-entropies of all labels together, in nats; a probability of 0 counts
    /// as the smallest that a float can hold.
    /// </summary>
    public required double LogLoss { get; init; }

    /// <summary>The mean F1 of the labels that texts have or were given.</summary>
    public double MacroF1 =>
        LabelScores.Where(score => score.F1 is not null).Select(score => score.F1!.Value).DefaultIfEmpty().Average();

    /// <summary>Scores a classifier of several labels a text.</summary>
    /// <param name="model">The classifier.</param>
    /// <param name="records">
    /// The records, at least one, whose labels the classifier knows: a text under several has all of them, and so has
    /// one whose label is several, with the separator between.
    /// </param>
    /// <param name="threads">
    /// Number of threads that share the work; 1 by default. Any number gives the same bits.
    /// </param>
    /// <param name="threshold">The probability, 0 … 1, from which a label is given.</param>
    /// <param name="separator">Separator of the labels of a text: <c>|</c> by default.</param>
    /// <exception cref="CorpusException">A record has a label that the classifier does not know.</exception>
    /// <exception cref="ModelException">The classifier gives one label a text, or a probability is not a number.</exception>
    public static LabelSetReport Of(
        SequenceClassifier model,
        LabeledRecords records,
        int threads = 1,
        double threshold = DefaultThreshold,
        string? separator = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(records);
        if (!model.Spec.MultiLabel)
            throw new ModelException("the classifier gives one label a text; 'ClassificationReport.Of' scores it.");
        var split = LabelSets.Split(records, separator ?? LabelSets.DefaultSeparator);
        int[] ids = split.LabelIdsIn(model.Labels);
        var texts = split
            .Records.Select((record, i) => (record.Text, Id: ids[i]))
            .GroupBy(record => record.Text, StringComparer.Ordinal)
            .Select(text => (text.Key, (int[])[.. text.Select(record => record.Id).Order()]))
            .ToList();
        var tally = new LabelSetTally(
            model.Labels,
            [.. texts.Select(text => text.Key)],
            [.. texts.Select(text => text.Item2)],
            threshold
        );
        model.Predict([.. texts.Select(text => text.Key)], tally.Add, threads);
        return tally.Report();
    }
}
