using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>Gradient pass of a classifier: loss and gradients of one batch of labeled records.</summary>
internal sealed class ClassifierPass : IGradientPass, IDisposable
{
    // Records, and panels of labels, that are taken together: rows enough for a product's tiles.
    private const int RecordGrain = 12,
        LabelGrain = 4;

    private readonly ClassifierLayout _layout;
    private readonly WorkerTeam _team;
    private readonly RecordWindows _windows;
    private readonly GradientWorkspace _workspace;
    private readonly BatchTargets _targets = new();
    private RecordWindow? _window;

    /// <summary>Makes the pass; windows are made as the shapes of batches come.</summary>
    public ClassifierPass(ClassifierLayout layout, Arena weights, WorkerTeam team)
    {
        (_layout, Weights, _team) = (layout, weights, team);
        var spec = layout.Spec;
        _windows = new RecordWindows(layout, weights, team, isTrained: true);
        _workspace = new GradientWorkspace(
            layout,
            new NetworkTransposedWeights(layout, weights, layout.Head(weights), spec.LabelCount),
            new PackingWidths(
                Input: Math.Max(layout.JoinedWidth, Padding.RoundUp(spec.EmbeddingSize)),
                Hidden: layout.JoinedWidth,
                Gradient: Math.Max(spec.CellKind.Gates * layout.HiddenWidth, Padding.RoundUp(spec.LabelCount))
            ),
            team
        );
    }

    /// <inheritdoc/>
    public RecurrentLayout Layout => _layout;

    /// <inheritdoc/>
    public Arena Weights { get; }

    /// <inheritdoc/>
    public Arena Gradients => _workspace.Gradients;

    /// <summary>Σ weight · cross-entropy / Σ weight of the last batch.</summary>
    public double MeanLoss() => _targets.Mean(_window!.Head.Losses);

    /// <inheritdoc/>
    public double? SaturatedShare() => null;

    /// <summary>Sets the batch of the next <see cref="Execute"/>. Called by one thread.</summary>
    /// <param name="batch">The records, with labels and weights.</param>
    /// <param name="labelSmoothing">Share of each target that is spread evenly over all labels; 0 for none.</param>
    /// <param name="dropoutSeed">The run's seed.</param>
    /// <param name="step">The training step, from 1, which the dropout masks are drawn for.</param>
    public void Prepare(in LabeledBatch batch, double labelSmoothing, ulong dropoutSeed, long step)
    {
        _window = _windows.Take(batch, _windows.SymbolDropout(dropoutSeed, step));
        _window.SetDropout(dropoutSeed, step);
        _targets.Set(batch, labelSmoothing);
    }

    /// <inheritdoc/>
    public void Execute(int worker)
    {
        var (window, tables, head) = (_window!, _windows.Tables, _window!.Head);
        window.Forward(worker, tables);
        _team.SignalAndWait();
        while (_team.TryTake(worker, window.Tiles.Streams, RecordGrain, out var records))
            head.ForwardBackward(records, _targets, _workspace.Transposed.Head);
        _team.SignalAndWait();
        while (_team.TryTake(worker, head.LabelPanels, LabelGrain, out var labels))
            head.WeightGradients(labels, _workspace.Scratch(worker), Gradients);
        _team.SignalAndWait();
        window.Backward(worker, tables, _workspace);
    }

    /// <inheritdoc/>
    public void RefreshTransposedWeights(int worker) => _workspace.RefreshTransposedWeights(worker);

    /// <inheritdoc/>
    public void Dispose()
    {
        _windows.Dispose();
        _workspace.Dispose();
    }
}
