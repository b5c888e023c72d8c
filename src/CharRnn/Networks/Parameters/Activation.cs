using System.Text.Json.Serialization;
using CharRnn.Engine;

namespace CharRnn;

/// <summary>A function applied to each number of a vector.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Activation>))]
public enum Activation
{
    /// <summary>The number itself.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>max(0, x).</summary>
    [JsonStringEnumMemberName("relu")]
    Relu,

    /// <summary>tanh(x).</summary>
    [JsonStringEnumMemberName("tanh")]
    Tanh,
}

/// <summary>Activations of rows, forward and backward.</summary>
internal static class ActivationFunctions
{
    /// <summary>values = act(values). Zeros stay zeros, so padding does.</summary>
    public static void Apply(this Activation activation, Matrix values)
    {
        switch (activation)
        {
            case Activation.Relu:
                Activations.Relu(values);
                break;
            case Activation.Tanh:
                Activations.Tanh(values);
                break;
        }
    }

    /// <summary>gradients ⊙= act'(x), from what the activation made of x.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="activated">
    /// (M, N): act(x) / <paramref name="scale"/>; where that was silenced, the gradient is 0 already.
    /// </param>
    /// <param name="scale">Factor that turns that into act(x); positive.</param>
    /// <param name="gradients">(M, N).</param>
    public static void MultiplyByDerivative(this Activation activation, Matrix activated, float scale, Matrix gradients)
    {
        switch (activation)
        {
            case Activation.Relu:
                Activations.MultiplyByReluDerivative(activated, gradients);
                break;
            case Activation.Tanh:
                Activations.MultiplyByTanhDerivative(activated, scale, gradients);
                break;
        }
    }
}
