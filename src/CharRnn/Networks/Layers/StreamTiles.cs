using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// B streams cut into tiles that are computed independently, each through all T steps. The cut depends on B alone,
/// never on the number of threads. Buffers hold their rows as (tile, t, stream in tile), so that a tile's rows
/// are neighbors and a whole window of a tile is one matrix.
/// </summary>
internal sealed class StreamTiles
{
    // About what keeps a tile's products busy (rows enough to reuse each weight) while leaving tiles enough to hand out.
    private const int PreferredRows = 8;

    private readonly int[] _starts;

    /// <summary>Cuts B streams of T steps.</summary>
    public StreamTiles(int steps, int streams)
    {
        (Steps, Streams) = (steps, streams);
        int count = 1;
        while (streams >= 2 * count * PreferredRows)
            count *= 2;
        _starts = [.. Enumerable.Range(0, count + 1).Select(tile => (int)((long)tile * streams / count))];
    }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>All steps.</summary>
    public StepRange AllSteps => new(0, Steps);

    /// <summary>B.</summary>
    public int Streams { get; }

    /// <summary>T·B.</summary>
    public int Rows => Steps * Streams;

    /// <summary>Number of tiles.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The streams of the largest tile.</summary>
    public int MaxStreams => (Streams + Count - 1) / Count;

    /// <summary>A tile's first stream.</summary>
    public int StreamStart(int tile) => _starts[tile];

    /// <summary>Number of a tile's streams.</summary>
    public int StreamCount(int tile) => _starts[tile + 1] - _starts[tile];

    /// <summary>A tile's first row among T·B.</summary>
    public int RowStart(int tile) => Steps * _starts[tile];

    /// <summary>T · (streams of the tile).</summary>
    public int RowCount(int tile) => Steps * StreamCount(tile);

    /// <summary>A tile's rows of a (T·B, …) buffer.</summary>
    public Matrix RowsOf(Matrix buffer, int tile) => buffer.RowRange(RowStart(tile), RowCount(tile));

    /// <summary>One step of a tile's rows of a (T·B, …) buffer.</summary>
    public Matrix StepOf(Matrix buffer, int tile, int step) =>
        buffer.RowRange(RowStart(tile) + step * StreamCount(tile), StreamCount(tile));

    /// <summary>The rows of some steps, of a tile's rows over the window.</summary>
    public Matrix StepsOf(Matrix tileRows, int tile, StepRange steps) =>
        tileRows.RowRange(steps.Start * StreamCount(tile), (steps.End - steps.Start) * StreamCount(tile));

    /// <summary>
    /// A tile's state before step <paramref name="step"/> (0 … T, T being the state after the window) in a ((T + 1)·B,
    /// …) buffer.
    /// </summary>
    public Matrix StateOf(Matrix buffer, int tile, int step) =>
        buffer.RowRange((Steps + 1) * _starts[tile] + step * StreamCount(tile), StreamCount(tile));

    /// <summary>
    /// A tile's states of <paramref name="count"/> steps from <paramref name="step"/> on, in a ((T + 1)·B, …) buffer.
    /// </summary>
    public Matrix StatesOf(Matrix buffer, int tile, int step, int count) =>
        buffer.RowRange((Steps + 1) * _starts[tile] + step * StreamCount(tile), count * StreamCount(tile));

    /// <summary>Puts the numbers of a window into the order of the rows.</summary>
    /// <param name="window">(T, B), index t·B + b.</param>
    /// <param name="rows">(T·B).</param>
    public void Arrange(ReadOnlySpan<int> window, Span<int> rows)
    {
        if (Count == 1)
        {
            window.CopyTo(rows);
            return;
        }
        int row = 0;
        for (int tile = 0; tile < Count; tile++)
        {
            for (int step = 0; step < Steps; step++, row += StreamCount(tile))
                window.Slice(step * Streams + StreamStart(tile), StreamCount(tile)).CopyTo(rows[row..]);
        }
    }

    /// <summary>A stream's tile.</summary>
    public int TileOf(int stream)
    {
        int tile = Array.BinarySearch(_starts, stream);
        return tile < 0 ? ~tile - 1 : tile;
    }

    /// <summary>Row of (t, b), which is t·B + b in a (T, B) window.</summary>
    public int RowOf(int step, int stream)
    {
        int tile = TileOf(stream);
        return RowStart(tile) + step * StreamCount(tile) + stream - _starts[tile];
    }
}

/// <summary>Steps [<paramref name="Start"/>, <paramref name="End"/>) of a window.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The end.</param>
internal readonly record struct StepRange(int Start, int End);
