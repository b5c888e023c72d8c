using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// Gradient pass of a language model: loss and gradients of one (T, B) window, by backpropagation through time
/// truncated at the window's start.
/// </summary>
internal sealed class LanguageModelPass : IGradientPass, IDisposable
{
    // Panels of the head's weight gradient that are taken together.
    private const int SymbolGrain = 3;

    private readonly WorkerTeam _team;
    private readonly GradientWorkspace _workspace;
    private readonly ScanProgress _progress;

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
        if (HeadFollowsScan)
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

    /// <summary>Whether the workers without a tile take the head's blocks as the scan leaves them.</summary>
    private bool HeadFollowsScan => Window.Scan.HasIdleWorkers && Window.Head.GroupCount == 1;

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
        Array.Clear(_saturated);
    }

    /// <inheritdoc/>
    public void Execute(int worker)
    {
        Window.Forward(worker, _carryState);
        if (!HeadFollowsScan)
            _team.SignalAndWait();
        HeadForwardBackward(worker);
        if (MeasuresSaturation && _gateValues > 0)
            _saturated[worker] = Window.CountSaturated(worker);
        Window.BackwardScan(worker, _workspace.Transposed, waits: false);
        // Nothing in the backward scan reads them: they are for workers that find no tile free.
        HeadWeightGradients(Window.Head.GroupCount - 1, worker);
        Window.BackwardScan(worker, _workspace.Transposed);
        _team.SignalAndWait();
        Window.WeightGradients(worker, _workspace);
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
    /// The head, group by group: logits, losses, dLogits and the gradient of its input, a barrier, and its weight
    /// gradient but for that of the last group.
    /// </summary>
    private void HeadForwardBackward(int worker)
    {
        var head = Window.Head;
        for (int group = 0; group < head.GroupCount; group++)
        {
            if (HeadFollowsScan)
                FollowScan();
            else
                while (_team.TryTake(worker, head.BlockCount(group), grain: 1, out var blocks))
                    HeadBlocks(group, blocks);
            _team.SignalAndWait();
            if (group == head.GroupCount - 1)
                return;
            HeadWeightGradients(group, worker);
            _team.SignalAndWait();
        }
    }

    private void HeadBlocks(int group, (int Start, int End) blocks) =>
        Window.Head.ForwardBackward(group, blocks, _lossScale, _workspace.Transposed.Head, Window.DHeadInput);

    private void HeadWeightGradients(int group, int worker)
    {
        while (_team.TryTake(worker, Window.Head.SymbolPanels, SymbolGrain, out var panels))
            Window.Head.WeightGradients(group, panels, _workspace.Scratch(worker), Gradients);
    }

    /// <summary>
    /// Takes the head's blocks one after another, each as soon as the scan has left it.
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
}
