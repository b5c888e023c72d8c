namespace CharRnn.Evaluation;

/// <summary>
/// Tally of a classifier's answers, record by record: of each record a few numbers are kept, not the probabilities of
/// all labels, so that memory grows with the records alone.
/// </summary>
/// <param name="labels">The labels' names, in the order of their ids.</param>
/// <param name="texts">The records' texts; at least one.</param>
/// <param name="trueLabels">For each text its label's id.</param>
internal sealed class ClassificationTally(
    IReadOnlyList<string> labels,
    IReadOnlyList<string> texts,
    IReadOnlyList<int> trueLabels
)
{
    private const int Top = 3;

    // The smallest number that a float tells from 0: one record whose label was held impossible must not make a mean
    // infinite.
    private const double MinProbability = float.Epsilon;

    // (records): the label that each was given, its probability, and that of the record's own label.
    private readonly int[] _given = new int[texts.Count];
    private readonly float[] _givenProbability = new float[texts.Count],
        _trueProbability = new float[texts.Count];
    private int _inTop;

    /// <summary>Takes a record's probabilities; records may come in any order, each once.</summary>
    /// <param name="record">The record's number.</param>
    /// <param name="probabilities">(labels).</param>
    /// <exception cref="ModelException">A probability is not a number.</exception>
    public void Add(int record, ReadOnlySpan<float> probabilities)
    {
        SequenceClassifier.RequireNumbers(texts[record], probabilities);
        int given = SequenceClassifier.Likeliest(probabilities),
            own = trueLabels[record];
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)own, (uint)labels.Count, nameof(trueLabels));
        (_given[record], _givenProbability[record], _trueProbability[record]) = (
            given,
            probabilities[given],
            probabilities[own]
        );
        if (RankOf(own, probabilities) < Top)
            _inTop++;
    }

    /// <summary>The figures, once every record was added.</summary>
    /// <param name="majorityLabel">The label of the baseline; null for the most frequent one of these records.</param>
    /// <param name="accuracyCeiling">The accuracy that nothing can exceed; null where it is not known.</param>
    /// <param name="threshold">Probability below which a record is not answered; null to answer all.</param>
    public ClassificationReport Report(int? majorityLabel, double? accuracyCeiling, double? threshold = null)
    {
        var confusion = new ConfusionMatrix(labels, trueLabels.Zip(_given));
        return new ClassificationReport(confusion)
        {
            LogLoss = _trueProbability.Average(probability => -Math.Log(Math.Max(probability, MinProbability))),
            Top3Accuracy = (double)_inTop / _given.Length,
            MajorityLabel = majorityLabel ?? Enumerable.Range(0, labels.Count).MaxBy(confusion.RecordsOf),
            AccuracyCeiling = accuracyCeiling,
            Answered = threshold is { } least ? AnsweredFrom(least) : null,
            ConfidentMistakes =
            [
                .. Enumerable
                    .Range(0, _given.Length)
                    .Where(record => _given[record] != trueLabels[record])
                    .OrderByDescending(record => _givenProbability[record])
                    .Take(ClassificationReport.MaxMistakes)
                    .Select(record => new Mistake(
                        texts[record],
                        trueLabels[record],
                        _given[record],
                        _givenProbability[record]
                    )),
            ],
        };
    }

    private AnsweredScore AnsweredFrom(double threshold)
    {
        var answered = Enumerable
            .Range(0, _given.Length)
            .Where(record => _givenProbability[record] >= threshold)
            .ToList();
        return new AnsweredScore(
            threshold,
            _given.Length,
            answered.Count,
            answered.Count(record => _given[record] == trueLabels[record])
        );
    }

    /// <summary>Number of labels ahead of one: likelier ones, and equally likely ones with lower ids.</summary>
    private static int RankOf(int label, ReadOnlySpan<float> probabilities)
    {
        float own = probabilities[label];
        int ahead = 0;
        for (int other = 0; other < probabilities.Length; other++)
        {
            if (probabilities[other] > own || (probabilities[other] == own && other < label))
                ahead++;
        }
        return ahead;
    }
}
