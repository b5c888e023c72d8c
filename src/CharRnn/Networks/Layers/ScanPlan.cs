using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>What one worker computes of the scan through time.</summary>
/// <param name="FirstTile">Its first tile.</param>
/// <param name="EndTile">The end of its tiles.</param>
/// <param name="Units">Its hidden units.</param>
/// <param name="Columns">
/// Its columns of the layers' outputs: its units, or its share of what they are projected to.
/// </param>
/// <param name="Subteam">
/// Where it meets those who compute the other units of the same tile; null when it computes all of them.
/// </param>
internal readonly record struct ScanShare(
    int FirstTile,
    int EndTile,
    UnitSlice Units,
    UnitSlice Columns,
    SpinBarrier? Subteam
)
{
    /// <summary>Whether there is nothing to compute.</summary>
    public bool IsIdle => FirstTile == EndTile;

    /// <summary>Waits until everybody who works on the tile has come here.</summary>
    public void SignalAndWait() => Subteam?.SignalAndWait();
}

/// <summary>
/// Shares out the scan: tiles of streams among workers, so that nobody waits for anybody; and where there are fewer
/// tiles than workers, and a step is work enough, the hidden units of each tile among a crew that meets after every
/// step. Every unit's sums are the same either way.
/// </summary>
internal sealed class ScanPlan
{
    // A meeting takes as long as about this many multiply-adds: a step must have several times as many for each of the
    // crew.
    private const long MinProductsEach = 1 << 16;

    private readonly ScanShare[] _shares;

    /// <summary>Shares out the scan of a window.</summary>
    public ScanPlan(ParameterLayout layout, StreamTiles tiles, int workers)
    {
        var (units, columns) = (UnitSlice.Whole(layout.HiddenWidth), UnitSlice.Whole(layout.OutputWidth));
        int subteam = Math.Clamp(workers / tiles.Count, 1, MaxSubteam(layout.Spec, tiles));
        _shares =
            subteam > 1
                ? Subteams(layout, tiles, workers, subteam)
                :
                [
                    .. Enumerable
                        .Range(0, workers)
                        .Select(worker => WorkerTeam.ShareOf(tiles.Count, worker, workers))
                        .Select(own => new ScanShare(own.Start, own.End, units, columns, null)),
                ];
        IdleWorkers = _shares.Count(share => share.IsIdle);
    }

    /// <summary>A crew for each tile; whoever is left over has no tile.</summary>
    private static ScanShare[] Subteams(ParameterLayout layout, StreamTiles tiles, int workers, int subteam)
    {
        var shares = new ScanShare[workers];
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            var meeting = new SpinBarrier(subteam, atWork: workers);
            for (int member = 0; member < subteam; member++)
            {
                var (units, columns) = (
                    UnitSlice.Share(layout.HiddenWidth, member, subteam),
                    UnitSlice.Share(layout.OutputWidth, member, subteam)
                );
                shares[tile * subteam + member] = new ScanShare(tile, tile + 1, units, columns, meeting);
            }
        }
        return shares;
    }

    /// <summary>How many workers have nothing to do in the scan.</summary>
    public int IdleWorkers { get; }

    /// <summary>A worker's number among the idle ones.</summary>
    public int IdleRank(int worker)
    {
        int rank = 0;
        for (int i = 0; i < worker; i++)
            rank += _shares[i].IsIdle ? 1 : 0;
        return rank;
    }

    /// <summary>What a worker computes.</summary>
    public ScanShare ShareOf(int worker) => _shares[worker];

    /// <summary>How many workers can share the scan of a network's window.</summary>
    public static int MaxWorkers(ModelSpec spec, StreamTiles tiles) => tiles.Count * MaxSubteam(spec, tiles);

    private static int MaxSubteam(ModelSpec spec, StreamTiles tiles)
    {
        long products = (long)tiles.MaxStreams * spec.HiddenSize * spec.HiddenSize * spec.CellKind.Gates;
        return (int)Math.Clamp(products / MinProductsEach, 1, Padding.RoundUp(spec.HiddenSize) / Padding.Unit);
    }
}
