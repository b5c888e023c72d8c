namespace CharRnn.Analysis;

/// <summary>
/// How many things that come in pairs were opened in a text, and how many of them were closed, and after how far.
/// </summary>
/// <param name="Opened">How many were opened.</param>
/// <param name="Strays">How many closers came where nothing was open that they close.</param>
/// <param name="ClosedAt">
/// How many were closed, by the bucket of <see cref="Buckets"/> that the distance falls into.
/// </param>
public sealed record PairCount(long Opened, long Strays, IReadOnlyList<long> ClosedAt)
{
    /// <summary>
    /// Distances between an opener and its closer, first and last: one where the closer comes right after the opener.
    /// The last bucket has no end.
    /// </summary>
    public static IReadOnlyList<(int First, int? Last)> Buckets { get; } =
    [(1, 10), (11, 30), (31, 100), (101, 300), (301, null)];

    /// <summary>Nothing was opened, nothing closed.</summary>
    public static PairCount None { get; } = new(0, 0, new long[Buckets.Count]);

    /// <summary>How many were closed.</summary>
    public long Closed => ClosedAt.Sum();

    /// <summary>The share that was closed; null where nothing was opened.</summary>
    public double? ClosedShare => Share(Closed);

    /// <summary>
    /// The share of those opened that were closed within a bucket of <see cref="Buckets"/>; null where nothing was
    /// opened.
    /// </summary>
    public double? ClosedShareAt(int bucket) => Share(ClosedAt[bucket]);

    /// <summary>Two counts together.</summary>
    public static PairCount operator +(PairCount a, PairCount b) => Add(a, b);

    /// <inheritdoc cref="op_Addition"/>
    public static PairCount Add(PairCount a, PairCount b) =>
        new(a.Opened + b.Opened, a.Strays + b.Strays, [.. a.ClosedAt.Zip(b.ClosedAt, (x, y) => x + y)]);

    private double? Share(long some) => Opened > 0 ? (double)some / Opened : null;
}
