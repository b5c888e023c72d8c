using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>Share of a worker in the scan of a tile: its hidden units.</summary>
/// <param name="Units">Its hidden units.</param>
/// <param name="Columns">
/// Its columns of the layers' outputs: its units, or its share of what they are projected to.
/// </param>
/// <param name="Subteam">
/// Barrier of the workers that compute the other units of the same tile; null when it computes all of them.
/// </param>
internal sealed record ScanShare(UnitSlice Units, UnitSlice Columns, SpinBarrier? Subteam)
{
    /// <summary>Waits until all workers on the tile have come here.</summary>
    public void SignalAndWait() => Subteam?.SignalAndWait();
}

/// <summary>
/// Plan of the scan. Tiles of streams, layer by layer, are handed out as workers become free
/// (<see cref="TileQueue"/>). Where there are fewer tiles than workers, and a step is work enough, a subteam shares
/// each tile's hidden units instead, with a barrier after every step. Every unit's sums are the same either way.
/// </summary>
internal sealed class ScanPlan
{
    // A barrier takes as long as about this many multiply-adds: a step must have several times as many for each member
    // of the subteam.
    private const long MinProductsEach = 1 << 16;

    private const long ProductsInPart = 1 << 26;

    // By worker; empty without subteams.
    private readonly (int Tile, ScanShare Share)?[] _members;

    /// <summary>Plans the scan of a window.</summary>
    public ScanPlan(ParameterLayout layout, StreamTiles tiles, int workers)
    {
        WholeTile = new ScanShare(
            UnitSlice.Whole(layout.HiddenWidth),
            UnitSlice.Whole(layout.OutputWidth),
            Subteam: null
        );
        int subteam = Math.Clamp(workers / tiles.Count, 1, MaxSubteam(layout.Spec, tiles));
        HasSubteams = subteam > 1;
        _members = HasSubteams ? Subteams(layout, tiles, workers, subteam) : [];
        HasIdleWorkers = workers > subteam * tiles.Count;
    }

    /// <summary>Whether several workers share each tile; if not, its share is <see cref="WholeTile"/>.</summary>
    public bool HasSubteams { get; }

    /// <summary>Whether some workers have no tile.</summary>
    public bool HasIdleWorkers { get; }

    /// <summary>The share of a worker that has a tile to itself.</summary>
    public ScanShare WholeTile { get; }

    /// <summary>With subteams, the tile of a worker and its share of it; null for none.</summary>
    public (int Tile, ScanShare Share)? MemberOf(int worker) => _members[worker];

    /// <summary>Max number of workers that can share the scan of a network's window.</summary>
    public static int MaxWorkers(ModelSpec spec, StreamTiles tiles) => tiles.Count * MaxSubteam(spec, tiles);

    /// <summary>
    /// Number of parts of its steps that a layer's scan of a tile is taken in: about a millisecond's work each, so that
    /// none waits longer for one that is slow.
    /// </summary>
    public static int PartsOf(ModelSpec spec, StreamTiles tiles)
    {
        long products =
            (long)tiles.MaxStreams
            * spec.HiddenSize
            * (spec.HiddenSize + spec.OutputSize)
            * spec.CellKind.Gates
            * tiles.Steps;
        return (int)Math.Clamp(products / ProductsInPart, 1, tiles.Steps);
    }

    /// <summary>A subteam for each tile; workers that are left over have no tile.</summary>
    private static (int, ScanShare)?[] Subteams(ParameterLayout layout, StreamTiles tiles, int workers, int subteam)
    {
        var members = new (int, ScanShare)?[workers];
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            var barrier = new SpinBarrier(subteam, atWork: workers);
            for (int member = 0; member < subteam; member++)
            {
                var (units, columns) = (
                    UnitSlice.Share(layout.HiddenWidth, member, subteam),
                    UnitSlice.Share(layout.OutputWidth, member, subteam)
                );
                members[tile * subteam + member] = (tile, new ScanShare(units, columns, barrier));
            }
        }
        return members;
    }

    private static int MaxSubteam(ModelSpec spec, StreamTiles tiles)
    {
        long products = (long)tiles.MaxStreams * spec.HiddenSize * spec.HiddenSize * spec.CellKind.Gates;
        return (int)Math.Clamp(products / MinProductsEach, 1, Padding.RoundUp(spec.HiddenSize) / Padding.Unit);
    }
}

/// <summary>
/// Queue of the tiles of a scan, each of which goes through all layers, in parts of their steps, one after another: a
/// worker claims a tile for one part and releases it, so that a worker that is slow, or not running at all, holds up one
/// part of one tile.
/// </summary>
internal sealed class TileQueue(int tiles, int parts)
{
    // About the time of a part: whoever yields to another program sooner may not be back when it is free.
    private const int SpinsBeforeYielding = 5000;
    private const int PausesPerSpin = 4;

    // By tile: twice the number of parts done, and one more while it is claimed. The last only keeps the others apart
    // from what follows.
    private readonly PaddedInt32[] _states = new PaddedInt32[tiles + 1];

    /// <summary>Before a pass: nothing is done. Called by one thread.</summary>
    public void Reset()
    {
        for (int tile = 0; tile < tiles; tile++)
            _states[tile].Value = 0;
    }

    /// <summary>
    /// Claims a tile for its next part: of the worker's own share the one that is furthest, whose numbers are in its
    /// cache; then of the others' the one that is least far, which leaves most to do.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="workers">Number of workers.</param>
    /// <param name="waits">
    /// Whether to wait for a tile that another holds, where none is free: the one that is sooner done goes on with it.
    /// </param>
    /// <param name="tile">The tile.</param>
    /// <param name="partsDone">Number of parts it went through before.</param>
    /// <returns>False where all parts are done, or without waiting, where no tile is free that has parts left.</returns>
    public bool TryClaim(int worker, int workers, bool waits, out int tile, out int partsDone)
    {
        var own = WorkerTeam.ShareOf(tiles, worker, workers);
        var yielding = new SpinWait();
        for (int spins = 0; ; spins++)
        {
            switch (Find(own, out tile, out int state))
            {
                case Finding.Free when Interlocked.CompareExchange(ref _states[tile].Value, state + 1, state) == state:
                    partsDone = state / 2;
                    return true;
                case Finding.Held when waits && spins < SpinsBeforeYielding:
                    Thread.SpinWait(PausesPerSpin);
                    break;
                case Finding.Held when waits:
                    yielding.SpinOnce(sleep1Threshold: -1);
                    break;
                case Finding.Held or Finding.Done:
                    partsDone = 0;
                    return false;
            }
        }
    }

    /// <summary>Gives back a claimed tile, its part being done.</summary>
    public void Release(int tile) => Volatile.Write(ref _states[tile].Value, _states[tile].Value + 1);

    private Finding Find((int Start, int End) own, out int found, out int foundState)
    {
        (found, foundState) = (0, int.MaxValue);
        bool foundOwn = false;
        var finding = Finding.Done;
        for (int tile = 0; tile < tiles; tile++)
        {
            int state = Volatile.Read(ref _states[tile].Value);
            // Held for its last part, it will not be free again.
            if (state >= 2 * parts - 1)
                continue;
            if (state % 2 == 1)
            {
                if (finding == Finding.Done)
                    finding = Finding.Held;
                continue;
            }
            bool isOwn = tile >= own.Start && tile < own.End;
            if (isOwn ? !foundOwn || state > foundState : !foundOwn && state < foundState)
                (found, foundState, foundOwn, finding) = (tile, state, isOwn, Finding.Free);
        }
        return finding;
    }

    private enum Finding
    {
        /// <summary>A tile is free that has parts left.</summary>
        Free,

        /// <summary>Some tiles have parts left, of which others hold all.</summary>
        Held,

        /// <summary>No tile has parts left but those at hand.</summary>
        Done,
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
