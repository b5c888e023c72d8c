using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// Loss and gradients of one batch of labelled records: forward through all layers in both directions, pooling, the
/// head, and all the way back. Sums over rows run in a fixed order, so the result does not depend on the number of
/// workers.
/// </summary>
internal sealed class ClassifierBackpropagation : ITeamWork, IDisposable
{
    private readonly ClassifierLayout _layout;
    private readonly WorkerTeam _team;
    private readonly RecordWindows _windows;
    private readonly NetworkTransposedWeights _transposes;
    private readonly BatchTargets _targets = new();
    private readonly Matrix _dEmbedding,
        _dQuery;
    private readonly PackingScratch[] _scratch;
    private readonly Dropout[] _masks;
    private RecordWindow? _window;
    private Dropout _outputMask;

    /// <summary>Makes room for gradients; that for batches is made as their shapes come.</summary>
    public ClassifierBackpropagation(ClassifierLayout layout, Arena weights, WorkerTeam team)
    {
        (_layout, _team) = (layout, team);
        var spec = layout.Spec;
        _windows = new RecordWindows(layout, weights, isTrained: true);
        _transposes = new NetworkTransposedWeights(layout, weights, layout.Head(weights), spec.LabelCount);
        Gradients = new Arena(layout.Arena);
        (_dEmbedding, _dQuery) = (layout.Embedding(Gradients), layout.Attention(Gradients));
        int widestInput = Math.Max(layout.JoinedWidth, Padding.RoundUp(spec.EmbeddingSize));
        int widestGradient = Math.Max(spec.CellKind.Gates * layout.HiddenWidth, Padding.RoundUp(spec.LabelCount));
        _scratch =
        [
            .. Enumerable
                .Range(0, team.Count)
                .Select(_ => new PackingScratch(widestInput, layout.JoinedWidth, widestGradient)),
        ];
        _masks = new Dropout[spec.NumLayers];
    }

    /// <summary>The gradients of the last batch.</summary>
    public Arena Gradients { get; }

    /// <summary>The last batch's loss: Σ weight · cross-entropy / Σ weight.</summary>
    public double Loss() => _targets.Mean(_window!.Head.Losses);

    /// <summary>Sets what the phases will work on. Called by one thread, before <see cref="Execute"/>.</summary>
    /// <param name="batch">The records.</param>
    /// <param name="labelSmoothing">The share of each target that is spread evenly over all labels.</param>
    /// <param name="dropoutSeed">The run's seed.</param>
    /// <param name="step">The training step, which the dropout masks are drawn for.</param>
    public void Prepare(in LabeledBatch batch, double labelSmoothing, ulong dropoutSeed, long step)
    {
        var spec = _layout.Spec;
        int layers = spec.NumLayers;
        for (int layer = 0; layer < layers; layer++)
            _masks[layer] = new Dropout(spec.DropoutAfter(layer), dropoutSeed, step, layer);
        _outputMask = new Dropout(spec.OutputDropout, dropoutSeed, step, layers);
        _window = _windows.Take(batch, silence: new Dropout(spec.EmbeddingDropout, dropoutSeed, step, layers + 1));
        _windows.IndexTables(_window);
        _targets.Set(batch, labelSmoothing);
    }

    /// <summary>
    /// One worker's part of all the phases. Every worker of the team calls it; the gradients are whole when all have
    /// met after it.
    /// </summary>
    public void Execute(int worker)
    {
        var (window, tables, scratch) = (_window!, _windows.Tables, _scratch[worker]);
        var (head, pooling) = (window.Head, window.Pooling);
        var gatePanels = _team.ShareOf(window.GatePanels, worker);
        foreach (var table in tables)
            table.Build(gatePanels.Start, gatePanels.End);
        ClearEmbeddingGradients(worker);
        _team.SignalAndWait();

        window.Forward(worker, _team, tables, _masks);
        head.ForwardBackward(_team.ShareOf(window.Tiles.Streams, worker), _targets, _outputMask, _transposes.Head);
        _team.SignalAndWait();
        head.WeightGradients(_team.ShareOf(head.LabelPanels, worker), scratch, Gradients);
        window.Backward(worker, _team, _transposes, _masks);

        for (int layer = window.LayerCount - 1; layer >= 0; layer--)
            window.Layer(layer).WeightGradients(gatePanels, window.InputOf(layer), scratch, Gradients);
        for (int direction = 0; direction < tables.Length; direction++)
            tables[direction]
                .BackwardColumns(window.Layer(direction).DGates, gatePanels.Start, gatePanels.End, scratch, Gradients);
        LayerBias.ShareGradients(_layout, Gradients, gatePanels);
        var queryPanels = _team.ShareOf(_layout.JoinedWidth / Padding.Unit, worker);
        pooling.QueryGradient((queryPanels.Start * Padding.Unit, queryPanels.End * Padding.Unit), _dQuery);
        _team.SignalAndWait();

        if (_dEmbedding.IsEmpty)
            return;
        // Both directions read the same symbols.
        var symbols = _team.ShareOf(tables[0].KnownCount, worker);
        for (int direction = 0; direction < tables.Length; direction++)
            tables[direction].BackwardEmbeddings(symbols, _transposes[direction].Input!, _dEmbedding);
    }

    /// <summary>One worker's part of turning the new weights around, after they changed.</summary>
    public void RefreshTransposedWeights(int worker) => _transposes.Refresh(worker, _team);

    /// <inheritdoc/>
    public void Dispose()
    {
        _windows.Dispose();
        _transposes.Dispose();
        Gradients.Dispose();
        foreach (var scratch in _scratch)
            scratch.Dispose();
    }

    private void ClearEmbeddingGradients(int worker)
    {
        if (_dEmbedding.IsEmpty)
            return;
        var rows = _team.ShareOf(_dEmbedding.Rows, worker);
        _dEmbedding.RowRange(rows.Start, rows.End - rows.Start).Clear();
    }
}
