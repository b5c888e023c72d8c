using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Classification head: linear layer, softmax, weighted cross-entropy. With p a record's pooled vector, w its weight
/// and q its target, the right label or with label smoothing ε (1 − ε)·1[label] + ε/K:
/// <code>
/// logits = W·(mask ⊙ p) + b
/// loss   = Σ w·(−Σ q·ln softmax(logits)) / Σ w
/// </code>
/// and in the backward pass:
/// <code>
/// dLogits = w / Σ w · (softmax(logits) − q)    dp = mask ⊙ Wᵀ·dLogits    dW = Σ dLogits·(mask ⊙ p)ᵀ    db = Σ dLogits
/// </code>
/// With several labels a record, a sigmoid of each logit and binary cross-entropy take the place of softmax and
/// cross-entropy (<see cref="BinaryCrossEntropy"/>); q is then (1 − ε)·1[label] + ε/2.
/// </summary>
internal sealed class LabelHead
{
    private readonly ClassifierLayout _layout;
    private readonly ForwardWeights _weights;

    // (B, joined), with the mask applied; (B, labels padded): logits, then probabilities or dLogits.
    private readonly Matrix _pooled,
        _logits;
    private readonly double[] _losses;

    /// <summary>Makes a window's head.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="pooled">(B, joined): the pooled records; the mask is applied in place.</param>
    /// <param name="pool">Memory of the buffers.</param>
    public LabelHead(ClassifierLayout layout, ForwardWeights weights, Matrix pooled, MatrixPool pool)
    {
        (_layout, _weights, _pooled) = (layout, weights, pooled);
        _logits = pool.Allocate(pooled.Rows, Padding.RoundUp(layout.Spec.LabelCount));
        DPooled = pool.Allocate(pooled.Rows, layout.JoinedWidth);
        _losses = new double[pooled.Rows];
    }

    /// <summary>Dropout mask of the pooled records in the batch at hand; off outside training.</summary>
    public Dropout Mask { get; set; }

    /// <summary>(B, joined): dp, after <see cref="ForwardBackward"/>.</summary>
    public Matrix DPooled { get; }

    /// <summary>Panels of labels, the unit of sharing the weight gradient.</summary>
    public int LabelPanels => _logits.Columns / Padding.Unit;

    /// <summary>The loss of each record, in nats, not weighted.</summary>
    public ReadOnlySpan<double> Losses => _losses;

    /// <summary>A record's probabilities, after <see cref="Forward"/>: (labels).</summary>
    public ReadOnlySpan<float> Probabilities(int stream) => _logits.Row(stream)[.._layout.Spec.LabelCount];

    /// <summary>The probabilities of some records.</summary>
    public void Forward((int Start, int End) streams)
    {
        var logits = Logits(streams);
        for (int i = 0; i < logits.Rows; i++)
        {
            if (_layout.Spec.MultiLabel)
                BinaryCrossEntropy.Sigmoids(logits.Row(i), _layout.Spec.LabelCount);
            else
                Softmax.Normalize(logits.Row(i), _layout.Spec.LabelCount);
        }
    }

    /// <summary>
    /// Forward and backward of some records: fills <see cref="Losses"/> and <see cref="DPooled"/>, and leaves dLogits
    /// for <see cref="WeightGradients"/>.
    /// </summary>
    /// <param name="streams">Records [start, end).</param>
    /// <param name="targets">Their targets.</param>
    /// <param name="transposed">(labels, joined): the weights, transposed.</param>
    public void ForwardBackward((int Start, int End) streams, BatchTargets targets, Panels transposed)
    {
        if (streams.End <= streams.Start)
            return;
        var dLogits = Logits(streams);
        for (int i = 0; i < dLogits.Rows; i++)
        {
            int stream = streams.Start + i;
            _losses[stream] = _layout.Spec.MultiLabel
                ? BinaryCrossEntropy.Gradient(
                    dLogits.Row(i),
                    _layout.Spec.LabelCount,
                    targets.Labels(stream),
                    targets.Smoothing,
                    targets.Scale(stream)
                )
                : Softmax.SmoothedCrossEntropyGradient(
                    dLogits.Row(i),
                    _layout.Spec.LabelCount,
                    targets.Label(stream),
                    targets.Smoothing,
                    targets.Scale(stream)
                );
        }
        var dPooled = Of(DPooled, streams);
        MatrixProducts.Multiply(dLogits, transposed, dPooled);
        if (Mask.IsOn)
            Mask.Multiply(dPooled, streams.Start, firstUnit: 0, dPooled);
    }

    /// <summary>
    /// Backward of the weights: the gradients of some labels' weights and biases, summed over the records in order.
    /// </summary>
    /// <param name="share">Panels [start, end) of <see cref="LabelPanels"/>.</param>
    /// <param name="scratch">The worker's packing scratch.</param>
    /// <param name="gradients">Receives the gradients.</param>
    public void WeightGradients(PanelRange share, PackingScratch scratch, Arena gradients)
    {
        if (share.IsEmpty)
            return;
        var dWeights = share.Of(_layout.Head(gradients));
        var dBias = share.Of(_layout.HeadBias(gradients));
        dBias.Clear();
        for (int row = 0, count; row < _pooled.Rows; row += count)
        {
            count = Math.Min(MatrixProducts.TermBlock, _pooled.Rows - row);
            var packed = scratch.PackGradients(share.Of(_logits.RowRange(row, count)), dBias);
            MatrixProducts.TransposedProduct(
                scratch.PackHidden(_pooled.RowRange(row, count)),
                packed,
                overwrite: row == 0,
                dWeights
            );
        }
    }

    private Matrix Logits((int Start, int End) streams)
    {
        var (pooled, logits) = (Of(_pooled, streams), Of(_logits, streams));
        if (Mask.IsOn)
            Mask.Multiply(pooled, streams.Start, firstUnit: 0, pooled);
        MatrixProducts.MultiplyAddBias(pooled, _layout.Head(_weights), _layout.HeadBias(_weights), logits);
        return logits;
    }

    private static Matrix Of(Matrix rows, (int Start, int End) streams) =>
        rows.RowRange(streams.Start, streams.End - streams.Start);
}
