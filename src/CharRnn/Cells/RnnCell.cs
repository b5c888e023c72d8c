using CharRnn.Kernels;

namespace CharRnn.Cells;

/// <summary>
/// The plain recurrent cell (Elman 1990; min-char-rnn; PyTorch's <c>nn.RNN</c>):
/// <code>
/// h' = tanh(W x + b + U h)
/// </code>
/// and backwards, with d… for the gradient of the loss:
/// <code>
/// dPreactivation = dh' ⊙ (1 − h'²)
/// </code>
/// </summary>
public sealed class RnnCell : Cell
{
    /// <inheritdoc/>
    public override string Name => "rnn";

    /// <inheritdoc/>
    public override string Description => "plain tanh recurrence, as in min-char-rnn";

    /// <inheritdoc/>
    public override int Gates => 1;

    /// <inheritdoc/>
    public override void Forward(in CellStep step)
    {
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += Lanes.Count)
                step.Hidden.Store(row, j, Elementary.Tanh(step.Gates.Load(row, j)));
        }
    }

    /// <inheritdoc/>
    public override void Backward(in CellStep step, in CellGradients gradients)
    {
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += Lanes.Count)
            {
                Lanes one = 1f;
                var hidden = step.Hidden.Load(row, j);
                step.Gates.Store(row, j, gradients.DHidden.Load(row, j) * (one - hidden * hidden));
                gradients.DHiddenBefore.Store(row, j, Lanes.Zero);
            }
        }
    }
}
