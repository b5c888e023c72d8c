using CharRnn.Engine;
using CharRnn.Explaining;

namespace CharRnn.Networks;

/// <summary>
/// The forward half of a network over (T, B) windows: its buffers, the carried states, and the phases that a team of
/// workers goes through. Training adds the way back; sampling is a window of one step.
/// </summary>
internal sealed class Window : IDisposable
{
    private readonly RecurrentLayer[] _layers;

    /// <summary>Makes room for windows of T steps of B streams.</summary>
    public Window(ParameterLayout layout, Arena weights, int steps, int streams)
    {
        Layout = layout;
        Tiles = new StreamTiles(steps, streams, layout.Spec.HiddenSize);
        Table = InputProjection.OfSymbols(layout, weights, Tiles.Rows);
        Labels = InputProjection.OfLabels(layout, weights, Tiles.Rows);
        var spec = layout.Spec;
        if (spec.ResetId is { } resetId)
            Resets = new StateResets(
                Tiles,
                resetId,
                spec.ConditionOnFirstSymbol,
                layout.HiddenWidth,
                spec.CellKind.HasCellState
            );
        _layers =
        [
            .. Enumerable
                .Range(0, spec.NumLayers)
                .Select(layer => new RecurrentLayer(layout, weights, layer, Tiles, Resets)),
        ];
        Head = new SoftmaxHead(layout, weights, Tiles);
    }

    /// <summary>The network's parameters.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The rows.</summary>
    public StreamTiles Tiles { get; }

    /// <summary>The first layer's input products.</summary>
    public InputProjection Table { get; }

    /// <summary>What labels add to those; null for a network without labels.</summary>
    public InputProjection? Labels { get; }

    /// <summary>Where the state begins anew, to be marked for each window; null when no symbol resets it.</summary>
    public StateResets? Resets { get; }

    /// <summary>The recurrent layers, bottom first.</summary>
    public IReadOnlyList<RecurrentLayer> Layers => _layers;

    /// <summary>The last layer.</summary>
    public RecurrentLayer Top => _layers[^1];

    /// <summary>The output layer.</summary>
    public SoftmaxHead Head { get; }

    /// <summary>The layer below a layer; null for the first.</summary>
    public RecurrentLayer? Below(int layer) => layer > 0 ? _layers[layer - 1] : null;

    /// <summary>A worker's share of the scan, through all layers and steps.</summary>
    /// <param name="share">The share.</param>
    /// <param name="carryState">Whether to go on from where the last window ended, or from zero.</param>
    /// <param name="masks">The dropout masks, one a layer; empty outside training.</param>
    /// <param name="table">The first layer's input products, labels and all; the window's own by default.</param>
    /// <param name="progress">Told of the last layer's steps, for those who follow them.</param>
    public void Forward(
        in ScanShare share,
        bool carryState,
        ReadOnlySpan<LayerMasks> masks,
        InputProjection? table = null,
        ScanProgress? progress = null
    )
    {
        for (int tile = share.FirstTile; tile < share.EndTile; tile++)
        {
            foreach (var layer in _layers)
                layer.Begin(tile, share.Units, carryState);
            var products = table is null ? new FirstProducts(Table, Labels) : new FirstProducts(table, Labels: null);
            share.SignalAndWait();
            for (int layer = 0; layer < _layers.Length; layer++)
            {
                bool isTop = layer == _layers.Length - 1;
                _layers[layer]
                    .Forward(
                        tile,
                        share,
                        layer == 0 ? products : null,
                        Below(layer),
                        masks.IsEmpty ? default : masks[layer],
                        isTop ? progress : null
                    );
            }
        }
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
        foreach (var layer in _layers)
            layer.Dispose();
        Table.Dispose();
        Labels?.Dispose();
        Resets?.Dispose();
        Head.Dispose();
    }

    private void Exchange(NetworkState state, int step, bool load)
    {
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            for (int tile = 0; tile < Tiles.Count; tile++)
            {
                int first = Tiles.StreamStart(tile);
                Exchange(_layers[layer].HiddenOf(tile, step), state.Hidden(layer), first, load);
                var cell = _layers[layer].CellStateOf(tile, step);
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
