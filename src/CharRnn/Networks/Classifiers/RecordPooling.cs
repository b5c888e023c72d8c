using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Pooling of a record's n characters to one vector p; their concatenated states are y[t] = [hᶠ[t] ‖ hᵇ[t]]:
/// <code>
/// last       p = [hᶠ[n − 1] ‖ hᵇ[0]]
/// mean       p = Σ y[t] / n
/// attention  e[t] = q·y[t]    α = softmax(e)    p = Σ α[t]·y[t]
/// </code>
/// and in the backward pass:
/// <code>
/// last       dhᶠ[n − 1] = dpᶠ    dhᵇ[0] = dpᵇ
/// mean       dy[t] = dp / n
/// attention  dα[t] = dp·y[t]    de[t] = α[t]·(dα[t] − Σ α·dα)    dy[t] = α[t]·dp + de[t]·q    dq = Σ de[t]·y[t]
/// </code>
/// Rows of padding are neither read nor, in the backward pass, given anything but zeros. Attention with one trained
/// vector, and no layer between, is the simplest form of that of Yang et al. (Hierarchical Attention Networks, 2016)
/// and of Zhou et al. (Attention-Based Bidirectional LSTM, 2016).
/// </summary>
internal sealed class RecordPooling
{
    private readonly Pooling _pooling;
    private readonly StreamTiles _tiles;
    private readonly BidirectionalInputs _rows;
    private readonly BidirectionalConcat _top;
    private readonly int _width;

    // (1, joined): q; (B, T padded): α; (B, joined): each record's dq. Empty without attention.
    private readonly Matrix _query,
        _attention,
        _dQuery;

    /// <summary>Makes a window's pooling.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="top">The last layer's concatenation.</param>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="rows">The batch, with each record's length.</param>
    /// <param name="pool">Memory of the buffers.</param>
    public RecordPooling(
        ClassifierLayout layout,
        ForwardWeights weights,
        BidirectionalConcat top,
        StreamTiles tiles,
        BidirectionalInputs rows,
        MatrixPool pool
    )
    {
        (_pooling, _top, _tiles, _rows, _width) = (layout.Spec.Pooling, top, tiles, rows, layout.HiddenWidth);
        Pooled = pool.Allocate(tiles.Streams, layout.JoinedWidth);
        if (_pooling != Pooling.Attention)
            return;
        _query = layout.Attention(weights);
        _attention = pool.Allocate(tiles.Streams, Padding.RoundUp(tiles.Steps));
        _dQuery = pool.Allocate(tiles.Streams, layout.JoinedWidth);
    }

    /// <summary>(B, joined): p of each record.</summary>
    public Matrix Pooled { get; }

    /// <summary>Forward of a tile's records, whose last layer is concatenated.</summary>
    public void Forward(int tile)
    {
        var states = _top.Joined(tile);
        for (int i = 0; i < _tiles.StreamCount(tile); i++)
        {
            int stream = _tiles.StreamStart(tile) + i,
                length = _rows.Length(stream);
            var record = new RecordStates(states, i, _tiles.StreamCount(tile));
            var pooled = Pooled.Row(stream);
            if (_pooling == Pooling.Last)
            {
                record[length - 1][.._width].CopyTo(pooled);
                record[0][_width..].CopyTo(pooled[_width..]);
                continue;
            }
            pooled.Clear();
            if (_pooling == Pooling.Attention)
            {
                var attention = Attend(record, stream, length);
                for (int t = 0; t < length; t++)
                    Vectors.AddScaled(attention[t], record[t], pooled);
            }
            else
            {
                for (int t = 0; t < length; t++)
                    Vectors.AddScaled(1, record[t], pooled);
                Vectors.Scale(1f / length, pooled, pooled);
            }
        }
    }

    /// <summary>Backward of a tile's records.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="dPooled">(B, joined): dp.</param>
    /// <param name="dJoined">(T·B, joined): dy, written whole.</param>
    public void Backward(int tile, Matrix dPooled, Matrix dJoined)
    {
        var (states, dStates) = (_top.Joined(tile), _tiles.RowsOf(dJoined, tile));
        dStates.Clear();
        for (int i = 0; i < _tiles.StreamCount(tile); i++)
        {
            int stream = _tiles.StreamStart(tile) + i,
                length = _rows.Length(stream);
            var dRecord = new RecordStates(dStates, i, _tiles.StreamCount(tile));
            var dRow = dPooled.Row(stream);
            switch (_pooling)
            {
                case Pooling.Last:
                    dRow[.._width].CopyTo(dRecord[length - 1]);
                    dRow[_width..].CopyTo(dRecord[0][_width..]);
                    break;
                case Pooling.Mean:
                    for (int t = 0; t < length; t++)
                        Vectors.Scale(1f / length, dRow, dRecord[t]);
                    break;
                default:
                    AttendBackward(
                        new RecordStates(states, i, _tiles.StreamCount(tile)),
                        stream,
                        length,
                        dRow,
                        dRecord
                    );
                    break;
            }
        }
    }

    /// <summary>
    /// Backward of the weights: the gradient of some columns of attention's vector, summed over the records in order;
    /// nothing with other pooling.
    /// </summary>
    public void QueryGradient(PanelRange columns, Matrix dQuery)
    {
        if (_query.IsEmpty || columns.IsEmpty)
            return;
        var dOwnQuery = columns.Of(dQuery);
        dOwnQuery.Clear();
        RowOperations.AddColumnSums(columns.Of(_dQuery), dOwnQuery);
    }

    private Span<float> Attend(in RecordStates record, int stream, int length)
    {
        var scores = _attention.Row(stream)[..Padding.RoundUp(length)];
        for (int t = 0; t < length; t++)
            scores[t] = Vectors.Dot(_query.Row(0), record[t]);
        Softmax.Normalize(scores, length);
        return scores;
    }

    private void AttendBackward(
        in RecordStates record,
        int stream,
        int length,
        ReadOnlySpan<float> dPooled,
        in RecordStates dRecord
    )
    {
        var attention = _attention.Row(stream);
        var dQuery = _dQuery.Row(stream);
        dQuery.Clear();
        float mean = 0;
        for (int t = 0; t < length; t++)
            mean += attention[t] * Vectors.Dot(dPooled, record[t]);
        for (int t = 0; t < length; t++)
        {
            float dScore = attention[t] * (Vectors.Dot(dPooled, record[t]) - mean);
            Vectors.Scale(attention[t], dPooled, dRecord[t]);
            Vectors.AddScaled(dScore, _query.Row(0), dRecord[t]);
            Vectors.AddScaled(dScore, record[t], dQuery);
        }
    }

    /// <summary>The rows of one record among those of a tile.</summary>
    private readonly struct RecordStates(Matrix rows, int stream, int streams)
    {
        public Span<float> this[int t] => rows.Row(t * streams + stream);
    }
}
