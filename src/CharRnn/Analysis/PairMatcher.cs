namespace CharRnn.Analysis;

/// <summary>
/// Counts of a paired construct in a text: openers, stray closers, and closed pairs by distance.
/// </summary>
/// <param name="Opened">Number of openers.</param>
/// <param name="Strays">Number of closers without an open opener of their kind.</param>
/// <param name="ClosedAt">
/// Number of closed pairs in each bucket of <see cref="Buckets"/>.
/// </param>
public sealed record PairCount(long Opened, long Strays, IReadOnlyList<long> ClosedAt)
{
    /// <summary>
    /// Buckets of distances between an opener and its closer, first and last; the distance is 1 for a closer right
    /// after its opener. The last bucket has no end.
    /// </summary>
    public static IReadOnlyList<(int First, int? Last)> Buckets { get; } =
    [(1, 10), (11, 30), (31, 100), (101, 300), (301, null)];

    /// <summary>The count of nothing.</summary>
    public static PairCount None { get; } = new(0, 0, new long[Buckets.Count]);

    /// <summary>Number of closed pairs.</summary>
    public long Closed => ClosedAt.Sum();

    /// <summary>Share of openers that were closed; null without openers.</summary>
    public double? ClosedShare => Share(Closed);

    /// <summary>
    /// Share of openers that were closed within a bucket of <see cref="Buckets"/>; null without openers.
    /// </summary>
    public double? ClosedShareAt(int bucket) => Share(ClosedAt[bucket]);

    /// <summary>The sum of two counts.</summary>
    public static PairCount operator +(PairCount a, PairCount b) => Add(a, b);

    /// <inheritdoc cref="op_Addition"/>
    public static PairCount Add(PairCount a, PairCount b) =>
        new(a.Opened + b.Opened, a.Strays + b.Strays, [.. a.ClosedAt.Zip(b.ClosedAt, (x, y) => x + y)]);

    private double? Share(long some) => Opened > 0 ? (double)some / Opened : null;
}

/// <summary>
/// Matcher of closers to openers. A closer closes the nearest open opener of its kind; openers within that pair that
/// are still open stay unclosed.
/// </summary>
/// <typeparam name="TKind">The kind of a pair.</typeparam>
internal sealed class PairMatcher<TKind>
    where TKind : notnull
{
    private readonly Stack<(TKind Kind, long Position)> _open = [];
    private readonly Dictionary<TKind, int> _openOfKind = [];
    private readonly Dictionary<TKind, Tally> _tallies = [];

    /// <summary>Number of open openers of a kind.</summary>
    public int OpenOf(TKind kind) => _openOfKind.GetValueOrDefault(kind);

    /// <summary>The counts of a kind.</summary>
    public PairCount CountOf(TKind kind) => _tallies.TryGetValue(kind, out var tally) ? tally.Count : PairCount.None;

    /// <summary>The counts of all kinds together.</summary>
    public PairCount Total => _tallies.Values.Select(tally => tally.Count).Aggregate(PairCount.None, PairCount.Add);

    /// <summary>Adds an opener, whose last character is at the position.</summary>
    public void Open(TKind kind, long position)
    {
        _open.Push((kind, position));
        _openOfKind[kind] = OpenOf(kind) + 1;
        TallyOf(kind).Opened++;
    }

    /// <summary>Adds a closer, whose first character is at the position.</summary>
    public void Close(TKind kind, long position)
    {
        if (OpenOf(kind) == 0)
        {
            TallyOf(kind).Strays++;
            return;
        }
        while (true)
        {
            var (opened, start) = _open.Pop();
            _openOfKind[opened]--;
            if (!opened.Equals(kind))
                continue;
            TallyOf(kind).ClosedAt[BucketOf(position - start)]++;
            return;
        }
    }

    /// <summary>Ends the text, or a unit that pairs may not cross: open openers stay unclosed.</summary>
    public void End()
    {
        _open.Clear();
        _openOfKind.Clear();
    }

    private static int BucketOf(long distance)
    {
        int bucket = 0;
        while (distance > PairCount.Buckets[bucket].Last)
            bucket++;
        return bucket;
    }

    private Tally TallyOf(TKind kind)
    {
        if (!_tallies.TryGetValue(kind, out var tally))
            _tallies[kind] = tally = new Tally();
        return tally;
    }

    private sealed class Tally
    {
        public long Opened { get; set; }

        public long Strays { get; set; }

        public long[] ClosedAt { get; } = new long[PairCount.Buckets.Count];

        public PairCount Count => new(Opened, Strays, [.. ClosedAt]);
    }
}

/// <summary>Scanner of a text, character by character, without buffering it.</summary>
internal interface ITextScanner
{
    /// <summary>Scans the next character: a Unicode scalar value.</summary>
    /// <param name="scalar">The character.</param>
    /// <param name="position">Number of characters before it.</param>
    void Add(int scalar, long position);

    /// <summary>Ends the text; the next one is independent of it.</summary>
    void End();
}
