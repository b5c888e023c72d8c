using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>Share of one worker in the scan through time.</summary>
/// <param name="FirstTile">Its first tile.</param>
/// <param name="EndTile">The end of its tiles.</param>
/// <param name="Units">Its hidden units.</param>
/// <param name="Columns">
/// Its columns of the layers' outputs: its units, or its share of what they are projected to.
/// </param>
/// <param name="Subteam">
/// Barrier of the workers that compute the other units of the same tile; null when it computes all of them.
/// </param>
internal sealed record ScanShare(int FirstTile, int EndTile, UnitSlice Units, UnitSlice Columns, SpinBarrier? Subteam)
{
    /// <summary>The share of a worker for whom no tile is left.</summary>
    public static ScanShare Idle { get; } = new(0, 0, Units: default, Columns: default, Subteam: null);

    /// <summary>Whether there is nothing to compute.</summary>
    public bool IsIdle => FirstTile == EndTile;

    /// <summary>Waits until all workers on the tile have come here.</summary>
    public void SignalAndWait() => Subteam?.SignalAndWait();
}

/// <summary>
/// Plan of the scan: tiles of streams are shared among workers, so that none waits for another; where there are fewer
/// tiles than workers, and a step is work enough, a subteam shares each tile's hidden units, with a barrier after every
/// step. Every unit's sums are the same either way.
/// </summary>
internal sealed class ScanPlan
{
    // A barrier takes as long as about this many multiply-adds: a step must have several times as many for each member
    // of the subteam.
    private const long MinProductsEach = 1 << 16;

    private readonly ScanShare[] _shares;

    /// <summary>Plans the scan of a window.</summary>
    public ScanPlan(ParameterLayout layout, StreamTiles tiles, int workers)
    {
        var (units, columns) = (UnitSlice.Whole(layout.HiddenWidth), UnitSlice.Whole(layout.OutputWidth));
        int subteam = Math.Clamp(workers / tiles.Count, 1, MaxSubteam(layout.Spec, tiles));
        _shares =
            subteam > 1
                ? Subteams(layout, tiles, workers, subteam)
                : [.. Enumerable.Range(0, workers).Select(AllUnits)];
        IdleWorkers = _shares.Count(share => share.IsIdle);

        ScanShare AllUnits(int worker)
        {
            var (start, end) = WorkerTeam.ShareOf(tiles.Count, worker, workers);
            return new ScanShare(start, end, units, columns, Subteam: null);
        }
    }

    /// <summary>A subteam for each tile; workers that are left over have no tile.</summary>
    private static ScanShare[] Subteams(ParameterLayout layout, StreamTiles tiles, int workers, int subteam)
    {
        var shares = new ScanShare[workers];
        shares.AsSpan(subteam * tiles.Count).Fill(ScanShare.Idle);
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            var barrier = new SpinBarrier(subteam, atWork: workers);
            for (int member = 0; member < subteam; member++)
            {
                var (units, columns) = (
                    UnitSlice.Share(layout.HiddenWidth, member, subteam),
                    UnitSlice.Share(layout.OutputWidth, member, subteam)
                );
                shares[tile * subteam + member] = new ScanShare(tile, tile + 1, units, columns, barrier);
            }
        }
        return shares;
    }

    /// <summary>Number of workers without a tile.</summary>
    public int IdleWorkers { get; }

    /// <summary>A worker's number among the idle ones.</summary>
    public int IdleRank(int worker)
    {
        int rank = 0;
        for (int i = 0; i < worker; i++)
            rank += _shares[i].IsIdle ? 1 : 0;
        return rank;
    }

    /// <summary>The share of a worker.</summary>
    public ScanShare ShareOf(int worker) => _shares[worker];

    /// <summary>Max number of workers that can share the scan of a network's window.</summary>
    public static int MaxWorkers(ModelSpec spec, StreamTiles tiles) => tiles.Count * MaxSubteam(spec, tiles);

    private static int MaxSubteam(ModelSpec spec, StreamTiles tiles)
    {
        long products = (long)tiles.MaxStreams * spec.HiddenSize * spec.HiddenSize * spec.CellKind.Gates;
        return (int)Math.Clamp(products / MinProductsEach, 1, Padding.RoundUp(spec.HiddenSize) / Padding.Unit);
    }
}

/// <summary>Buffers of one layer and tile, sliced once for all steps.</summary>
internal readonly struct TileScan
{
    private readonly UnitSlice _units;
    private readonly int _streams;
    private readonly Matrix _gates,
        _hidden,
        _ownHidden,
        _ownCellState;

    /// <summary>Slices them.</summary>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="units">The units that are computed.</param>
    /// <param name="gates">(T·B, Slots·H).</param>
    /// <param name="hidden">((T + 1)·B, H).</param>
    /// <param name="cellState">((T + 1)·B, H), or empty.</param>
    public TileScan(StreamTiles tiles, int tile, UnitSlice units, Matrix gates, Matrix hidden, Matrix cellState)
    {
        (_units, _streams) = (units, tiles.StreamCount(tile));
        _gates = tiles.RowsOf(gates, tile);
        _hidden = tiles.StatesOf(hidden, tile, 0, tiles.Steps + 1);
        _ownHidden = units.Of(_hidden);
        if (!cellState.IsEmpty)
            _ownCellState = units.Of(tiles.StatesOf(cellState, tile, 0, tiles.Steps + 1));
    }

    /// <summary>(streams, Slots·H).</summary>
    public Matrix GatesAt(int t) => At(_gates, t);

    /// <summary>All units of h before a step, (streams, H).</summary>
    public Matrix HiddenBefore(int t) => At(_hidden, t);

    /// <summary>The cell's view of a step.</summary>
    public CellStep Step(int t) =>
        new(
            GatesAt(t),
            _units,
            At(_ownHidden, t),
            At(_ownHidden, t + 1),
            _ownCellState.IsEmpty ? default : At(_ownCellState, t),
            _ownCellState.IsEmpty ? default : At(_ownCellState, t + 1)
        );

    private Matrix At(Matrix steps, int t) => steps.RowRange(t * _streams, _streams);
}

/// <summary>
/// Progress of the scan of each tile, by which the head follows it without waiting for its end.
/// </summary>
internal sealed class ScanProgress(int tiles)
{
    // The last only keeps the others apart from what follows.
    private readonly PaddedInt32[] _stepsDone = new PaddedInt32[tiles + 1];

    /// <summary>Before a window: nothing is done.</summary>
    public void Reset()
    {
        for (int tile = 0; tile < tiles; tile++)
            _stepsDone[tile].Value = 0;
    }

    /// <summary>Tells that the last connector's output of the first <paramref name="steps"/> steps is there.</summary>
    public void Report(int tile, int steps) => Volatile.Write(ref _stepsDone[tile].Value, steps);

    /// <summary>Waits for that.</summary>
    public void WaitFor(int tile, int steps)
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref _stepsDone[tile].Value) < steps)
            spin.SpinOnce(sleep1Threshold: -1);
    }
}
