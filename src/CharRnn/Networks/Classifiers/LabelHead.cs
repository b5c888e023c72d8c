using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// What the labels of pooled records are told from, and the loss. With p a record's pooled vector, w what it counts and
/// q its target, the right label or with label smoothing ε (1 − ε)·1[label] + ε/K:
/// <code>
/// logits = W·(mask ⊙ p) + b
/// loss   = Σ w·(−Σ q·ln softmax(logits)) / Σ w
/// </code>
/// and backwards:
/// <code>
/// dLogits = w / Σ w · (softmax(logits) − q)    dp = mask ⊙ Wᵀ·dLogits    dW = Σ dLogits·(mask ⊙ p)ᵀ    db = Σ dLogits
/// </code>
/// </summary>
internal sealed class LabelHead
{
    private readonly ClassifierLayout _layout;
    private readonly Arena _weights;
    private readonly Matrix _pooled,
        _logits;
    private readonly double[] _losses;

    /// <summary>Makes room for a window.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="pooled">(B, joined): what records are pooled to; the mask is put on it in place.</param>
    /// <param name="room">Where its buffers are.</param>
    public LabelHead(ClassifierLayout layout, Arena weights, Matrix pooled, MatrixPool room)
    {
        (_layout, _weights, _pooled) = (layout, weights, pooled);
        _logits = room.Allocate(pooled.Rows, Padding.RoundUp(layout.Spec.LabelCount));
        DPooled = room.Allocate(pooled.Rows, layout.JoinedWidth);
        _losses = new double[pooled.Rows];
    }

    /// <summary>(B, joined): dp, after <see cref="ForwardBackward"/>.</summary>
    public Matrix DPooled { get; }

    /// <summary>Panels of labels, in which the work on the weight gradient is shared out.</summary>
    public int LabelPanels => _logits.Columns / Padding.Unit;

    /// <summary>The loss of each record, in nats, not weighted.</summary>
    public ReadOnlySpan<double> Losses => _losses;

    /// <summary>A record's probabilities, after <see cref="Forward"/>: (labels).</summary>
    public ReadOnlySpan<float> Probabilities(int stream) => _logits.Row(stream)[.._layout.Spec.LabelCount];

    /// <summary>The probabilities of some records.</summary>
    public void Forward((int Start, int End) streams)
    {
        var logits = Logits(streams, mask: default);
        for (int i = 0; i < logits.Rows; i++)
            Softmax.Normalize(logits.Row(i), _layout.Spec.LabelCount);
    }

    /// <summary>
    /// Losses and gradients of some records: fills <see cref="Losses"/> and <see cref="DPooled"/>, and leaves dLogits
    /// for <see cref="WeightGradients"/>.
    /// </summary>
    /// <param name="streams">Records [start, end).</param>
    /// <param name="targets">What they ought to be.</param>
    /// <param name="mask">What is silenced of the pooled vectors.</param>
    /// <param name="transposed">(labels, joined): the weights turned around.</param>
    public void ForwardBackward((int Start, int End) streams, BatchTargets targets, in Dropout mask, Panels transposed)
    {
        if (streams.End <= streams.Start)
            return;
        var dLogits = Logits(streams, mask);
        for (int i = 0; i < dLogits.Rows; i++)
        {
            int stream = streams.Start + i;
            _losses[stream] = Softmax.SmoothedCrossEntropyGradient(
                dLogits.Row(i),
                _layout.Spec.LabelCount,
                targets.Label(stream),
                targets.Smoothing,
                targets.Scale(stream)
            );
        }
        var dPooled = Of(DPooled, streams);
        MatrixProducts.Multiply(dLogits, transposed, dPooled);
        if (mask.IsOn)
            mask.Multiply(dPooled, streams.Start, firstUnit: 0, dPooled);
    }

    /// <summary>The gradients of some labels' weights and biases, summed over the records in order.</summary>
    /// <param name="share">Panels [start, end) of <see cref="LabelPanels"/>.</param>
    /// <param name="scratch">The worker's packing room.</param>
    /// <param name="gradients">Where the gradients go.</param>
    public void WeightGradients((int Start, int End) share, PackingScratch scratch, Arena gradients)
    {
        if (share.End <= share.Start)
            return;
        int start = share.Start * Padding.Unit,
            width = (share.End - share.Start) * Padding.Unit;
        var dWeights = _layout.Head(gradients).OutputRange(start, width);
        var dBias = _layout.HeadBias(gradients).ColumnRange(start, width);
        dBias.Clear();
        for (int row = 0, count; row < _pooled.Rows; row += count)
        {
            count = Math.Min(MatrixProducts.TermBlock, _pooled.Rows - row);
            var packed = scratch.PackGradients(_logits.RowRange(row, count).ColumnRange(start, width), dBias);
            MatrixProducts.TransposedProduct(
                scratch.PackHidden(_pooled.RowRange(row, count)),
                packed,
                overwrite: row == 0,
                dWeights
            );
        }
    }

    private Matrix Logits((int Start, int End) streams, in Dropout mask)
    {
        var (pooled, logits) = (Of(_pooled, streams), Of(_logits, streams));
        if (mask.IsOn)
            mask.Multiply(pooled, streams.Start, firstUnit: 0, pooled);
        MatrixProducts.MultiplyAddBias(pooled, _layout.Head(_weights), _layout.HeadBias(_weights), logits);
        return logits;
    }

    private static Matrix Of(Matrix rows, (int Start, int End) streams) =>
        rows.RowRange(streams.Start, streams.End - streams.Start);
}
