using CharRnn.Engine;
using CharRnn.Explaining;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// Loss and gradients of one (T, B) window: forward through all layers, the head, and backpropagation through time
/// truncated at the window's start. Workers own tiles of streams and meet only between the phases; sums over rows run
/// in a fixed order, so the result does not depend on their number.
/// </summary>
internal sealed class Backpropagation : ITeamWork, IDisposable
{
    private readonly ParameterLayout _layout;
    private readonly Window _window;
    private readonly WorkerTeam _team;
    private readonly ScanPlan _scan;
    private readonly ScanProgress _progress;

    // Where some have nothing to do in the scan, they take the head's blocks as it leaves them.
    private readonly bool _headFollows;
    private int _blocksTaken;
    private readonly NetworkTransposedWeights _transposes;
    private readonly ActivationGradients _rows;
    private readonly Matrix _dEmbedding,
        _dLabelEmbedding;
    private readonly PackingScratch[] _scratch;
    private readonly LayerMasks[] _masks;
    private readonly long[] _saturated;
    private readonly double _gateValues;
    private bool _carryState;
    private float _lossScale;
    private Dropout _logitMask;

    /// <summary>Makes room for windows of T steps of B streams.</summary>
    public Backpropagation(ParameterLayout layout, Arena weights, int steps, int streams, WorkerTeam team)
    {
        (_layout, _team) = (layout, team);
        var spec = layout.Spec;
        _window = new Window(layout, weights, steps, streams);
        _scan = new ScanPlan(layout, _window.Tiles, team.Count);
        _progress = new ScanProgress(_window.Tiles.Count);
        _headFollows = _scan.IdleWorkers > 0 && _window.Head.GroupCount == 1;
        Gradients = new Arena(layout.Arena);
        (_dEmbedding, _dLabelEmbedding) = (
            layout.Symbols(0).Embedding(Gradients),
            layout.Labels?.Embedding(Gradients) ?? default
        );
        _transposes = new NetworkTransposedWeights(layout, weights, layout.Head(weights), spec.VocabularySize);
        _rows = new ActivationGradients(layout, _window.Tiles);
        int widestInput = Math.Max(
            layout.OutputWidth,
            Padding.RoundUp(Math.Max(spec.EmbeddingSize, spec.LabelEmbeddingSize))
        );
        int widestHidden = Math.Max(layout.HiddenWidth, layout.OutputWidth);
        int widestGradient = Math.Max(
            Math.Max(spec.CellKind.Gates * layout.HiddenWidth, layout.OutputWidth),
            _window.Head.BlockWidth
        );
        _scratch =
        [
            .. Enumerable
                .Range(0, team.Count)
                .Select(_ => new PackingScratch(widestInput, widestHidden, widestGradient)),
        ];
        _masks = new LayerMasks[spec.NumLayers];
        (_saturated, _gateValues) = (new long[team.Count], Saturation.ValuesOf(spec, _window.Tiles.Rows));
    }

    /// <summary>The gradients of the last window.</summary>
    public Arena Gradients { get; }

    /// <summary>The forward half, with the carried states.</summary>
    public Window Window => _window;

    /// <summary>
    /// Whether to look, between the way forward and the way back, at how many gates are saturated. Off at first.
    /// </summary>
    public bool MeasuresSaturation { get; set; }

    /// <summary>
    /// The share of the last window's gates that were saturated; null where nobody looked, and for a cell that knows no
    /// such thing.
    /// </summary>
    public double? SaturatedShare() => MeasuresSaturation && _gateValues > 0 ? _saturated.Sum() / _gateValues : null;

    /// <summary>
    /// How many positions of the window count in its loss (<see cref="ModelSpec.CountedPositions"/>).
    /// </summary>
    public int CountedPositions { get; private set; }

    /// <summary>Σ of the last window's losses, in nats, each position that counts once.</summary>
    public double TotalLoss()
    {
        double total = 0;
        foreach (double loss in _window.Head.Losses)
            total += loss;
        return total;
    }

    /// <summary>Sets what the phases will work on. Called by one thread, before <see cref="Execute"/>.</summary>
    /// <param name="inputs">(T, B), index t·B + b.</param>
    /// <param name="targets">(T, B).</param>
    /// <param name="carryState">Whether to go on from where the last window ended.</param>
    /// <param name="lossScale">What each position's loss counts in the gradients.</param>
    /// <param name="dropoutSeed">The run's seed.</param>
    /// <param name="step">The training step, which the dropout masks are drawn for.</param>
    /// <param name="labels">(T, B), for a network with labels.</param>
    public void Prepare(
        ReadOnlySpan<int> inputs,
        ReadOnlySpan<int> targets,
        bool carryState,
        float lossScale,
        ulong dropoutSeed,
        long step,
        ReadOnlySpan<int> labels = default
    )
    {
        _window.Table.Index(inputs, _window.Tiles);
        _window.Labels?.Index(labels, _window.Tiles);
        _window.Resets?.Mark(inputs);
        _window.Head.SetTargets(inputs, targets);
        CountedPositions = _layout.Spec.CountedPositions(inputs);
        (_carryState, _lossScale) = (carryState, lossScale);
        _progress.Reset();
        _blocksTaken = 0;
        int layers = _masks.Length;
        for (int layer = 0; layer < layers; layer++)
        {
            var output =
                layer == layers - 1 ? new Dropout(_layout.Spec.OutputDropout, dropoutSeed, step, layers) : default;
            _masks[layer] = new LayerMasks(
                new Dropout(_layout.Spec.DropoutAfter(layer), dropoutSeed, step, layer),
                output
            );
        }
        _logitMask = new Dropout(_layout.Spec.LogitDropout, dropoutSeed, step, layers + 1);
    }

    /// <summary>
    /// One worker's part of all the phases. Every worker of the team calls it; the gradients are whole when all have
    /// met after it.
    /// </summary>
    public void Execute(int worker)
    {
        var (table, labels, head, top) = (_window.Table, _window.Labels, _window.Head, _window.Top);
        var scratch = _scratch[worker];

        var gatePanels = _team.ShareOf(top.GatePanels, worker);
        table.Build(gatePanels.Start, gatePanels.End);
        labels?.Build(gatePanels.Start, gatePanels.End);
        Clear(_dEmbedding, worker);
        Clear(_dLabelEmbedding, worker);
        _team.SignalAndWait();

        var share = _scan.ShareOf(worker);
        _window.Forward(share, _carryState, _masks, progress: _headFollows ? _progress : null);
        if (!_headFollows)
            _team.SignalAndWait();

        for (int group = 0; group < head.GroupCount; group++)
        {
            if (_headFollows)
                FollowScan();
            else
                head.ForwardBackward(
                    group,
                    _team.ShareOf(head.BlockCount(group), worker),
                    _lossScale,
                    _logitMask,
                    top,
                    _transposes.Head,
                    _rows.DOutput
                );
            _team.SignalAndWait();
            bool isLast = group == head.GroupCount - 1;
            head.WeightGradients(group, HeadGradientShare(worker, share, isLast), top, scratch, Gradients);
            if (!isLast)
                _team.SignalAndWait();
        }

        if (MeasuresSaturation && _gateValues > 0)
            _saturated[worker] = CountSaturated(share);
        for (int tile = share.FirstTile; tile < share.EndTile; tile++)
        {
            for (int layer = _masks.Length - 1; layer >= 0; layer--)
                _window.Layers[layer].Backward(tile, share, _transposes[layer], _masks[layer], _rows);
        }
        _team.SignalAndWait();

        var projectionPanels = _team.ShareOf(top.ProjectionPanels, worker);
        for (int layer = _masks.Length - 1; layer >= 0; layer--)
        {
            _window.Layers[layer].WeightGradients(gatePanels, _window.Below(layer), scratch, Gradients);
            _window.Layers[layer].ProjectionGradients(projectionPanels, _rows, scratch, Gradients);
        }
        table.BackwardColumns(_window.Layers[0].DGates, gatePanels.Start, gatePanels.End, scratch, Gradients);
        labels?.BackwardColumns(_window.Layers[0].DGates, gatePanels.Start, gatePanels.End, scratch, Gradients);
        LayerBias.ShareGradients(_layout, Gradients, gatePanels);
        _team.SignalAndWait();

        if (!_dEmbedding.IsEmpty)
            table.BackwardEmbeddings(_team.ShareOf(table.KnownCount, worker), _transposes[0].Input!, _dEmbedding);
        if (!_dLabelEmbedding.IsEmpty)
            labels!.BackwardEmbeddings(
                _team.ShareOf(labels.KnownCount, worker),
                _transposes[0].Labels!,
                _dLabelEmbedding
            );
    }

    /// <summary>One worker's part of turning the new weights around, after they changed.</summary>
    public void RefreshTransposedWeights(int worker) => _transposes.Refresh(worker, _team);

    /// <inheritdoc/>
    public void Dispose()
    {
        _window.Dispose();
        Gradients.Dispose();
        _transposes.Dispose();
        foreach (var scratch in _scratch)
            scratch.Dispose();
        _rows.Dispose();
    }

    /// <summary>
    /// Takes the head's blocks one after another, each as soon as the scan has left it. Who takes which does not show
    /// in the result.
    /// </summary>
    private void FollowScan()
    {
        var head = _window.Head;
        for (
            int index = Interlocked.Increment(ref _blocksTaken) - 1;
            index < head.BlockCount(0);
            index = Interlocked.Increment(ref _blocksTaken) - 1
        )
        {
            var block = head.Block(0, index);
            int streams = _window.Tiles.StreamCount(block.Tile);
            _progress.WaitFor(block.Tile, (block.Start + block.Count + streams - 1) / streams);
            head.ForwardBackward(
                0,
                (index, index + 1),
                _lossScale,
                _logitMask,
                _window.Top,
                _transposes.Head,
                _rows.DOutput
            );
        }
    }

    /// <summary>
    /// Which panels of the head's gradient a worker computes: the last group's are left to those who have nothing to do
    /// on the way back, if any.
    /// </summary>
    private (int Start, int End) HeadGradientShare(int worker, in ScanShare share, bool isLast)
    {
        int panels = _window.Head.SymbolPanels,
            idle = _scan.IdleWorkers;
        if (!isLast || idle == 0)
            return _team.ShareOf(panels, worker);
        if (!share.IsIdle)
            return (0, 0);
        return WorkerTeam.ShareOf(panels, _scan.IdleRank(worker), idle);
    }

    private long CountSaturated(in ScanShare share)
    {
        long count = 0;
        for (int tile = share.FirstTile; tile < share.EndTile; tile++)
        {
            for (int layer = 0; layer < _masks.Length; layer++)
                count += _window.Layers[layer].CountSaturated(tile, share.Units);
        }
        return count;
    }

    /// <summary>One worker's part of clearing the gradients of an embedding, where there is one.</summary>
    private void Clear(Matrix gradients, int worker)
    {
        if (gradients.IsEmpty)
            return;
        var rows = _team.ShareOf(gradients.Rows, worker);
        gradients.RowRange(rows.Start, rows.End - rows.Start).Clear();
    }
}
