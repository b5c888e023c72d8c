namespace CharRnn.Networks;

/// <summary>
/// The recurrence without any non-linearity, as PyTorch's tutorial on generating names has it:
/// <code>
/// h' = W x + b + U h
/// </code>
/// and in the backward pass, with d… for the gradient of the loss:
/// <code>
/// dSum = dh'
/// </code>
/// </summary>
internal sealed class LinearCell : Cell
{
    /// <inheritdoc/>
    public override string Name => "linear";

    /// <inheritdoc/>
    public override string Description => "recurrence without a non-linearity, as in PyTorch's name generator";

    /// <inheritdoc/>
    public override int Gates => 1;

    /// <inheritdoc/>
    public override bool Saturates => false;

    /// <inheritdoc/>
    internal override void Forward<TLanes>(in CellStep step) => step.Slot(0).CopyTo(step.Hidden);

    /// <inheritdoc/>
    internal override void Backward<TLanes>(in CellStep step, in CellGradients gradients)
    {
        gradients.DHidden.CopyTo(step.Slot(0));
        gradients.DHiddenBefore.Clear();
    }
}
