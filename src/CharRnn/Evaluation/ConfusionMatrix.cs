using System.Runtime.InteropServices;

namespace CharRnn;

/// <summary>
/// Counts of records by their own label and by the one they were given, which on the diagonal agree. Only pairs of
/// labels that occur take memory: of many labels, few are ever confused.
/// </summary>
public sealed class ConfusionMatrix
{
    // Index trueLabel·labels + givenLabel; pairs that do not occur are not there.
    private readonly Dictionary<long, int> _counts = [];

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
        (_records, _given) = (new int[labels.Count], new int[labels.Count]);
    }

    /// <summary>The labels' names, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>All records.</summary>
    public int Total { get; private set; }

    /// <summary>Records that were given their own label.</summary>
    public int Correct { get; private set; }

    /// <summary>Number of records of one label that were given another, or their own.</summary>
    public int this[int trueLabel, int givenLabel] => _counts.GetValueOrDefault(IndexOf(trueLabel, givenLabel));

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
            .. Cells()
                .Where(cell => cell.TrueLabel != cell.GivenLabel)
                .Select(cell => new ConfusedPair(
                    cell.TrueLabel,
                    cell.GivenLabel,
                    cell.Count,
                    ShareOf(cell.TrueLabel, cell.GivenLabel)!.Value
                ))
                .OrderByDescending(pair => pair.Count)
                .ThenByDescending(pair => pair.Share)
                .Take(most),
        ];

    /// <summary>The counts that are not 0, row by row.</summary>
    internal IEnumerable<ConfusionCell> Cells() =>
        _counts
            .OrderBy(entry => entry.Key)
            .Select(entry =>
            {
                var (trueLabel, givenLabel) = Math.DivRem(entry.Key, Labels.Count);
                return new ConfusionCell((int)trueLabel, (int)givenLabel, entry.Value);
            });

    /// <summary>The matrix with these counts; those that are not there are 0.</summary>
    internal static ConfusionMatrix OfCells(IReadOnlyList<string> labels, IEnumerable<ConfusionCell> cells)
    {
        var matrix = new ConfusionMatrix(labels);
        foreach (var (trueLabel, givenLabel, count) in cells)
            matrix.Add(trueLabel, givenLabel, count);
        return matrix;
    }

    private long IndexOf(int trueLabel, int givenLabel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)trueLabel, (uint)Labels.Count, nameof(trueLabel));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)givenLabel, (uint)Labels.Count, nameof(givenLabel));
        return (long)trueLabel * Labels.Count + givenLabel;
    }

    private void Add(int trueLabel, int givenLabel, int count)
    {
        long index = IndexOf(trueLabel, givenLabel);
        if (count == 0)
            return;
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, index, out _) += count;
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

/// <summary>One count of a confusion matrix.</summary>
/// <param name="TrueLabel">The records' label.</param>
/// <param name="GivenLabel">The label that they were given.</param>
/// <param name="Count">Number of such records.</param>
internal readonly record struct ConfusionCell(int TrueLabel, int GivenLabel, int Count);
