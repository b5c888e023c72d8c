namespace CharRnn.Analysis;

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
