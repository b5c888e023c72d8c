using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// A classifier over batches of one shape (T, B): its layers in all directions, how they are joined, pooled, and told
/// labels from. A worker takes tiles of one direction through all steps; where a tile's directions are joined, all have
/// met before.
/// </summary>
internal sealed class RecordWindow : IDisposable
{
    private readonly RecurrentLayer[] _layers;
    private readonly BidirectionalConcat[] _joins;
    private readonly ScanShare[] _shares;
    private readonly int _directions;
    private readonly JoinedGradients? _gradients;

    /// <summary>Makes room for batches of a shape.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="tiles">The rows of such batches.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="isTrained">Whether there is a way back.</param>
    /// <param name="room">Where the buffers are.</param>
    public RecordWindow(
        ClassifierLayout layout,
        Arena weights,
        StreamTiles tiles,
        BidirectionalInputs rows,
        bool isTrained,
        MatrixPool room
    )
    {
        (Tiles, _directions) = (tiles, layout.Directions);
        _layers =
        [
            .. Enumerable
                .Range(0, layout.LayerCount)
                .Select(layer => new RecurrentLayer(layout, weights, layer, tiles, room)),
        ];
        _joins =
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
                            room
                        )
                ),
        ];
        Pooling = new RecordPooling(layout, weights, _joins[^1], tiles, rows, room);
        Head = new LabelHead(layout, weights, Pooling.Pooled, room);
        if (isTrained)
            _gradients = new JoinedGradients(layout, tiles, room);
        // Nobody shares a tile: with two directions there are twice as many to share out.
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

    /// <summary>What records are pooled to.</summary>
    public RecordPooling Pooling { get; }

    /// <summary>What labels are told from.</summary>
    public LabelHead Head { get; }

    /// <summary>Panels of gate outputs, in which the work on tables and weight gradients is shared out.</summary>
    public int GatePanels => _layers[0].GatePanels;

    /// <summary>How many numbered layers there are.</summary>
    public int LayerCount => _layers.Length;

    /// <summary>A numbered layer.</summary>
    public RecurrentLayer Layer(int number) => _layers[number];

    /// <summary>What a numbered layer takes in; null for those that read symbols.</summary>
    public ILayerInput? InputOf(int number)
    {
        var (layer, direction) = Math.DivRem(number, _directions);
        return layer == 0 ? null : _joins[layer - 1].Inputs[direction];
    }

    /// <summary>
    /// A worker's part of the way from the tables to the pooled records. The team meets before each join, and at the
    /// end.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="team">The team.</param>
    /// <param name="tables">The first layer's input products, one a direction.</param>
    /// <param name="masks">What is silenced between layers; empty outside training.</param>
    public void Forward(int worker, WorkerTeam team, InputProjection[] tables, ReadOnlySpan<Dropout> masks)
    {
        var tiles = team.ShareOf(Tiles.Count, worker);
        var scans = team.ShareOf(Tiles.Count * _directions, worker);
        for (int layer = 0; layer < _joins.Length; layer++)
        {
            for (int scan = scans.Start; scan < scans.End; scan++)
            {
                var (tile, direction) = Math.DivRem(scan, _directions);
                int number = layer * _directions + direction;
                _layers[number].Begin(tile, _shares[tile].Units, carryState: false);
                _layers[number]
                    .Forward(
                        tile,
                        _shares[tile],
                        layer == 0 ? new FirstProducts(tables[direction], Labels: null) : null,
                        InputOf(number),
                        masks: default,
                        progress: null
                    );
            }
            team.SignalAndWait();
            bool isTop = layer == _joins.Length - 1;
            for (int tile = tiles.Start; tile < tiles.End; tile++)
            {
                _joins[layer].Forward(tile, masks.IsEmpty ? default : masks[layer]);
                if (isTop)
                    Pooling.Forward(tile);
            }
            team.SignalAndWait();
        }
    }

    /// <summary>
    /// A worker's part of the way back, from the gradients of the pooled records to those of the gates' products. The
    /// team meets at the end.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="team">The team.</param>
    /// <param name="transposes">The weights turned around.</param>
    /// <param name="masks">The same as forward.</param>
    public void Backward(int worker, WorkerTeam team, NetworkTransposedWeights transposes, ReadOnlySpan<Dropout> masks)
    {
        var gradients = _gradients!;
        var tiles = team.ShareOf(Tiles.Count, worker);
        var scans = team.ShareOf(Tiles.Count * _directions, worker);
        for (int layer = _joins.Length - 1; layer >= 0; layer--)
        {
            bool isTop = layer == _joins.Length - 1;
            for (int tile = tiles.Start; tile < tiles.End; tile++)
            {
                if (isTop)
                    Pooling.Backward(tile, Head.DPooled, gradients.DInput(0));
                _joins[layer].Backward(tile, masks[layer], gradients);
            }
            team.SignalAndWait();
            for (int scan = scans.Start; scan < scans.End; scan++)
            {
                var (tile, direction) = Math.DivRem(scan, _directions);
                int number = layer * _directions + direction;
                _layers[number]
                    .BackwardThroughTime(
                        tile,
                        _shares[tile],
                        transposes[number].Recurrent,
                        mask: default,
                        Tiles.RowsOf(gradients.DHidden(direction), tile)
                    );
                if (layer > 0)
                    transposes[number]
                        .Input!.Multiply(
                            Tiles.RowsOf(_layers[number].DGates, tile),
                            firstInput: 0,
                            Tiles.RowsOf(gradients.DInput(direction), tile)
                        );
            }
            team.SignalAndWait();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers)
            layer.Dispose();
    }
}
