namespace CharRnn.Reference;

/// <summary>
/// Loss, logits, state and gradients of one window of T steps and B streams. Row t·B + b is step t of stream b.
/// </summary>
/// <param name="Loss">lossScale · Σ nats.</param>
/// <param name="Nats">(T·B): −ln p(target) at each position.</param>
/// <param name="Logits">(T·B, V).</param>
/// <param name="State">The state after the last step.</param>
/// <param name="Gradients">
/// dLoss by parameter name, in the parameters' shapes; empty without a backward pass.
/// </param>
public sealed record ReferenceResult(
    double Loss,
    double[] Nats,
    double[] Logits,
    ReferenceState State,
    SortedDictionary<string, double[]> Gradients
)
{
    /// <summary>The share of saturated gates, the mean over the layers.</summary>
    public double SaturatedShare { get; init; }
}
