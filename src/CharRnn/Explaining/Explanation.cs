using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>
/// Record of every number of one training step: the forward pass from a state of zeros, the loss summed over the steps,
/// backpropagation through time, and one update by an optimiser. <see cref="Explainer"/> makes it of the engine's own
/// numbers.
/// </summary>
public sealed record Explanation
{
    /// <summary>The network; without dropout, whatever it was trained with.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>The network's vocabulary.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>The optimiser of the update.</summary>
    public required OptimizerSettings Optimizer { get; init; }

    /// <summary>The learning rate of the update.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The trained tensors, in the order of the network.</summary>
    public required IReadOnlyList<ExplainedTensor> Tensors { get; init; }

    /// <summary>The T steps.</summary>
    public required IReadOnlyList<ExplainedStep> Steps { get; init; }

    /// <summary>The loss before the update, in nats, summed over the steps.</summary>
    public required double Loss { get; init; }

    /// <summary>The loss of the same text after the update, in nats, summed over the steps.</summary>
    public required double LossAfter { get; init; }

    /// <summary>
    /// Reach of the last step's loss: for each layer, the norm of its gradient with respect to the layer's state (h',
    /// and c' from later steps if there is one) at the last step, one step before, and so on; T numbers.
    /// </summary>
    public required IReadOnlyList<double[]> Reach { get; init; }
}

/// <summary>Trained tensor of an explanation. The arrays are (Rows, Columns), row-major.</summary>
/// <param name="Name">As in <see cref="ParameterTensor.Name"/>.</param>
/// <param name="Rows">The first dimension.</param>
/// <param name="Columns">The second; 1 for a vector.</param>
/// <param name="Before">The values before the update.</param>
/// <param name="Gradient">The gradient of the loss.</param>
/// <param name="After">The values after the update.</param>
public sealed record ExplainedTensor(
    string Name,
    int Rows,
    int Columns,
    double[] Before,
    double[] Gradient,
    double[] After
);

/// <summary>Time step of an explanation: a character is read, the next one predicted.</summary>
/// <param name="Input">The input id.</param>
/// <param name="Target">The target id: the next one in the text.</param>
/// <param name="Layers">The numbers of each layer.</param>
/// <param name="Logits">The logits, (V).</param>
/// <param name="Probabilities">Softmax of the logits, (V).</param>
/// <param name="Loss">−ln of the target's probability.</param>
/// <param name="DLogits">The gradient of the loss with respect to the logits, (V).</param>
/// <param name="TargetProbabilityAfter">The target's probability after the update.</param>
public sealed record ExplainedStep(
    int Input,
    int Target,
    IReadOnlyList<ExplainedLayer> Layers,
    double[] Logits,
    double[] Probabilities,
    double Loss,
    double[] DLogits,
    double TargetProbabilityAfter
);

/// <summary>
/// Layer at one time step of an explanation: rows of one number for each unit, in the order of their computation.
/// </summary>
/// <param name="Forward">Rows of the forward pass, from the state before to the state after.</param>
/// <param name="Backward">
/// Rows of the backward pass, from the gradient of the state after to those of the products.
/// </param>
public sealed record ExplainedLayer(IReadOnlyList<ExplainedRow> Forward, IReadOnlyList<ExplainedRow> Backward)
{
    /// <summary>Key of the row that holds h'.</summary>
    internal const string HiddenKey = "hidden";

    /// <summary>h' of the step, (H).</summary>
    public double[] Hidden => Forward.Single(row => row.Key == HiddenKey).Values;
}

/// <summary>Row of an explained layer: one number for each unit.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Meaning">Its displayed name or equation.</param>
/// <param name="Values">The numbers, (H).</param>
public sealed record ExplainedRow(string Key, string Meaning, double[] Values);
