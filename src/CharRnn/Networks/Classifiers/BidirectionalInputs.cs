using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// A batch of records as rows for both directions. The backward direction reads each record reversed within its own
/// length, so that both scan forward in time and what pads a record always comes after all of it: no value of a record
/// then depends on its padding, and no mask is needed on the way forward. On the way back, padded rows are given a
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
    /// <param name="silence">Which of a record's symbols are read as nothing, drawn for (record, symbol).</param>
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

    /// <summary>(T, B), index t·B + b: what a direction reads.</summary>
    public ReadOnlySpan<int> Ids(int direction, StreamTiles tiles) =>
        (direction == 0 ? _forward : _backward).AsSpan(0, tiles.Rows);

    /// <summary>
    /// For each row of a tile the row, of the same tile, where the other direction reads the same character; padding
    /// stays where it is.
    /// </summary>
    public ReadOnlySpan<int> Reversed(int tile, StreamTiles tiles) =>
        _reversed.AsSpan(tiles.RowStart(tile), tiles.RowCount(tile));

    /// <summary>How many characters a record has.</summary>
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
