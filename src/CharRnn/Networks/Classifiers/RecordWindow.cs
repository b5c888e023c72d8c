using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Classifier over batches of one shape (T, B): its buffers, the forward pass and, beneath it, the backward pass.
/// <code>
/// symbols → input projection → (recurrent layers, one a direction → concatenation)* → pooling → label head
/// </code>
/// Each worker of a team takes tiles of one direction through all steps, with a barrier before a tile's directions are
/// concatenated.
/// </summary>
internal sealed class RecordWindow
{
    private readonly ClassifierLayout _layout;
    private readonly WorkerTeam _team;

    // By layer, then direction.
    private readonly RecurrentLayer[] _layers;

    // By layer.
    private readonly BidirectionalConcat[] _concats;
    private readonly RecordPooling _pooling;

    // No workers share a tile: with two directions there are twice as many to hand out.
    private readonly ScanShare _share;
    private readonly int _directions;

    // Null and empty outside training; the items for one worker, and for all.
    private readonly BidirectionalGradients? _gradients;
    private readonly GradientItem[][] _gradientItems = [];

    /// <summary>Makes a window for batches of a shape.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="tiles">The rows of such batches.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="team">The workers.</param>
    /// <param name="isTrained">Whether there is a backward pass.</param>
    /// <param name="pool">Memory of the buffers.</param>
    public RecordWindow(
        ClassifierLayout layout,
        ForwardWeights weights,
        StreamTiles tiles,
        BidirectionalInputs rows,
        WorkerTeam team,
        bool isTrained,
        MatrixPool pool
    )
    {
        (_layout, Tiles, _team, _directions) = (layout, tiles, team, layout.Directions);
        _layers =
        [
            .. Enumerable
                .Range(0, layout.LayerCount)
                .Select(layer => new RecurrentLayer(layout, weights, layer, tiles, pool)),
        ];
        _concats =
        [
            .. _layers
                .Chunk(_directions)
                .Select(
                    (directions, layer) =>
                        new BidirectionalConcat(
                            layout,
                            directions,
                            tiles,
                            rows,
                            isTop: layer == layout.Spec.NumLayers - 1,
                            pool
                        )
                ),
        ];
        _pooling = new RecordPooling(layout, weights, _concats[^1], tiles, rows, pool);
        Head = new LabelHead(layout, weights, _pooling.Pooled, pool);
        if (isTrained)
        {
            _gradients = new BidirectionalGradients(layout, tiles, pool);
            var work = GradientsOfWeights();
            _gradientItems =
            [
                .. new[] { 1, team.Count }.Distinct().Select(workers => GradientItems.Cut(work, workers)),
            ];
        }
        var units = UnitSlice.Whole(layout.HiddenWidth);
        _share = new ScanShare(units, units, Subteam: null);
    }

    /// <summary>The rows.</summary>
    public StreamTiles Tiles { get; }

    /// <summary>The output layer.</summary>
    public LabelHead Head { get; }

    /// <summary>(B, joined): the pooled records, which the head reads.</summary>
    public Matrix Pooled => _pooling.Pooled;

    /// <summary>Draws the dropout masks of a training step, for both passes. Called by one thread.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The training step.</param>
    public void SetDropout(ulong seed, long step)
    {
        var spec = _layout.Spec;
        // Masks are drawn for the layer's number; that of the pooled vectors comes after those.
        for (int layer = 0; layer < _concats.Length; layer++)
            _concats[layer].Mask = new Dropout(spec.DropoutAfter(layer), seed, step, layer);
        Head.Mask = new Dropout(spec.OutputDropout, seed, step, layer: _concats.Length);
    }

    /// <summary>
    /// A worker's part of the forward pass, from the symbols to the pooled records; with barriers between the input
    /// projection, the layers and their concatenations. The pooled records are whole after the next barrier.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="tables">The input projections, one a direction.</param>
    public void Forward(int worker, InputProjection[] tables)
    {
        if (!tables[0].HoldsAll)
        {
            int gatePanels = _layers[0].GatePanels;
            while (_team.TryTake(worker, gatePanels, Math.Max(1, gatePanels / (4 * _team.Workers)), out var panels))
            {
                foreach (var table in tables)
                    table.Build(panels);
            }
            _team.SignalAndWait();
        }

        for (int layer = 0; layer < _concats.Length; layer++)
        {
            while (_team.TryTake(worker, Tiles.Count * _directions, grain: 1, out var scans))
            {
                for (int scan = scans.Start; scan < scans.End; scan++)
                    ForwardScan(layer, scan / _directions, scan % _directions, tables);
            }
            _team.SignalAndWait();
            bool isTop = layer == _concats.Length - 1;
            while (_team.TryTake(worker, Tiles.Count, grain: 1, out var tiles))
            {
                for (int tile = tiles.Start; tile < tiles.End; tile++)
                {
                    _concats[layer].Forward(tile);
                    if (isTop)
                        _pooling.Forward(tile);
                }
            }
            if (!isTop)
                _team.SignalAndWait();
        }
    }

    private void ForwardScan(int layer, int tile, int direction, InputProjection[] tables)
    {
        var recurrent = _layers[NumberOf(layer, direction)];
        recurrent.Begin(tile, _share.Units, carryState: false);
        if (layer == 0)
            recurrent.Forward(tile, Tiles.AllSteps, _share, new FirstLayerInput(tables[direction], null), null);
        else
            recurrent.Forward(tile, Tiles.AllSteps, _share, _concats[layer - 1].Inputs[direction], connector: null);
    }

    /// <summary>
    /// A worker's part of the backward pass, from the gradients of the pooled records to those of all weights below the
    /// head; with barriers between the concatenations, the layers, the weights and the embeddings. The gradients are
    /// whole after the next barrier.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="tables">The same as forward.</param>
    /// <param name="workspace">Holds the transposed weights; receives the gradients.</param>
    public void Backward(int worker, InputProjection[] tables, GradientWorkspace workspace)
    {
        var (transposed, scratch, gradients) = (workspace.Transposed, workspace.Scratch(worker), workspace.Gradients);
        for (int layer = _concats.Length - 1; layer >= 0; layer--)
        {
            bool isTop = layer == _concats.Length - 1;
            while (_team.TryTake(worker, Tiles.Count, grain: 1, out var tiles))
            {
                for (int tile = tiles.Start; tile < tiles.End; tile++)
                {
                    if (isTop)
                        _pooling.Backward(tile, Head.DPooled, _gradients!.DInput(0));
                    _concats[layer].Backward(tile, _gradients!);
                }
            }
            _team.SignalAndWait();
            while (_team.TryTake(worker, Tiles.Count * _directions, grain: 1, out var scans))
            {
                for (int scan = scans.Start; scan < scans.End; scan++)
                    BackwardScan(layer, scan / _directions, scan % _directions, transposed);
            }
            _team.SignalAndWait();
        }

        var items = _team.Workers == 1 ? _gradientItems[0] : _gradientItems[^1];
        int joinedPanels = _layout.JoinedWidth / Padding.Unit;
        while (_team.TryTakeNext(items.Length + joinedPanels, out int taken))
        {
            if (taken < items.Length)
                GateGradients(
                    _layers.Length - 1 - items[taken].Matrix,
                    items[taken].Panels,
                    tables,
                    scratch,
                    gradients
                );
            else
                _pooling.QueryGradient((taken - items.Length, taken - items.Length + 1), _layout.Attention(gradients));
        }
        _team.SignalAndWait();

        // Both directions read the same symbols, and have one embedding.
        var second =
            _directions > 1 ? (tables[1], transposed[1].Input!) : default((InputProjection, TransposedWeights)?);
        while (_team.TryTake(worker, tables[0].EmbeddingGroups, grain: 1, out var groups))
        {
            for (int group = groups.Start; group < groups.End; group++)
                tables[0].BackwardEmbeddings(group, transposed[0].Input!, gradients, second);
        }
    }

    private void BackwardScan(int layer, int tile, int direction, NetworkTransposedWeights transposed)
    {
        int number = NumberOf(layer, direction);
        var dHidden = new HiddenGradient(Tiles.RowsOf(_gradients!.DHidden(direction), tile), Mask: default);
        _layers[number].Backward(tile, Tiles.AllSteps, _share, transposed[number].Recurrent, dHidden);
        if (layer > 0)
            transposed[number]
                .Input!.Multiply(
                    _layers[number].DGatesOf(tile),
                    firstInput: 0,
                    Tiles.RowsOf(_gradients.DInput(direction), tile)
                );
    }

    /// <summary>The gradients of some columns of a layer's weights and biases.</summary>
    private void GateGradients(
        int number,
        PanelRange panels,
        InputProjection[] tables,
        PackingScratch scratch,
        Arena gradients
    )
    {
        _layers[number].WeightGradients(panels, InputOf(number), scratch, gradients);
        if (number < _directions)
            tables[number].BackwardColumns(_layers[number].DGates, panels, scratch, gradients);
        LayerBias.ShareGradient(_layout, gradients, number, panels);
    }

    /// <summary>The layers' gates, top first.</summary>
    private GradientWork[] GradientsOfWeights() =>
        [
            .. Enumerable
                .Range(0, _layers.Length)
                .Reverse()
                .Select(number => new GradientWork(
                    _layers[number].GatePanels,
                    (long)Tiles.Rows
                        * Padding.Unit
                        * (_layout.FeedbackWidth + (InputOf(number) is null ? 0 : _layout.JoinedWidth))
                )),
        ];

    private int NumberOf(int layer, int direction) => layer * _directions + direction;

    private ILayerInput? InputOf(int number)
    {
        var (layer, direction) = Math.DivRem(number, _directions);
        return layer == 0 ? null : _concats[layer - 1].Inputs[direction];
    }
}
