using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// Gradient pass of a language model: loss and gradients of one (T, B) window, by backpropagation through time
/// truncated at the window's start.
/// </summary>
internal sealed class LanguageModelPass : IGradientPass, IDisposable
{
    private readonly WorkerTeam _team;
    private readonly GradientWorkspace _workspace;
    private readonly ScanProgress _progress;

    // Where some workers have no tile, they take the head's blocks as the scan leaves them.
    private readonly bool _headFollowsScan;
    private int _blocksTaken;

    // By worker.
    private readonly long[] _saturated;
    private readonly double _gateValues;
    private bool _carryState;
    private float _lossScale;
    private int _countedPositions;

    /// <summary>Makes the pass of windows of T steps of B streams.</summary>
    public LanguageModelPass(ParameterLayout layout, Arena weights, int steps, int streams, WorkerTeam team)
    {
        (Weights, _team) = (weights, team);
        var spec = layout.Spec;
        Window = new Window(layout, weights, steps, streams, team, isTrained: true);
        _progress = new ScanProgress(Window.Tiles.Count);
        _headFollowsScan = Window.Scan.IdleWorkers > 0 && Window.Head.GroupCount == 1;
        if (_headFollowsScan)
            Window.ReportTo(_progress);
        int embeddingWidth = Padding.RoundUp(Math.Max(spec.EmbeddingSize, spec.LabelEmbeddingSize)),
            gateWidth = spec.CellKind.Gates * layout.HiddenWidth;
        _workspace = new GradientWorkspace(
            layout,
            new NetworkTransposedWeights(layout, weights, layout.Head(weights), spec.VocabularySize),
            new PackingWidths(
                Input: Math.Max(layout.OutputWidth, embeddingWidth),
                Hidden: Math.Max(layout.HiddenWidth, layout.OutputWidth),
                Gradient: Math.Max(Math.Max(gateWidth, layout.OutputWidth), Window.Head.BlockWidth)
            ),
            team
        );
        (_saturated, _gateValues) = (new long[team.Count], Saturation.ValuesOf(spec, Window.Tiles.Rows));
    }

    /// <inheritdoc/>
    public RecurrentLayout Layout => Window.Layout;

    /// <inheritdoc/>
    public Arena Weights { get; }

    /// <inheritdoc/>
    public Arena Gradients => _workspace.Gradients;

    /// <summary>The network's buffers, with the carried states.</summary>
    public Window Window { get; }

    /// <summary>
    /// Whether the next pass counts the saturated gates, between forward and backward: the backward pass puts gradients
    /// in their place. Off at first.
    /// </summary>
    public bool MeasuresSaturation { get; set; }

    /// <inheritdoc/>
    public double? SaturatedShare() => MeasuresSaturation && _gateValues > 0 ? _saturated.Sum() / _gateValues : null;

    /// <summary>Σ of the last window's losses, in nats; positions that do not count are 0.</summary>
    public double TotalLoss()
    {
        double total = 0;
        foreach (double loss in Window.Head.Losses)
            total += loss;
        return total;
    }

    /// <inheritdoc/>
    public double MeanLoss() => TotalLoss() / _countedPositions;

    /// <summary>Sets the window of the next <see cref="Execute"/>. Called by one thread.</summary>
    /// <param name="inputs">(T, B), index t·B + b.</param>
    /// <param name="targets">(T, B).</param>
    /// <param name="carryState">Whether to go on from where the last window ended, or from zero.</param>
    /// <param name="lossScale">Factor of each position's loss in the gradients; 1 / (T·B) for the mean.</param>
    /// <param name="dropoutSeed">The run's seed.</param>
    /// <param name="step">The training step, from 1, which the dropout masks are drawn for.</param>
    /// <param name="labels">(T, B), for a network with labels.</param>
    public void Prepare(
        ReadOnlySpan<int> inputs,
        ReadOnlySpan<int> targets,
        bool carryState,
        double lossScale,
        ulong dropoutSeed,
        long step,
        ReadOnlySpan<int> labels = default
    )
    {
        Window.SetInputs(inputs, labels);
        Window.Head.SetTargets(inputs, targets);
        Window.SetDropout(dropoutSeed, step);
        _countedPositions = Window.Layout.Spec.CountedPositions(inputs);
        (_carryState, _lossScale) = (carryState, (float)lossScale);
        _progress.Reset();
        _blocksTaken = 0;
    }

    /// <inheritdoc/>
    public void Execute(int worker)
    {
        Window.Forward(worker, _carryState);
        if (!_headFollowsScan)
            _team.SignalAndWait();
        HeadForwardBackward(worker);
        if (MeasuresSaturation && _gateValues > 0)
            _saturated[worker] = Window.CountSaturated(worker);
        Window.Backward(worker, _workspace);
    }

    /// <inheritdoc/>
    public void RefreshTransposedWeights(int worker) => _workspace.RefreshTransposedWeights(worker);

    /// <inheritdoc/>
    public void Dispose()
    {
        Window.Dispose();
        _workspace.Dispose();
    }

    /// <summary>
    /// The head, group by group: logits, losses, dLogits and the gradient of its input, a barrier, its weight gradient.
    /// The last group's weight gradient ends without one: nothing in the backward pass reads it.
    /// </summary>
    private void HeadForwardBackward(int worker)
    {
        var head = Window.Head;
        for (int group = 0; group < head.GroupCount; group++)
        {
            if (group > 0)
                _team.SignalAndWait();
            if (_headFollowsScan)
                FollowScan();
            else
                HeadBlocks(group, _team.ShareOf(head.BlockCount(group), worker));
            _team.SignalAndWait();
            bool isLast = group == head.GroupCount - 1;
            head.WeightGradients(group, HeadGradientShare(worker, isLast), _workspace.Scratch(worker), Gradients);
        }
    }

    private void HeadBlocks(int group, (int Start, int End) blocks) =>
        Window.Head.ForwardBackward(group, blocks, _lossScale, _workspace.Transposed.Head, Window.DHeadInput);

    /// <summary>
    /// Takes the head's blocks one after another, each as soon as the scan has left it. Which worker takes which does
    /// not show in the result.
    /// </summary>
    private void FollowScan()
    {
        var head = Window.Head;
        for (
            int index = Interlocked.Increment(ref _blocksTaken) - 1;
            index < head.BlockCount(0);
            index = Interlocked.Increment(ref _blocksTaken) - 1
        )
        {
            var block = head.Block(0, index);
            int streams = Window.Tiles.StreamCount(block.Tile);
            _progress.WaitFor(block.Tile, (block.Start + block.Count + streams - 1) / streams);
            HeadBlocks(group: 0, (index, index + 1));
        }
    }

    /// <summary>
    /// Panels of the head's weight gradient that a worker computes: the last group's are left to the workers without a
    /// tile in the backward pass, if any.
    /// </summary>
    private PanelRange HeadGradientShare(int worker, bool isLast)
    {
        int panels = Window.Head.SymbolPanels,
            idle = Window.Scan.IdleWorkers;
        if (!isLast || idle == 0)
            return _team.ShareOf(panels, worker);
        if (!Window.Scan.ShareOf(worker).IsIdle)
            return (0, 0);
        return WorkerTeam.ShareOf(panels, Window.Scan.IdleRank(worker), idle);
    }
}
