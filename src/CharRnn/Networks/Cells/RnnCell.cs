using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// The plain recurrent cell (Elman 1990; min-char-rnn; PyTorch's <c>nn.RNN</c>):
/// <code>
/// h' = tanh(W x + b + U h)
/// </code>
/// and in the backward pass, with d… for the gradient of the loss:
/// <code>
/// dPreactivation = dh' ⊙ (1 − h'²)
/// </code>
/// </summary>
internal sealed class RnnCell : Cell
{
    /// <inheritdoc/>
    public override string Name => "rnn";

    /// <inheritdoc/>
    public override string Description => "plain tanh recurrence, as in min-char-rnn";

    /// <inheritdoc/>
    public override int Gates => 1;

    /// <inheritdoc/>
    internal override void Forward<TLanes>(in CellStep step)
    {
        var preactivations = step.Slot(0);
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += TLanes.Count)
                step.Hidden.Store(row, j, Elementary.Tanh(preactivations.Load<TLanes>(row, j)));
        }
    }

    /// <inheritdoc/>
    internal override void Backward<TLanes>(in CellStep step, in CellGradients gradients)
    {
        var preactivations = step.Slot(0);
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += TLanes.Count)
            {
                TLanes one = 1f;
                var hidden = step.Hidden.Load<TLanes>(row, j);
                preactivations.Store(row, j, gradients.DHidden.Load<TLanes>(row, j) * (one - hidden * hidden));
                gradients.DHiddenBefore.Store<TLanes>(row, j, 0f);
            }
        }
    }
}
