using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>
/// Every number of one lesson: a network reads a text's characters from a state of zeros and expects the next ones
/// (forward), finds how the loss, summed over the steps, depends on each of its numbers (backward through time), and
/// takes one step of an optimiser (update). <see cref="Explainer"/> makes it of the engine's own numbers;
/// <see cref="Walkthrough"/> puts it into words.
/// </summary>
public sealed record Explanation
{
    /// <summary>The network; without dropout, whatever it was trained with.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>Its symbols.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>The optimiser of the update.</summary>
    public required OptimizerSettings Optimizer { get; init; }

    /// <summary>Its learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The trained tensors, in the order of the network.</summary>
    public required IReadOnlyList<ExplainedTensor> Tensors { get; init; }

    /// <summary>The T steps.</summary>
    public required IReadOnlyList<ExplainedStep> Steps { get; init; }

    /// <summary>The loss before the update, in nats, summed over the steps.</summary>
    public required double Loss { get; init; }

    /// <summary>The loss of the same text after it.</summary>
    public required double LossAfter { get; init; }

    /// <summary>
    /// How far back the last step's loss reaches: for each layer, the norm of its gradient in the layer's state (h',
    /// and c' from later steps where there is one) at the last step, one step before, and so on; T numbers.
    /// </summary>
    public required IReadOnlyList<double[]> Reach { get; init; }
}

/// <summary>One trained tensor. The arrays are (Rows, Columns), row-major.</summary>
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

/// <summary>One step: a character is read, the next one expected.</summary>
/// <param name="Input">The id that is read.</param>
/// <param name="Target">The id that came next.</param>
/// <param name="Layers">What goes on in each layer.</param>
/// <param name="Logits">(V).</param>
/// <param name="Probabilities">(V): softmax of the logits.</param>
/// <param name="Loss">−ln of the target's probability.</param>
/// <param name="DLogits">(V): the gradient of the loss in the logits.</param>
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
/// One step of one layer: the same numbers for each of its units, row by row in the order they are computed in.
/// </summary>
/// <param name="Forward">From the state before to the state after.</param>
/// <param name="Backward">From the gradient of the state after to those of the products.</param>
public sealed record ExplainedLayer(IReadOnlyList<ExplainedRow> Forward, IReadOnlyList<ExplainedRow> Backward)
{
    /// <summary>Key of the row that holds h'.</summary>
    internal const string HiddenKey = "hidden";

    /// <summary>h' of the step, (H).</summary>
    public double[] Hidden => Forward.Single(row => row.Key == HiddenKey).Values;
}

/// <summary>One number for each unit of a layer.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Meaning">Its name or equation for people.</param>
/// <param name="Values">(H).</param>
public sealed record ExplainedRow(string Key, string Meaning, double[] Values);
