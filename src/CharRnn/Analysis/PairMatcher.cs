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

/// <summary>
/// Pairs closers with openers. A closer closes the nearest open one of its kind; what was opened within that pair and
/// is still open will never be closed.
/// </summary>
/// <typeparam name="TKind">What tells kinds of pairs apart.</typeparam>
internal sealed class PairMatcher<TKind>
    where TKind : notnull
{
    private readonly Stack<(TKind Kind, long Position)> _open = [];
    private readonly Dictionary<TKind, int> _openOfKind = [];
    private readonly Dictionary<TKind, Tally> _tallies = [];

    /// <summary>How many of a kind are open.</summary>
    public int OpenOf(TKind kind) => _openOfKind.GetValueOrDefault(kind);

    /// <summary>What was counted of a kind.</summary>
    public PairCount CountOf(TKind kind) => _tallies.TryGetValue(kind, out var tally) ? tally.Count : PairCount.None;

    /// <summary>What was counted of all kinds together.</summary>
    public PairCount Total => _tallies.Values.Select(tally => tally.Count).Aggregate(PairCount.None, PairCount.Add);

    /// <summary>An opener, whose last character is at that position.</summary>
    public void Open(TKind kind, long position)
    {
        _open.Push((kind, position));
        _openOfKind[kind] = OpenOf(kind) + 1;
        TallyOf(kind).Opened++;
    }

    /// <summary>A closer, whose first character is at that position.</summary>
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

    /// <summary>The text ends, or whatever pairs may not reach beyond: what is open stays so for ever.</summary>
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

/// <summary>Looks for something in a text as it goes by, a character at a time, without holding it.</summary>
internal interface ITextScanner
{
    /// <summary>Takes the next character: a Unicode scalar value.</summary>
    /// <param name="scalar">The character.</param>
    /// <param name="position">How many came before it.</param>
    void Add(int scalar, long position);

    /// <summary>The text ends; the next one has nothing to do with it.</summary>
    void End();
}
