namespace CharRnn.Reference;

/// <summary>
/// Recurrent cell: one step of one stream, forward and backward. The caller computes fromInput = W x + b (G·H), the
/// cell everything else. Gates are blocks of H values in PyTorch's order.
/// </summary>
public interface IReferenceCell
{
    /// <summary>The name of the cell in specs.</summary>
    string Name { get; }

    /// <summary>G, the number of blocks of H rows in the weights.</summary>
    int Gates { get; }

    /// <summary>
    /// The number of first gates that use W x + b and U h only in their sum, so that two biases equal one.
    /// </summary>
    int SharedGates { get; }

    /// <summary>
    /// The sigmoid gates, as indices of their blocks in the saved values; empty if only h' is saved.
    /// </summary>
    IReadOnlyList<int> SigmoidGates { get; }

    /// <summary>The number of blocks of H values that a step saves for its backward pass.</summary>
    int Saved { get; }

    /// <summary>Whether the cell has a cell state c beside h.</summary>
    bool HasCellState { get; }

    /// <summary>Whether the cell has a trained recurrent bias beside the input's.</summary>
    bool HasRecurrentBias { get; }

    /// <summary>The forward pass of one step.</summary>
    /// <param name="fromInput">(G·H): W x + b.</param>
    /// <param name="recurrent">U and its bias.</param>
    /// <param name="hidden">(H): h before the step.</param>
    /// <param name="cell">(H): c before the step; empty if the cell has none.</param>
    /// <param name="saved">(Saved·H): receives the values that <see cref="Backward"/> needs.</param>
    /// <param name="nextHidden">(H): receives h'.</param>
    /// <param name="nextCell">(H): receives c'; empty if the cell has none.</param>
    void Forward(
        ReadOnlySpan<double> fromInput,
        RecurrentParameters recurrent,
        ReadOnlySpan<double> hidden,
        ReadOnlySpan<double> cell,
        Span<double> saved,
        Span<double> nextHidden,
        Span<double> nextCell
    );

    /// <summary>The backward pass of the same step.</summary>
    /// <param name="saved">(Saved·H): the values that <see cref="Forward"/> saved.</param>
    /// <param name="recurrent">U and its bias.</param>
    /// <param name="hidden">(H): h.</param>
    /// <param name="cell">(H): c; empty if the cell has none.</param>
    /// <param name="dNextHidden">(H): the gradient of the loss in h'.</param>
    /// <param name="dCell">
    /// (H): the gradient in c' on entry and in c on return; empty if the cell has none.
    /// </param>
    /// <param name="dFromInput">(G·H): receives the gradient in W x + b.</param>
    /// <param name="dHidden">(H): receives the gradient in h.</param>
    /// <param name="dRecurrent">The gradient in U and its bias is added here.</param>
    void Backward(
        ReadOnlySpan<double> saved,
        RecurrentParameters recurrent,
        ReadOnlySpan<double> hidden,
        ReadOnlySpan<double> cell,
        ReadOnlySpan<double> dNextHidden,
        Span<double> dCell,
        Span<double> dFromInput,
        Span<double> dHidden,
        RecurrentParameters dRecurrent
    );
}

/// <summary>Recurrent parameters of a layer, or their gradient.</summary>
/// <param name="Weight">U (G·H, H), row-major.</param>
/// <param name="Bias">(G·H); empty for cells without a recurrent bias.</param>
public sealed record RecurrentParameters(double[] Weight, double[] Bias);
