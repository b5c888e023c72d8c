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
    private readonly StateResets? _resets;

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
        Tiles = new StreamTiles(steps, streams, spec.HiddenSize);
        Scan = new ScanPlan(layout, Tiles, team.Count);
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
        if (isTrained)
            _gradients = new ActivationGradients(layout, Tiles, _pool);
    }

    /// <summary>The network's parameters.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The rows.</summary>
    public StreamTiles Tiles { get; }

    /// <summary>Each worker's share of the scan.</summary>
    public ScanPlan Scan { get; }

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
        var input = FirstInput;
        if (input.NeedsBuild)
        {
            input.Build(_team.ShareOf(GatePanels, worker));
            _team.SignalAndWait();
        }

        var share = Scan.ShareOf(worker);
        for (int tile = share.FirstTile; tile < share.EndTile; tile++)
        {
            foreach (var layer in _layers)
                layer.Begin(tile, share.Units, carryState);
            share.SignalAndWait();
            for (int layer = 0; layer < _layers.Length; layer++)
            {
                if (layer == 0)
                    _layers[0].Forward(tile, share, input, _connectors[0]);
                else
                    _layers[layer].Forward(tile, share, _connectors[layer - 1], _connectors[layer]);
                _connectors[layer].Forward(tile, share);
            }
        }
    }

    /// <summary>
    /// A worker's part of the backward pass, from the gradient of the head's input (<see cref="DHeadInput"/>) to those
    /// of all weights below the head; with barriers between the layers, the weights and the embeddings. The gradients
    /// are whole after the next barrier.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="workspace">Holds the transposed weights; receives the gradients.</param>
    public void Backward(int worker, GradientWorkspace workspace)
    {
        var (transposed, scratch, gradients) = (workspace.Transposed, workspace.Scratch(worker), workspace.Gradients);
        var share = Scan.ShareOf(worker);
        for (int tile = share.FirstTile; tile < share.EndTile; tile++)
        {
            for (int layer = _layers.Length - 1; layer >= 0; layer--)
            {
                var dHidden = _connectors[layer].Backward(tile, share, transposed[layer], _gradients!);
                _layers[layer].Backward(tile, share, transposed[layer].Recurrent, dHidden);
                if (layer > 0)
                    _connectors[layer].BackwardInput(tile, share, transposed[layer].Input!, _gradients!);
            }
        }
        _team.SignalAndWait();

        PanelRange gatePanels = _team.ShareOf(GatePanels, worker),
            projectionPanels = _team.ShareOf(_connectors[0].ProjectionPanels, worker);
        for (int layer = _layers.Length - 1; layer >= 0; layer--)
        {
            _layers[layer].WeightGradients(gatePanels, InputOf(layer), scratch, gradients);
            _connectors[layer].WeightGradients(projectionPanels, _gradients!, scratch, gradients);
        }
        Symbols.BackwardColumns(_layers[0].DGates, gatePanels, scratch, gradients);
        _labels?.BackwardColumns(_layers[0].DGates, gatePanels, scratch, gradients);
        LayerBias.ShareGradients(Layout, gradients, gatePanels);
        Symbols.ClearEmbeddingGradients(worker, _team, gradients);
        _labels?.ClearEmbeddingGradients(worker, _team, gradients);
        _team.SignalAndWait();

        Symbols.BackwardEmbeddings(_team.ShareOf(Symbols.KnownCount, worker), transposed[0].Input, gradients);
        _labels?.BackwardEmbeddings(_team.ShareOf(_labels.KnownCount, worker), transposed[0].Labels, gradients);
    }

    /// <summary>A worker's saturated gates, counted between the forward and the backward pass.</summary>
    public long CountSaturated(int worker)
    {
        var share = Scan.ShareOf(worker);
        long count = 0;
        for (int tile = share.FirstTile; tile < share.EndTile; tile++)
        {
            foreach (var layer in _layers)
                count += layer.CountSaturated(tile, share.Units);
        }
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
    public void CopyStateTo(NetworkState state) => Exchange(state, Tiles.Steps, load: false);

    /// <summary>Makes the next window, when it carries its state, begin here.</summary>
    public void SetState(NetworkState state)
    {
        state.Require(Layout.Spec, Tiles.Streams);
        Exchange(state, Tiles.Steps, load: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Symbols.Dispose();
        _labels?.Dispose();
        _pool.Dispose();
    }

    private LayerConnector? InputOf(int layer) => layer > 0 ? _connectors[layer - 1] : null;

    private void Exchange(NetworkState state, int step, bool load)
    {
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            for (int tile = 0; tile < Tiles.Count; tile++)
            {
                int first = Tiles.StreamStart(tile);
                Exchange(_layers[layer].HiddenBefore(tile, step), state.Hidden(layer), first, load);
                var cell = _layers[layer].CellStateBefore(tile, step);
                if (!cell.IsEmpty)
                    Exchange(cell, state.Cell(layer), first, load);
            }
        }
    }

    private void Exchange(Matrix rows, Span<float> outside, int firstStream, bool load)
    {
        int hidden = Layout.Spec.HiddenSize;
        for (int i = 0; i < rows.Rows; i++)
        {
            var inside = rows.Row(i)[..hidden];
            var stream = outside.Slice((firstStream + i) * hidden, hidden);
            if (load)
                stream.CopyTo(inside);
            else
                inside.CopyTo(stream);
        }
    }
}
