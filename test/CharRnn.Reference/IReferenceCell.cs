namespace CharRnn.Reference;

/// <summary>
/// A recurrent cell: one step of one stream, forward and backward. It is given what the input contributes,
/// fromInput = W x + b (G·H), and owns the rest. Gates lie one after the other, H values each, in PyTorch's order.
/// </summary>
public interface IReferenceCell
{
    /// <summary>The name by which the cell is chosen.</summary>
    string Name { get; }

    /// <summary>G, blocks of H rows in the weights.</summary>
    int Gates { get; }

    /// <summary>
    /// How many of the first gates read W x + b and U h in their sum alone, so that one bias is as good as two.
    /// </summary>
    int SharedGates { get; }

    /// <summary>
    /// The sigmoid gates, which are the blocks of those numbers in what a step keeps; none where h' alone is kept.
    /// </summary>
    IReadOnlyList<int> SigmoidGates { get; }

    /// <summary>Blocks of H values that a step keeps for its backward pass.</summary>
    int Saved { get; }

    /// <summary>Whether the cell carries a c beside its h.</summary>
    bool HasCellState { get; }

    /// <summary>Whether a bias on the recurrent side is trained apart from the input's.</summary>
    bool HasRecurrentBias { get; }

    /// <summary>One step forward.</summary>
    /// <param name="fromInput">(G·H): W x + b.</param>
    /// <param name="recurrent">U and its bias.</param>
    /// <param name="hidden">(H): h, carried in.</param>
    /// <param name="cell">(H): c, carried in; empty where the cell has none.</param>
    /// <param name="saved">(Saved·H): receives what <see cref="Backward"/> needs.</param>
    /// <param name="nextHidden">(H): receives h'.</param>
    /// <param name="nextCell">(H): receives c'; empty where the cell has none.</param>
    void Forward(
        ReadOnlySpan<double> fromInput,
        RecurrentParameters recurrent,
        ReadOnlySpan<double> hidden,
        ReadOnlySpan<double> cell,
        Span<double> saved,
        Span<double> nextHidden,
        Span<double> nextCell
    );

    /// <summary>The same step backward.</summary>
    /// <param name="saved">(Saved·H): as <see cref="Forward"/> left it.</param>
    /// <param name="recurrent">U and its bias.</param>
    /// <param name="hidden">(H): h.</param>
    /// <param name="cell">(H): c; empty where the cell has none.</param>
    /// <param name="dNextHidden">(H): the loss's gradient in h'.</param>
    /// <param name="dCell">
    /// (H): holds the gradient in c' on entry and in c on return; empty where the cell has none.
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

/// <summary>The recurrent side of a layer, or its gradient.</summary>
/// <param name="Weight">U (G·H, H), row-major.</param>
/// <param name="Bias">(G·H); empty for cells whose only bias is the input's.</param>
public sealed record RecurrentParameters(double[] Weight, double[] Bias);
