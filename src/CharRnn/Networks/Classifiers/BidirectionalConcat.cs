using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Connector of a classifier: concatenates the states of both directions of a layer, as PyTorch does, and drops some.
/// With hᶠ the forward direction's states, hᵇ the backward direction's in the order it reads, and r(t) the row where it
/// reads character t:
/// <code>
/// y[t] = mask ⊙ [hᶠ[t] ‖ hᵇ[r(t)]]
/// input of the forward direction above:   y[t]
/// input of the backward direction above:  y[r(t)]
/// </code>
/// and in the backward pass, dxᶠ and dxᵇ being the gradients of those inputs, each in its own order:
/// <code>
/// [dhᶠ[t] ‖ dhᵇ[r(t)]] = mask ⊙ (dxᶠ[t] + dxᵇ[r(t)])
/// </code>
/// With one direction hᵇ and dxᵇ are not there. Masks are drawn for (t, record), so that they depend on no tile.
/// </summary>
internal sealed class BidirectionalConcat
{
    private readonly RecurrentLayer[] _directions;
    private readonly StreamTiles _tiles;
    private readonly BidirectionalInputs _rows;
    private readonly int _width;

    // (T·B, joined): y in the order of the characters, and in that of the backward direction; the latter is empty where
    // there is none to read it.
    private readonly Matrix _joined,
        _reversed;

    /// <summary>Makes a window's concatenation.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="directions">The layer's directions, the forward one first.</param>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="rows">The rows of each direction.</param>
    /// <param name="isTop">Whether there is no layer above.</param>
    /// <param name="pool">Memory of the buffers.</param>
    public BidirectionalConcat(
        ClassifierLayout layout,
        RecurrentLayer[] directions,
        StreamTiles tiles,
        BidirectionalInputs rows,
        bool isTop,
        MatrixPool pool
    )
    {
        (_directions, _tiles, _rows, _width) = (directions, tiles, rows, layout.HiddenWidth);
        _joined = pool.Allocate(tiles.Rows, layout.JoinedWidth);
        bool isReadInReverse = directions.Length > 1 && !isTop;
        if (isReadInReverse)
            _reversed = pool.Allocate(tiles.Rows, layout.JoinedWidth);
        Inputs =
        [
            .. new[] { _joined, _reversed }.Take(directions.Length).Select(matrix => new JoinedInput(matrix, tiles)),
        ];
    }

    /// <summary>Dropout mask in the batch at hand; off outside training.</summary>
    public Dropout Mask { get; set; }

    /// <summary>The rows that each direction of the layer above takes in.</summary>
    public IReadOnlyList<ILayerInput> Inputs { get; }

    /// <summary>y over a tile's window: (T·streams, joined), in the order of the characters.</summary>
    public Matrix Joined(int tile) => _tiles.RowsOf(_joined, tile);

    /// <summary>Forward of a tile, whose states all directions have computed.</summary>
    public void Forward(int tile)
    {
        var joined = Joined(tile);
        var reversed = _rows.Reversed(tile, _tiles);
        _directions[0].HiddenOf(tile).CopyTo(joined.ColumnRange(0, _width));
        if (_directions.Length > 1)
            RowOperations.Gather(_directions[1].HiddenOf(tile), reversed, joined.ColumnRange(_width, _width));
        Drop(tile, joined);
        if (!_reversed.IsEmpty)
            RowOperations.Gather(joined, reversed, _tiles.RowsOf(_reversed, tile));
    }

    /// <summary>Backward of a tile, from the inputs of the layer above to the states.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="gradients">Holds dxᶠ and dxᵇ; takes dhᶠ and dhᵇ.</param>
    public void Backward(int tile, BidirectionalGradients gradients)
    {
        var dInput = _tiles.RowsOf(gradients.DInput(0), tile);
        var reversed = _rows.Reversed(tile, _tiles);
        if (!_reversed.IsEmpty)
            RowOperations.AddScattered(_tiles.RowsOf(gradients.DInput(1), tile), reversed, dInput);
        Drop(tile, dInput);
        if (_directions.Length > 1)
            RowOperations.Gather(
                dInput.ColumnRange(_width, _width),
                reversed,
                _tiles.RowsOf(gradients.DHidden(1), tile)
            );
    }

    private void Drop(int tile, Matrix rows)
    {
        if (!Mask.IsOn)
            return;
        int streams = _tiles.StreamCount(tile);
        for (int t = 0; t < _tiles.Steps; t++)
        {
            var step = rows.RowRange(t * streams, streams);
            Mask.Multiply(step, t * _tiles.Streams + _tiles.StreamStart(tile), firstUnit: 0, step);
        }
    }

    private sealed class JoinedInput(Matrix rows, StreamTiles tiles) : ILayerInput
    {
        public Matrix OutputOf(int tile) => tiles.RowsOf(rows, tile);
    }
}

/// <summary>Gradients of a window's rows, on their way from pooling down through the layers.</summary>
internal sealed class BidirectionalGradients
{
    private readonly Matrix[] _dInputs,
        _dHidden;

    /// <summary>Makes a window's buffers.</summary>
    public BidirectionalGradients(ClassifierLayout layout, StreamTiles tiles, MatrixPool pool)
    {
        _dInputs =
        [
            .. Enumerable.Range(0, layout.Directions).Select(_ => pool.Allocate(tiles.Rows, layout.JoinedWidth)),
        ];
        // The forward direction's part stays where it is.
        _dHidden =
        [
            .. Enumerable
                .Range(0, layout.Directions)
                .Select(direction =>
                    direction == 0
                        ? _dInputs[0].ColumnRange(0, layout.HiddenWidth)
                        : pool.Allocate(tiles.Rows, layout.HiddenWidth)
                ),
        ];
    }

    /// <summary>
    /// (T·B, joined): the gradient of what a direction took in, in the order it reads; of the top layer's join under 0.
    /// </summary>
    public Matrix DInput(int direction) => _dInputs[direction];

    /// <summary>(T·B, H): the gradient of a direction's states, in the order it reads.</summary>
    public Matrix DHidden(int direction) => _dHidden[direction];
}

/// <summary>
/// Rows of a batch of records, for both directions. The backward direction reads each record reversed within its own
/// length, so that both scan forward in time and what pads a record always comes after all of it: no value of a record
/// then depends on its padding, and no mask is needed in the forward pass. In the backward pass, padded rows have a
/// gradient of zero, and pass on nothing but zeros. They hold a record's last character again, so that no symbol is
/// looked up for their sake.
/// </summary>
internal sealed class BidirectionalInputs
{
    // Grown to the largest batch, so that batches of all shapes share them.
    private int[] _forward = [],
        _backward = [],
        _reversed = [],
        _lengths = [];

    /// <summary>Takes in a batch.</summary>
    /// <param name="batch">The records.</param>
    /// <param name="tiles">Their rows.</param>
    /// <param name="silence">Dropout of a record's symbols, drawn for (record, symbol).</param>
    /// <param name="silenceId">The id of nothing.</param>
    public void Arrange(in LabeledBatch batch, StreamTiles tiles, in Dropout silence, int silenceId)
    {
        int streams = tiles.Streams;
        Grow(tiles);
        batch.Lengths.CopyTo(_lengths);
        for (int stream = 0; stream < streams; stream++)
        {
            int length = _lengths[stream];
            for (int t = 0; t < tiles.Steps; t++)
            {
                int id = batch.Ids[Math.Min(t, length - 1) * streams + stream];
                _forward[t * streams + stream] = silence.IsOn && silence.Multiplier(stream, id) == 0 ? silenceId : id;
            }
            for (int t = 0; t < tiles.Steps; t++)
                _backward[t * streams + stream] = _forward[Reverse(t, length) * streams + stream];
        }
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            int inTile = tiles.StreamCount(tile),
                first = tiles.StreamStart(tile);
            var rows = _reversed.AsSpan(tiles.RowStart(tile), tiles.RowCount(tile));
            for (int row = 0; row < rows.Length; row++)
            {
                var (t, stream) = Math.DivRem(row, inTile);
                rows[row] = Reverse(t, _lengths[first + stream]) * inTile + stream;
            }
        }
    }

    /// <summary>(T, B), index t·B + b: the input of a direction.</summary>
    public ReadOnlySpan<int> Ids(int direction, StreamTiles tiles) =>
        (direction == 0 ? _forward : _backward).AsSpan(0, tiles.Rows);

    /// <summary>
    /// For each row of a tile the row, of the same tile, where the other direction reads the same character; padding
    /// stays where it is.
    /// </summary>
    public ReadOnlySpan<int> Reversed(int tile, StreamTiles tiles) =>
        _reversed.AsSpan(tiles.RowStart(tile), tiles.RowCount(tile));

    /// <summary>Number of a record's characters.</summary>
    public int Length(int stream) => _lengths[stream];

    private static int Reverse(int t, int length) => t < length ? length - 1 - t : t;

    private void Grow(StreamTiles tiles)
    {
        if (_lengths.Length < tiles.Streams)
            _lengths = new int[tiles.Streams];
        if (_forward.Length < tiles.Rows)
            (_forward, _backward, _reversed) = (new int[tiles.Rows], new int[tiles.Rows], new int[tiles.Rows]);
    }
}
