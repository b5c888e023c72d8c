namespace CharRnn.Reference.Cells;

/// <summary>
/// Linear cell: a recurrence without a non-linearity (G = 1).
/// <code>
/// h' = W x + b + U h
///
/// d(W x + b) = ds = dh'
/// dU = ds hᵀ,  dh = Uᵀ ds
/// </code>
/// Saved: h', which the backward pass does not need.
/// </summary>
public sealed class LinearCell : IReferenceCell
{
    public string Name => "linear";
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
        dNextHidden.CopyTo(dFromInput);
        Dense.AddOuterProduct(dFromInput, hidden, dRecurrent.Weight);
        dHidden.Clear();
        Dense.AddTransposedProduct(recurrent.Weight, dFromInput, dHidden);
    }
}
