using CharRnn.Datasets;

namespace CharRnn;

/// <summary>
/// A part of a corpus: one stretch of it, or several that are read apart, each from a state of zeros.
/// </summary>
/// <param name="Ranges">
/// The stretches, in their order; none where the part was not asked for. A stretch of n ids has n − 1 predictions.
/// </param>
/// <param name="Characters">How many characters the part has.</param>
public sealed record CorpusPart(IReadOnlyList<IdRange> Ranges, long Characters)
{
    /// <summary>A part that was not asked for.</summary>
    public static CorpusPart None { get; } = new([], 0);

    /// <summary>A part of one stretch.</summary>
    public static CorpusPart Of(IdRange range) => range.Length == 0 ? None : new([range], range.Length);

    /// <summary>How many predictions the part has.</summary>
    public long Pairs => Ranges.Sum(PairsOf);

    /// <summary>
    /// The part as pieces to be read side by side: one stretch is cut into neighbouring ones, several stay as they are.
    /// </summary>
    /// <param name="streams">How many pieces one stretch is cut into, or fewer where it is short.</param>
    /// <param name="maxPairs">
    /// The most predictions of all pieces together; where there are more, each piece ends early, so that what is read
    /// is spread evenly.
    /// </param>
    public IReadOnlyList<IdRange> Pieces(int streams, long maxPairs = long.MaxValue)
    {
        var pieces = Ranges.Count == 1 ? Cut(Ranges[0], (int)Math.Clamp(Pairs, 1, streams)) : Ranges;
        if (Pairs <= maxPairs)
            return pieces;
        long most = Math.Max(1, maxPairs / pieces.Count);
        return [.. pieces.Select(piece => piece with { Length = Math.Min(piece.Length, most + 1) })];
    }

    /// <summary>
    /// Cuts a stretch into neighbouring ones that share its predictions: each ends with the id that the next begins
    /// with.
    /// </summary>
    internal static IdRange[] Cut(IdRange range, int count)
    {
        long pairs = PairsOf(range);
        var pieces = new IdRange[count];
        for (int i = 0; i < count; i++)
        {
            long start = pairs * i / count,
                end = pairs * (i + 1) / count;
            pieces[i] = new IdRange(range.Start + start, end - start + 1);
        }
        return pieces;
    }

    internal static long PairsOf(IdRange range) => Math.Max(0, range.Length - 1);
}
