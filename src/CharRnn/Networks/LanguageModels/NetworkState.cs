using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// State that a network carries from one window to the next: the hidden state, and where the cell has one the cell
/// state, of each layer and stream.
/// </summary>
internal sealed class NetworkState
{
    private readonly float[][] _hidden,
        _cell;

    /// <summary>A state of zeros for B streams.</summary>
    public NetworkState(ModelSpec spec, int streams)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        Streams = streams;
        int size = checked(streams * spec.HiddenSize);
        _hidden = [.. Enumerable.Range(0, spec.NumLayers).Select(_ => new float[size])];
        _cell = spec.CellKind.HasCellState ? [.. _hidden.Select(_ => new float[size])] : [];
    }

    /// <summary>B.</summary>
    public int Streams { get; }

    /// <summary>Number of layers.</summary>
    public int Layers => _hidden.Length;

    /// <summary>Whether there are cell states.</summary>
    public bool HasCell => _cell.Length > 0;

    /// <summary>h of a layer, (B, H).</summary>
    public Span<float> Hidden(int layer) => _hidden[layer];

    /// <summary>c of a layer, (B, H).</summary>
    public Span<float> Cell(int layer) => _cell[layer];

    /// <summary>The state of one stream alone.</summary>
    /// <param name="stream">Number of the stream.</param>
    /// <param name="spec">The network.</param>
    internal NetworkState OfStream(int stream, ModelSpec spec)
    {
        var alone = new NetworkState(spec, streams: 1);
        alone.Gather(this, [stream]);
        return alone;
    }

    /// <summary>Copies the state of a stream into that of another, in a state of the same network.</summary>
    /// <param name="stream">The stream to copy.</param>
    /// <param name="destination">A state for the same network, of any number of streams.</param>
    /// <param name="destinationStream">Its stream that is replaced.</param>
    internal void CopyStream(int stream, NetworkState destination, int destinationStream)
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            CopyRow(_hidden[layer], stream, destination._hidden[layer], destinationStream);
            if (HasCell)
                CopyRow(_cell[layer], stream, destination._cell[layer], destinationStream);
        }

        void CopyRow(float[] from, int row, float[] to, int destinationRow)
        {
            int hidden = from.Length / Streams;
            from.AsSpan(row * hidden, hidden).CopyTo(to.AsSpan(destinationRow * hidden));
        }
    }

    /// <summary>Sets the state of some streams to zeros.</summary>
    internal void Clear(ReadOnlySpan<int> streams)
    {
        foreach (float[] layer in (float[][])[.. _hidden, .. _cell])
        {
            int hidden = layer.Length / Streams;
            foreach (int stream in streams)
                layer.AsSpan(stream * hidden, hidden).Clear();
        }
    }

    /// <summary>
    /// Makes this state, stream by stream, that of the given streams of another of the same shape: stream i gets stream
    /// <paramref name="sources"/>[i].
    /// </summary>
    internal void Gather(NetworkState from, ReadOnlySpan<int> sources)
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            Gather(from._hidden[layer], _hidden[layer], sources);
            if (HasCell)
                Gather(from._cell[layer], _cell[layer], sources);
        }
    }

    /// <summary>Refuses a state made for another network or another number of streams.</summary>
    internal void Require(ModelSpec spec, int streams)
    {
        bool fits =
            Streams == streams
            && Layers == spec.NumLayers
            && HasCell == spec.CellKind.HasCellState
            && _hidden[0].Length == streams * spec.HiddenSize;
        if (!fits)
        {
            throw new ArgumentException(
                $"the state has {Layers} layers of {_hidden[0].Length} numbers for {Streams} streams; "
                    + $"L={spec.NumLayers}, (B={streams}, H={spec.HiddenSize}) is needed."
            );
        }
    }

    private void Gather(float[] from, float[] to, ReadOnlySpan<int> sources)
    {
        int hidden = to.Length / Streams;
        for (int stream = 0; stream < Streams; stream++)
            from.AsSpan(sources[stream] * hidden, hidden).CopyTo(to.AsSpan(stream * hidden));
    }

    /// <summary>Copies these states into a window's layers, as those after its last step, or these from those.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="load">Whether into the layers.</param>
    internal void Exchange(IReadOnlyList<RecurrentLayer> layers, StreamTiles tiles, bool load)
    {
        for (int layer = 0; layer < layers.Count; layer++)
        {
            for (int tile = 0; tile < tiles.Count; tile++)
            {
                int first = tiles.StreamStart(tile);
                Exchange(layers[layer].HiddenBefore(tile, tiles.Steps), Hidden(layer), first, load);
                var cell = layers[layer].CellStateBefore(tile, tiles.Steps);
                if (!cell.IsEmpty)
                    Exchange(cell, Cell(layer), first, load);
            }
        }
    }

    private void Exchange(Matrix rows, Span<float> outside, int firstStream, bool load)
    {
        int hidden = outside.Length / Streams;
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
