namespace CharRnn;

/// <summary>Counts of records by their own label and by the one they were given, which on the diagonal agree.</summary>
public sealed class ConfusionMatrix
{
    // (labels, labels) index trueLabel·labels + givenLabel.
    private readonly int[] _counts;

    // (labels) records of each label, and records that each label was given to.
    private readonly int[] _records,
        _given;

    /// <summary>Counts answers.</summary>
    /// <param name="labels">The labels' names, in the order of their ids; at least one.</param>
    /// <param name="answers">For each record its label's id and the id that it was given.</param>
    public ConfusionMatrix(IReadOnlyList<string> labels, IEnumerable<(int TrueLabel, int GivenLabel)> answers)
        : this(labels)
    {
        foreach (var (trueLabel, givenLabel) in answers)
            Add(trueLabel, givenLabel, 1);
    }

    private ConfusionMatrix(IReadOnlyList<string> labels)
    {
        ArgumentOutOfRangeException.ThrowIfZero(labels.Count);
        Labels = labels;
        _counts = new int[labels.Count * labels.Count];
        (_records, _given) = (new int[labels.Count], new int[labels.Count]);
    }

    /// <summary>The labels' names, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>All records.</summary>
    public int Total { get; private set; }

    /// <summary>Records that were given their own label.</summary>
    public int Correct { get; private set; }

    /// <summary>Number of records of one label that were given another, or their own.</summary>
    public int this[int trueLabel, int givenLabel] => _counts[IndexOf(trueLabel, givenLabel)];

    /// <summary>A count of its row's records, 0 … 1; null for a label without records.</summary>
    public double? ShareOf(int trueLabel, int givenLabel) =>
        _records[trueLabel] is > 0 and var records ? (double)this[trueLabel, givenLabel] / records : null;

    /// <summary>Number of records of a label: its row's sum.</summary>
    public int RecordsOf(int label) => _records[label];

    /// <summary>Number of records given a label: its column's sum.</summary>
    public int GivenTo(int label) => _given[label];

    /// <summary>
    /// The pairs that are confused most often, the most frequent first; of equally frequent ones that with the larger
    /// share of its label's records, then those of earlier labels.
    /// </summary>
    /// <param name="most">Largest number of pairs.</param>
    public IReadOnlyList<ConfusedPair> TopConfusions(int most) =>
        [
            .. (
                from trueLabel in Enumerable.Range(0, Labels.Count)
                from givenLabel in Enumerable.Range(0, Labels.Count)
                where trueLabel != givenLabel && this[trueLabel, givenLabel] > 0
                select new ConfusedPair(
                    trueLabel,
                    givenLabel,
                    this[trueLabel, givenLabel],
                    ShareOf(trueLabel, givenLabel)!.Value
                )
            )
                .OrderByDescending(pair => pair.Count)
                .ThenByDescending(pair => pair.Share)
                .Take(most),
        ];

    /// <summary>The matrix with these counts, row by row.</summary>
    internal static ConfusionMatrix OfCounts(IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyList<int>> rows)
    {
        var matrix = new ConfusionMatrix(labels);
        foreach (var (trueLabel, row) in rows.Index())
        foreach (var (givenLabel, count) in row.Index())
            matrix.Add(trueLabel, givenLabel, count);
        return matrix;
    }

    private int IndexOf(int trueLabel, int givenLabel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)trueLabel, (uint)Labels.Count, nameof(trueLabel));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)givenLabel, (uint)Labels.Count, nameof(givenLabel));
        return trueLabel * Labels.Count + givenLabel;
    }

    private void Add(int trueLabel, int givenLabel, int count)
    {
        _counts[IndexOf(trueLabel, givenLabel)] += count;
        _records[trueLabel] += count;
        _given[givenLabel] += count;
        Total += count;
        if (trueLabel == givenLabel)
            Correct += count;
    }
}

/// <summary>Records of one label that were given another.</summary>
/// <param name="TrueLabel">Their label's id.</param>
/// <param name="GivenLabel">The id that they were given.</param>
/// <param name="Count">Number of such records.</param>
/// <param name="Share">Their share of the records of their label, 0 … 1.</param>
public sealed record ConfusedPair(int TrueLabel, int GivenLabel, int Count, double Share);
