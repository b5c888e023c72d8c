namespace CharRnn.Reference;

/// <summary>All that one window of T steps and B streams gives. Rows are numbered t·B + b.</summary>
/// <param name="Loss">lossScale · Σ nats.</param>
/// <param name="Nats">(T·B): −ln p(target) at each position.</param>
/// <param name="Logits">(T·B, V).</param>
/// <param name="State">The state after the last step.</param>
/// <param name="Gradients">
/// dLoss by parameter name, in the parameters' shapes; empty when no backward pass was asked for.
/// </param>
public sealed record ReferenceResult(
    double Loss,
    double[] Nats,
    double[] Logits,
    ReferenceState State,
    SortedDictionary<string, double[]> Gradients
)
{
    /// <summary>The share of the gates that are all but shut or open, over all layers.</summary>
    public double SaturatedShare { get; init; }
}
