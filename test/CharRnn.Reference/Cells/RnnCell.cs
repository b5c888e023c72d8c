namespace CharRnn.Reference.Cells;

/// <summary>
/// Elman's network with tanh (G = 1), as PyTorch's nn.RNN.
/// <code>
/// h' = tanh(W x + b + U h)
///
/// d(W x + b) = dâ = dh' ⊙ (1 − h'²)
/// dU = dâ hᵀ,  dh = Uᵀ dâ
/// </code>
/// Saved: h'.
/// </summary>
public sealed class RnnCell : IReferenceCell
{
    public string Name => "rnn";
    public int Gates => 1;
    public int SharedGates => 1;
    public IReadOnlyList<int> SigmoidGates => [];
    public int Saved => 1;
    public bool HasCellState => false;
    public bool HasRecurrentBias => false;

    public void Forward(
        ReadOnlySpan<double> fromInput,
        RecurrentParameters recurrent,
        ReadOnlySpan<double> hidden,
        ReadOnlySpan<double> cell,
        Span<double> saved,
        Span<double> nextHidden,
        Span<double> nextCell
    )
    {
        fromInput.CopyTo(nextHidden);
        Dense.AddProduct(recurrent.Weight, hidden, nextHidden);
        for (int j = 0; j < nextHidden.Length; j++)
            nextHidden[j] = Math.Tanh(nextHidden[j]);
        nextHidden.CopyTo(saved);
    }

    public void Backward(
        ReadOnlySpan<double> saved,
        RecurrentParameters recurrent,
        ReadOnlySpan<double> hidden,
        ReadOnlySpan<double> cell,
        ReadOnlySpan<double> dNextHidden,
        Span<double> dCell,
        Span<double> dFromInput,
        Span<double> dHidden,
        RecurrentParameters dRecurrent
    )
    {
        for (int j = 0; j < saved.Length; j++)
            dFromInput[j] = dNextHidden[j] * (1 - saved[j] * saved[j]);

        Dense.AddOuterProduct(dFromInput, hidden, dRecurrent.Weight);
        dHidden.Clear();
        Dense.AddTransposedProduct(recurrent.Weight, dFromInput, dHidden);
    }
}
