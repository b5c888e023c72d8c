using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Language model over (T, B) windows: its buffers, the carried states, the forward pass and, beneath it, the backward
/// pass.
/// <code>
/// symbols → input projection → (recurrent layer → connector)* → softmax head
/// </code>
/// Each worker of a team computes its share of every phase; sums over rows run in a fixed order, so that the result
/// does not depend on the number of workers. Sampling is a window of one step.
/// </summary>
internal sealed class Window : IDisposable
{
    private readonly WorkerTeam _team;
    private readonly MatrixPool _pool = new();
    private readonly RecurrentLayer[] _layers;
    private readonly LayerConnector[] _connectors;
    private readonly InputProjection? _labels;

    // For one worker, and for all.
    private readonly ScanPlan[] _plans;
    private readonly TileQueue _forwardQueue,
        _backwardQueue;
    private readonly int _scanParts;

    // For one worker, and for all; empty outside training.
    private readonly GradientItem[][] _gradientItems = [];
    private readonly StateResets? _resets;
    private bool _isInputBuilt;

    // Null outside training.
    private readonly ActivationGradients? _gradients;

    /// <summary>Makes windows of T steps of B streams.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="steps">T.</param>
    /// <param name="streams">B.</param>
    /// <param name="team">The workers.</param>
    /// <param name="isTrained">Whether there is a backward pass.</param>
    /// <param name="minTableRows">
    /// Symbols that the input projection's table is to hold, where that is more than T·B.
    /// </param>
    public Window(
        ParameterLayout layout,
        ForwardWeights weights,
        int steps,
        int streams,
        WorkerTeam team,
        bool isTrained = false,
        int minTableRows = 0
    )
    {
        (Layout, _team) = (layout, team);
        var spec = layout.Spec;
        Tiles = new StreamTiles(steps, streams);
        _plans = [.. new[] { 1, team.Count }.Distinct().Select(workers => new ScanPlan(layout, Tiles, workers))];
        _scanParts = ScanPlan.PartsOf(spec, Tiles);
        _forwardQueue = new TileQueue(Tiles.Count, spec.NumLayers * _scanParts);
        _backwardQueue = new TileQueue(Tiles.Count, spec.NumLayers * _scanParts);
        Symbols = InputProjection.OfSymbols(layout, weights, Math.Max(Tiles.Rows, minTableRows));
        _labels = InputProjection.OfLabels(layout, weights, Tiles.Rows);
        if (spec.ResetId is { } resetId)
            _resets = new StateResets(
                Tiles,
                resetId,
                spec.ConditionOnFirstSymbol,
                layout.HiddenWidth,
                spec.CellKind.HasCellState,
                _pool
            );
        (_layers, _connectors) = (new RecurrentLayer[spec.NumLayers], new LayerConnector[spec.NumLayers]);
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer] = new RecurrentLayer(layout, weights, layer, Tiles, _pool, _resets);
            _connectors[layer] = new LayerConnector(
                layout,
                weights,
                layer,
                _layers[layer],
                InputOf(layer),
                Tiles,
                _pool
            );
        }
        Head = new SoftmaxHead(layout, weights, _connectors[^1], Tiles, _pool);
        if (!isTrained)
            return;
        _gradients = new ActivationGradients(layout, Tiles, _pool);
        var work = GradientsOfWeights();
        _gradientItems = [.. new[] { 1, team.Count }.Distinct().Select(workers => GradientItems.Cut(work, workers))];
    }

    /// <summary>The network's parameters.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The rows.</summary>
    public StreamTiles Tiles { get; }

    /// <summary>How the workers at work share the scan.</summary>
    public ScanPlan Scan => _team.Workers == 1 ? _plans[0] : _plans[^1];

    /// <summary>The input projection of the symbols.</summary>
    public InputProjection Symbols { get; }

    /// <summary>The recurrent layers, bottom first.</summary>
    public IReadOnlyList<RecurrentLayer> Layers => _layers;

    /// <summary>The output layer.</summary>
    public SoftmaxHead Head { get; }

    /// <summary>
    /// (T·B, P or H): the gradient of the head's input, for the head to write; empty outside training.
    /// </summary>
    public Matrix DHeadInput => _gradients?.DOutput ?? default;

    /// <summary>Panels of gate outputs, the unit of sharing the input projection and the weight gradients.</summary>
    private int GatePanels => _layers[0].GatePanels;

    /// <summary>
    /// The first layer's input. Where all streams have one label for good, its products are in the symbols' table.
    /// </summary>
    private FirstLayerInput FirstInput => new(Symbols, Symbols.Shift.IsEmpty ? _labels : null);

    /// <summary>What the head reads at a position, (P padded, or H padded), after a forward pass.</summary>
    public ReadOnlySpan<float> OutputOf(int step, int stream)
    {
        int row = Tiles.RowOf(step, stream);
        int tile = Tiles.TileOf(stream);
        return _connectors[^1].OutputOf(tile).Row(row - Tiles.RowStart(tile));
    }

    /// <summary>Lets the scan advance a progress with each step whose head input is there.</summary>
    public void ReportTo(ScanProgress progress) => _connectors[^1].Progress = progress;

    /// <summary>Sets what the next forward pass reads. Called by one thread.</summary>
    /// <param name="ids">(T, B), index t·B + b.</param>
    /// <param name="labels">(T, B): the label at each position; empty where there are none, or one for good.</param>
    public void SetInputs(ReadOnlySpan<int> ids, ReadOnlySpan<int> labels = default)
    {
        Symbols.Index(ids, Tiles);
        FirstInput.Labels?.Index(labels, Tiles);
        _resets?.Mark(ids);
        _isInputBuilt = !FirstInput.NeedsBuild;
        if (!_isInputBuilt && FirstInput.IsQuicklyBuilt)
        {
            FirstInput.Build(new PanelRange(0, GatePanels));
            _isInputBuilt = true;
        }
        _forwardQueue.Reset();
        _backwardQueue.Reset();
    }

    /// <summary>Draws the dropout masks of a training step, for both passes. Called by one thread.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The training step.</param>
    public void SetDropout(ulong seed, long step)
    {
        var spec = Layout.Spec;
        // Masks are drawn for the layer's number; after those come that of the head's input and that of the logits.
        int outputNumber = _layers.Length,
            logitNumber = _layers.Length + 1;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            bool isTop = layer == _layers.Length - 1;
            _connectors[layer].Masks = new ConnectorMasks(
                new Dropout(spec.DropoutAfter(layer), seed, step, layer),
                isTop ? new Dropout(spec.OutputDropout, seed, step, outputNumber) : default
            );
        }
        Head.LogitMask = new Dropout(spec.LogitDropout, seed, step, logitNumber);
    }

    /// <summary>
    /// A worker's part of the forward pass, from the symbols to the head's input; with a barrier between the input
    /// projection and the layers.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="carryState">Whether to go on from where the last window ended, or from zero.</param>
    public void Forward(int worker, bool carryState)
    {
        if (!_isInputBuilt)
        {
            while (_team.TryTake(worker, GatePanels, PanelGrain(GatePanels), out var panels))
                FirstInput.Build(panels);
            _team.SignalAndWait();
        }

        if (Scan.HasSubteams)
        {
            for (int layer = 0; Scan.MemberOf(worker) is var (tile, share) && layer < _layers.Length; layer++)
                ForwardLayer(tile, layer, Tiles.AllSteps, share, carryState);
            return;
        }
        // Workers that have no tile leave, to follow the scan with the head.
        while (_forwardQueue.TryClaim(worker, _team.Workers, !Scan.HasIdleWorkers, out int tile, out int done))
        {
            var (layer, part) = Math.DivRem(done, _scanParts);
            ForwardLayer(tile, layer, StepsOf(part), Scan.WholeTile, carryState);
            _forwardQueue.Release(tile);
        }
    }

    private void ForwardLayer(int tile, int layer, StepRange steps, ScanShare share, bool carryState)
    {
        if (steps.Start == 0)
        {
            _layers[layer].Begin(tile, share.Units, carryState);
            share.SignalAndWait();
        }
        if (layer == 0)
            _layers[0].Forward(tile, steps, share, FirstInput, _connectors[0]);
        else
            _layers[layer].Forward(tile, steps, share, _connectors[layer - 1], _connectors[layer]);
        _connectors[layer].Forward(tile, steps, share);
    }

    /// <summary>
    /// A worker's part of the backward pass through the layers, from the gradient of the head's input
    /// (<see cref="DHeadInput"/>) to those of all gates' products. They are whole after the next barrier.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="transposed">The transposed weights.</param>
    /// <param name="waits">
    /// Whether to wait for what others hold; if not, the worker is to come back after doing something else.
    /// </param>
    public void BackwardScan(int worker, NetworkTransposedWeights transposed, bool waits = true)
    {
        if (Scan.HasSubteams)
        {
            if (!waits)
                return;
            for (int done = 0; Scan.MemberOf(worker) is var (tile, share) && done < _layers.Length; done++)
                BackwardLayer(tile, _layers.Length - 1 - done, Tiles.AllSteps, share, transposed);
            return;
        }
        while (_backwardQueue.TryClaim(worker, _team.Workers, waits, out int tile, out int done))
        {
            var (above, part) = Math.DivRem(done, _scanParts);
            BackwardLayer(tile, _layers.Length - 1 - above, StepsOf(_scanParts - 1 - part), Scan.WholeTile, transposed);
            _backwardQueue.Release(tile);
        }
    }

    private void BackwardLayer(
        int tile,
        int layer,
        StepRange steps,
        ScanShare share,
        NetworkTransposedWeights transposed
    )
    {
        var dHidden = _connectors[layer].Backward(tile, steps, share, transposed[layer], _gradients!);
        _layers[layer].Backward(tile, steps, share, transposed[layer].Recurrent, dHidden);
        if (layer > 0)
            _connectors[layer].BackwardInput(tile, steps, share, transposed[layer].Input!, _gradients!);
    }

    /// <summary>
    /// A worker's part of the gradients of all weights below the head, after the backward scan: some columns of a layer
    /// at a time, with a barrier before those of the embeddings. The gradients are whole after the next barrier.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="workspace">Holds the transposed weights; receives the gradients.</param>
    public void WeightGradients(int worker, GradientWorkspace workspace)
    {
        var (scratch, gradients) = (workspace.Scratch(worker), workspace.Gradients);
        var items = _team.Workers == 1 ? _gradientItems[0] : _gradientItems[^1];
        while (_team.TryTakeNext(items.Length, out int taken))
        {
            var (matrix, panels) = items[taken];
            int layer = _layers.Length - 1 - matrix % _layers.Length;
            if (matrix < _layers.Length)
                GateGradients(layer, panels, scratch, gradients);
            else
                _connectors[layer].WeightGradients(panels, _gradients!, scratch, gradients);
        }

        int symbols = Symbols.EmbeddingGroups,
            labels = _labels?.EmbeddingGroups ?? 0;
        if (symbols + labels == 0)
            return;
        _team.SignalAndWait();
        var transposed = workspace.Transposed[0];
        while (_team.TryTake(worker, symbols + labels, grain: 1, out var taken))
        {
            for (int i = taken.Start; i < taken.End; i++)
            {
                if (i < symbols)
                    Symbols.BackwardEmbeddings(i, transposed.Input!, gradients);
                else
                    _labels!.BackwardEmbeddings(i - symbols, transposed.Labels!, gradients);
            }
        }
    }

    /// <summary>The gradients of some columns of a layer's weights and biases.</summary>
    private void GateGradients(int layer, PanelRange panels, PackingScratch scratch, Arena gradients)
    {
        _layers[layer].WeightGradients(panels, InputOf(layer), scratch, gradients);
        if (layer == 0)
        {
            Symbols.BackwardColumns(_layers[0].DGates, panels, scratch, gradients);
            _labels?.BackwardColumns(_layers[0].DGates, panels, scratch, gradients);
        }
        LayerBias.ShareGradient(Layout, gradients, layer, panels);
    }

    /// <summary>
    /// A worker's saturated gates, counted between the forward and the backward pass, with a barrier after it.
    /// </summary>
    public long CountSaturated(int worker)
    {
        long count = 0;
        while (_team.TryTake(worker, Tiles.Count, grain: 1, out var tiles))
        {
            for (int tile = tiles.Start; tile < tiles.End; tile++)
            {
                foreach (var layer in _layers)
                    count += layer.CountSaturated(tile);
            }
        }
        _team.SignalAndWait();
        return count;
    }

    /// <summary>The states after the last window.</summary>
    public NetworkState CopyState()
    {
        var state = new NetworkState(Layout.Spec, Tiles.Streams);
        CopyStateTo(state);
        return state;
    }

    /// <summary>The states after the last window, into a state for this network and B streams.</summary>
    public void CopyStateTo(NetworkState state) => state.Exchange(_layers, Tiles, load: false);

    /// <summary>Makes the next window, when it carries its state, begin here.</summary>
    public void SetState(NetworkState state)
    {
        state.Require(Layout.Spec, Tiles.Streams);
        state.Exchange(_layers, Tiles, load: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Symbols.Dispose();
        _labels?.Dispose();
        _pool.Dispose();
    }

    /// <summary>Panels of a table or of weights that are taken together: a few takings for each worker.</summary>
    private int PanelGrain(int panels) => Math.Max(1, panels / (4 * _team.Workers));

    /// <summary>The layers' gates, top first, then what the layers are projected to.</summary>
    private GradientWork[] GradientsOfWeights()
    {
        long productsOfColumn = (long)Tiles.Rows * Padding.Unit;
        var work = new List<GradientWork>();
        for (int layer = _layers.Length - 1; layer >= 0; layer--)
            work.Add(
                new GradientWork(
                    GatePanels,
                    productsOfColumn * (Layout.FeedbackWidth + (layer > 0 ? Layout.OutputWidth : 0))
                )
            );
        for (int layer = 0; layer < _layers.Length; layer++)
            work.Add(new GradientWork(_connectors[0].ProjectionPanels, productsOfColumn * Layout.HiddenWidth));
        return [.. work];
    }

    /// <summary>The steps of one of the parts that a layer's scan of a tile is taken in.</summary>
    private StepRange StepsOf(int part)
    {
        var (start, end) = WorkerTeam.ShareOf(Tiles.Steps, part, _scanParts);
        return new StepRange(start, end);
    }

    private LayerConnector? InputOf(int layer) => layer > 0 ? _connectors[layer - 1] : null;
}
