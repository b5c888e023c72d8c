using CharRnn.Evaluation;

namespace CharRnn;

/// <summary>
/// Figures of a classifier on labeled records. The label that a record is given is its likeliest one; of equally
/// likely ones, the one with the lowest id.
/// </summary>
public sealed record ClassificationReport
{
    /// <summary>The number of the most confident mistakes that are kept.</summary>
    public const int MaxMistakes = 20;

    internal ClassificationReport(ConfusionMatrix confusion)
    {
        Confusion = confusion;
        LabelScores = [.. Enumerable.Range(0, confusion.Labels.Count).Select(label => LabelScore.Of(confusion, label))];
    }

    /// <summary>Counts of records by their own label and by the one they were given.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <summary>The labels' names, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels => Confusion.Labels;

    /// <summary>Number of records scored.</summary>
    public int Records => Confusion.Total;

    /// <summary>Precision, recall and F1 of each label, in the order of their ids.</summary>
    public IReadOnlyList<LabelScore> LabelScores { get; }

    /// <summary>The share of records that were given their label.</summary>
    public double Accuracy => (double)Confusion.Correct / Records;

    /// <summary>
    /// The mean recall of the labels that records have, each label counting the same however many records it has (also
    /// called balanced accuracy).
    /// </summary>
    public double MacroAccuracy =>
        LabelScores.Where(score => score.Recall is not null).Average(score => score.Recall!.Value);

    /// <summary>
    /// The mean F1 of the labels that records have or were given. (scikit-learn's <c>f1_score(average="macro")</c>.)
    /// </summary>
    public double MacroF1 => LabelScores.Where(score => score.F1 is not null).Average(score => score.F1!.Value);

    /// <summary>
    /// The mean of −ln p of each record's label, in nats; a p of 0 counts as the smallest that a float can hold, which
    /// is 103 nats.
    /// </summary>
    public required double LogLoss { get; init; }

    /// <summary>
    /// The share of records whose label is among their three likeliest; of equally likely ones, those with lower ids
    /// come first.
    /// </summary>
    public required double Top3Accuracy { get; init; }

    /// <summary>The label of <see cref="MajorityBaseline"/>.</summary>
    public required int MajorityLabel { get; init; }

    /// <summary>The accuracy of giving every record the most frequent label.</summary>
    public double MajorityBaseline => (double)Confusion.RecordsOf(MajorityLabel) / Records;

    /// <summary>
    /// The accuracy that nothing can exceed on these records, since some texts stand under several labels; null where
    /// it was not asked for.
    /// </summary>
    public double? AccuracyCeiling { get; init; }

    /// <summary>
    /// Figures where the classifier answers only if it is sure enough, and otherwise says that it does not know; null
    /// where no threshold was asked for. The other figures count every record as answered.
    /// </summary>
    public AnsweredScore? Answered { get; init; }

    /// <summary>
    /// The mistakes whose given label had the highest probabilities, the highest first; of equal ones, in the order of
    /// the records. At most <see cref="MaxMistakes"/>.
    /// </summary>
    public required IReadOnlyList<Mistake> ConfidentMistakes { get; init; }

    /// <summary>Scores a classifier's probabilities.</summary>
    /// <param name="labels">The labels' names, in the order of their ids.</param>
    /// <param name="texts">The records' texts; at least one.</param>
    /// <param name="trueLabels">For each text its label's id.</param>
    /// <param name="probabilities">For each text the probability of each label.</param>
    /// <param name="majorityLabel">
    /// The most frequent label of the records that the classifier was trained on; null for that of these records, of
    /// equally frequent ones the one with the lowest id.
    /// </param>
    /// <param name="accuracyCeiling">
    /// The accuracy that nothing can exceed on these records; null where it is not known.
    /// </param>
    /// <exception cref="ArgumentException">The lists do not fit together, or there is no record.</exception>
    /// <exception cref="ModelException">A probability is not a number.</exception>
    public static ClassificationReport Of(
        IReadOnlyList<string> labels,
        IReadOnlyList<string> texts,
        IReadOnlyList<int> trueLabels,
        IReadOnlyList<float[]> probabilities,
        int? majorityLabel = null,
        double? accuracyCeiling = null
    )
    {
        Check(labels, texts, trueLabels, probabilities);
        var tally = new ClassificationTally(labels, texts, trueLabels);
        foreach (var (record, row) in probabilities.Index())
            tally.Add(record, row);
        return tally.Report(majorityLabel, accuracyCeiling);
    }

    /// <summary>
    /// Scores a classifier on records, whose probabilities are looked at as they come and not kept: memory does not grow
    /// with records times labels.
    /// </summary>
    /// <param name="model">The classifier.</param>
    /// <param name="records">The records; at least one, whose labels the classifier knows.</param>
    /// <param name="threads">
    /// Number of threads that share the work; 1 by default. Any number gives the same bits.
    /// </param>
    /// <param name="threshold">
    /// The probability, 0 … 1, below which the likeliest label is no answer (<see cref="Answered"/>); null by default.
    /// </param>
    /// <exception cref="CorpusException">A record has a label that the classifier does not know.</exception>
    /// <exception cref="ModelException">A probability is not a number.</exception>
    public static ClassificationReport Of(
        SequenceClassifier model,
        LabeledRecords records,
        int threads = 1,
        double? threshold = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(records);
        string[] texts = [.. records.Records.Select(record => record.Text)];
        var tally = new ClassificationTally(model.Labels, texts, records.LabelIdsIn(model.Labels));
        model.Predict(texts, tally.Add, threads);
        return tally.Report(majorityLabel: null, records.AccuracyCeiling, threshold);
    }

    private static void Check(
        IReadOnlyList<string> labels,
        IReadOnlyList<string> texts,
        IReadOnlyList<int> trueLabels,
        IReadOnlyList<float[]> probabilities
    )
    {
        if (texts.Count == 0)
            throw new ArgumentException("there is no record to score", nameof(texts));
        if (trueLabels.Count != texts.Count || probabilities.Count != texts.Count)
            throw new ArgumentException(
                $"there are {texts.Count} texts, {trueLabels.Count} labels and {probabilities.Count} rows of "
                    + "probabilities; each text needs one of both",
                nameof(texts)
            );
        foreach (var (record, row) in probabilities.Index())
        {
            if (row.Length != labels.Count)
                throw new ArgumentException(
                    $"record {record} has {row.Length} probabilities; it needs {labels.Count}, one a label",
                    nameof(probabilities)
                );
        }
    }
}

/// <summary>
/// Precision, recall and F1 of one label: with TP its records that were given it, FN those that were given
/// another, FP the records of others that were given it.
/// </summary>
/// <param name="Label">The label's name.</param>
/// <param name="Count">Number of records that have it, TP + FN.</param>
/// <param name="Precision">
/// TP / (TP + FP): of what was given the label, the share that has it; null for a label that was never given.
/// </param>
/// <param name="Recall">
/// TP / (TP + FN): of what has the label, the share that was given it; null for a label without records.
/// </param>
/// <param name="F1">
/// 2·TP / (2·TP + FP + FN), the harmonic mean of both; null for a label that no record has and none was given.
/// </param>
public sealed record LabelScore(string Label, int Count, double? Precision, double? Recall, double? F1)
{
    internal static LabelScore Of(ConfusionMatrix confusion, int label) =>
        Of(confusion.Labels[label], confusion.RecordsOf(label), confusion.GivenTo(label), confusion[label, label]);

    /// <summary>The score of a label that so many records have, were given, and both.</summary>
    internal static LabelScore Of(string label, int records, int given, int right) =>
        new(label, records, Share(right, given), Share(right, records), Share(2 * right, records + given));

    private static double? Share(int part, int whole) => whole > 0 ? (double)part / whole : null;
}

/// <summary>
/// Figures of a classifier that answers only where its likeliest label is probable enough.
/// </summary>
/// <param name="Threshold">The least probability of an answer, 0 … 1.</param>
/// <param name="Records">Number of records.</param>
/// <param name="Answered">Number of those whose likeliest label has at least that probability.</param>
/// <param name="Correct">Number of answers that are the record's label.</param>
public sealed record AnsweredScore(double Threshold, int Records, int Answered, int Correct)
{
    /// <summary>The share of records that are answered.</summary>
    public double Coverage => (double)Answered / Records;

    /// <summary>The share of answers that are right; null where nothing is answered.</summary>
    public double? Accuracy => Answered > 0 ? (double)Correct / Answered : null;
}

/// <summary>A record that was given a label that is not its own.</summary>
/// <param name="Text">The record's text.</param>
/// <param name="TrueLabel">Its label's id.</param>
/// <param name="GivenLabel">The id that it was given.</param>
/// <param name="Probability">The probability of the label that it was given.</param>
public sealed record Mistake(string Text, int TrueLabel, int GivenLabel, double Probability);
