namespace CharRnn.Reference;

/// <summary>
/// Numerical derivatives by the five-point central difference, whose error is of order δ⁴:
/// <code>
/// f'(p) ≈ (8 (f(p+δ) − f(p−δ)) − (f(p+2δ) − f(p−2δ))) / 12δ
/// </code>
/// With δ = 1e-3 both that error and the rounding of a loss of some tens of nats stay near 1e-11.
/// </summary>
public static class FiniteDifference
{
    private const double Delta = 1e-3;

    /// <summary>The derivative of a loss in one parameter, whose value is restored afterwards.</summary>
    /// <param name="loss">Computes the loss from the current parameters.</param>
    /// <param name="parameters">The array that holds the parameter.</param>
    /// <param name="index">Its index there.</param>
    /// <param name="delta">δ; 1e-3 by default.</param>
    public static double Derivative(Func<double> loss, double[] parameters, int index, double delta = Delta)
    {
        double original = parameters[index];
        double At(double offset)
        {
            parameters[index] = original + offset;
            return loss();
        }

        double near = At(delta) - At(-delta);
        double far = At(2 * delta) - At(-2 * delta);
        parameters[index] = original;
        return (8 * near - far) / (12 * delta);
    }

    /// <summary>
    /// Compares a computed gradient with the numerical one, at every parameter or at a seeded sample of each tensor.
    /// </summary>
    /// <param name="loss">Computes the loss from the current parameters.</param>
    /// <param name="parameters">Parameters by name.</param>
    /// <param name="gradients">The computed gradients by name.</param>
    /// <param name="samples">Number of parameters of each tensor to compare; null compares all.</param>
    /// <param name="seed">Seed of the choice of parameters.</param>
    /// <param name="delta">δ; 1e-3 by default.</param>
    public static IEnumerable<GradientComparison> Compare(
        Func<double> loss,
        IReadOnlyDictionary<string, double[]> parameters,
        IReadOnlyDictionary<string, double[]> gradients,
        int? samples = null,
        ulong seed = 1,
        double delta = Delta
    )
    {
        var random = new SplitMix(seed);
        foreach ((string name, double[] tensor) in parameters)
        foreach (int index in Indices(tensor.Length, samples, random))
            yield return new GradientComparison(
                name,
                index,
                gradients[name][index],
                Derivative(loss, tensor, index, delta)
            );
    }

    private static IEnumerable<int> Indices(int length, int? samples, SplitMix random) =>
        samples is { } count && count < length
            ? Enumerable.Range(0, count).Select(_ => (int)(random.Next() % (ulong)length))
            : Enumerable.Range(0, length);
}

/// <summary>A parameter's gradient, computed by backpropagation and measured numerically.</summary>
public sealed record GradientComparison(string Name, int Index, double Computed, double Measured)
{
    /// <summary>|computed − measured| relative to the computed gradient, or to 1e-3 where that is smaller.</summary>
    public double RelativeError => Math.Abs(Computed - Measured) / Math.Max(1e-3, Math.Abs(Computed));
}
