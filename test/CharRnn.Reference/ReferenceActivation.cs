namespace CharRnn.Reference;

/// <summary>Activation function, applied to each element of a vector; named as in flags and files.</summary>
public enum ReferenceActivation
{
    /// <summary>x.</summary>
    None,

    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>tanh(x).</summary>
    Tanh,
}

/// <summary>
/// Values and derivatives of the activation functions.
/// <code>
/// relu(x) = max(0, x)    relu'(x) = [x > 0]
/// tanh(x)                tanh'(x) = 1 − tanh(x)²
/// </code>
/// </summary>
internal static class ReferenceActivations
{
    public static double[] Apply(this ReferenceActivation activation, double[] values) =>
        activation switch
        {
            ReferenceActivation.Relu => [.. values.Select(x => Math.Max(0, x))],
            ReferenceActivation.Tanh => [.. values.Select(Math.Tanh)],
            _ => values,
        };

    /// <summary>gradients ⊙ act'(values).</summary>
    public static double[] Backward(this ReferenceActivation activation, double[] values, double[] gradients) =>
        activation switch
        {
            ReferenceActivation.Relu => [.. values.Zip(gradients, (x, gradient) => x > 0 ? gradient : 0)],
            ReferenceActivation.Tanh =>
            [
                .. values.Zip(gradients, (x, gradient) => gradient * (1 - Math.Tanh(x) * Math.Tanh(x))),
            ],
            _ => gradients,
        };
}
