namespace CharRnn.Evaluation;

/// <summary>
/// Tally of the answers of a classifier of several labels a text, text by text: of each label three counts are kept, of
/// each text a few numbers.
/// </summary>
/// <param name="labels">The labels' names, in the order of their ids.</param>
/// <param name="texts">The texts; at least one.</param>
/// <param name="sets">For each text its labels' ids, ascending.</param>
/// <param name="threshold">The probability from which a label is given.</param>
internal sealed class LabelSetTally(
    IReadOnlyList<string> labels,
    IReadOnlyList<string> texts,
    IReadOnlyList<int[]> sets,
    double threshold
)
{
    private const double MinProbability = float.Epsilon;

    // (labels): texts that have each, that were given it, and both.
    private readonly int[] _has = new int[labels.Count],
        _given = new int[labels.Count],
        _right = new int[labels.Count];

    // (texts).
    private readonly double[] _losses = new double[texts.Count];
    private int _whole;

    /// <summary>Takes a text's probabilities; texts may come in any order, each once.</summary>
    /// <param name="text">The text's number.</param>
    /// <param name="probabilities">(labels).</param>
    /// <exception cref="ModelException">A probability is not a number.</exception>
    public void Add(int text, ReadOnlySpan<float> probabilities)
    {
        SequenceClassifier.RequireNumbers(texts[text], probabilities);
        int[] set = sets[text];
        bool isWhole = true;
        double loss = 0;
        for (int label = 0, next = 0; label < probabilities.Length; label++)
        {
            bool has = next < set.Length && set[next] == label,
                isGiven = probabilities[label] >= threshold;
            next += has ? 1 : 0;
            _has[label] += has ? 1 : 0;
            _given[label] += isGiven ? 1 : 0;
            _right[label] += has && isGiven ? 1 : 0;
            isWhole &= has == isGiven;
            double probability = probabilities[label];
            loss -= Math.Log(Math.Max(has ? probability : 1 - probability, MinProbability));
        }
        _losses[text] = loss;
        _whole += isWhole ? 1 : 0;
    }

    /// <summary>The figures, once every text was added.</summary>
    public LabelSetReport Report()
    {
        long right = _right.Sum(count => (long)count),
            both = _has.Sum(count => (long)count) + _given.Sum(count => (long)count);
        return new LabelSetReport(
            labels,
            [.. labels.Select((name, label) => LabelScore.Of(name, _has[label], _given[label], _right[label]))]
        )
        {
            Threshold = threshold,
            Texts = texts.Count,
            MicroF1 = both > 0 ? 2.0 * right / both : 0,
            SubsetAccuracy = (double)_whole / texts.Count,
            LogLoss = _losses.Average(),
        };
    }
}
