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

    // By tile.
    private readonly ScanShare[] _shares;
    private readonly int _directions;

    // Null outside training.
    private readonly BidirectionalGradients? _gradients;

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
            _gradients = new BidirectionalGradients(layout, tiles, pool);
        // No workers share a tile: with two directions there are twice as many to share out.
        var units = UnitSlice.Whole(layout.HiddenWidth);
        _shares =
        [
            .. Enumerable
                .Range(0, tiles.Count)
                .Select(tile => new ScanShare(tile, tile + 1, units, units, Subteam: null)),
        ];
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
            PanelRange gatePanels = _team.ShareOf(_layers[0].GatePanels, worker);
            foreach (var table in tables)
                table.Build(gatePanels);
            _team.SignalAndWait();
        }

        var tiles = _team.ShareOf(Tiles.Count, worker);
        var scans = _team.ShareOf(Tiles.Count * _directions, worker);
        for (int layer = 0; layer < _concats.Length; layer++)
        {
            for (int scan = scans.Start; scan < scans.End; scan++)
            {
                var (tile, direction) = Math.DivRem(scan, _directions);
                var recurrent = _layers[NumberOf(layer, direction)];
                recurrent.Begin(tile, _shares[tile].Units, carryState: false);
                if (layer == 0)
                    recurrent.Forward(tile, _shares[tile], new FirstLayerInput(tables[direction], null), null);
                else
                    recurrent.Forward(tile, _shares[tile], _concats[layer - 1].Inputs[direction], connector: null);
            }
            _team.SignalAndWait();
            bool isTop = layer == _concats.Length - 1;
            for (int tile = tiles.Start; tile < tiles.End; tile++)
            {
                _concats[layer].Forward(tile);
                if (isTop)
                    _pooling.Forward(tile);
            }
            if (!isTop)
                _team.SignalAndWait();
        }
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
        var dRows = _gradients!;
        var tiles = _team.ShareOf(Tiles.Count, worker);
        var scans = _team.ShareOf(Tiles.Count * _directions, worker);
        for (int layer = _concats.Length - 1; layer >= 0; layer--)
        {
            bool isTop = layer == _concats.Length - 1;
            for (int tile = tiles.Start; tile < tiles.End; tile++)
            {
                if (isTop)
                    _pooling.Backward(tile, Head.DPooled, dRows.DInput(0));
                _concats[layer].Backward(tile, dRows);
            }
            _team.SignalAndWait();
            for (int scan = scans.Start; scan < scans.End; scan++)
            {
                var (tile, direction) = Math.DivRem(scan, _directions);
                int number = NumberOf(layer, direction);
                var dHidden = new HiddenGradient(Tiles.RowsOf(dRows.DHidden(direction), tile), Mask: default);
                _layers[number].Backward(tile, _shares[tile], transposed[number].Recurrent, dHidden);
                if (layer > 0)
                    transposed[number]
                        .Input!.Multiply(
                            _layers[number].DGatesOf(tile),
                            firstInput: 0,
                            Tiles.RowsOf(dRows.DInput(direction), tile)
                        );
            }
            _team.SignalAndWait();
        }

        PanelRange gatePanels = _team.ShareOf(_layers[0].GatePanels, worker);
        for (int number = _layers.Length - 1; number >= 0; number--)
            _layers[number].WeightGradients(gatePanels, InputOf(number), scratch, gradients);
        for (int direction = 0; direction < _directions; direction++)
            tables[direction].BackwardColumns(_layers[direction].DGates, gatePanels, scratch, gradients);
        LayerBias.ShareGradients(_layout, gradients, gatePanels);
        _pooling.QueryGradient(_team.ShareOf(_layout.JoinedWidth / Padding.Unit, worker), _layout.Attention(gradients));
        // Both directions have one embedding.
        tables[0].ClearEmbeddingGradients(worker, _team, gradients);
        _team.SignalAndWait();

        // Both directions read the same symbols.
        var symbols = _team.ShareOf(tables[0].KnownCount, worker);
        for (int direction = 0; direction < _directions; direction++)
            tables[direction].BackwardEmbeddings(symbols, transposed[direction].Input, gradients);
    }

    private int NumberOf(int layer, int direction) => layer * _directions + direction;

    private ILayerInput? InputOf(int number)
    {
        var (layer, direction) = Math.DivRem(number, _directions);
        return layer == 0 ? null : _concats[layer - 1].Inputs[direction];
    }
}
