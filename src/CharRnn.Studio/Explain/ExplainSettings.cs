using CharRnn.Explaining;
using CharRnn.Networks;

namespace CharRnn.Studio.Explain;

/// <summary>Moment of a training step.</summary>
public enum ExplainStage
{
    /// <summary>Characters are read, and the next expected.</summary>
    Forward,

    /// <summary>What was expected is compared with what came.</summary>
    Loss,

    /// <summary>The gradient goes back through time.</summary>
    Backward,

    /// <summary>The parameters are changed.</summary>
    Update,
}

/// <summary>Weight that was changed by hand.</summary>
/// <param name="Tensor">Name of its tensor.</param>
/// <param name="Index">Its place in the tensor, row-major.</param>
/// <param name="Value">Its value.</param>
public readonly record struct ChangedWeight(string Tensor, int Index, float Value);

/// <summary>One training step to look at: a text, a network, and what was changed by hand.</summary>
public sealed record ExplainSettings
{
    /// <summary>Most hidden units of the tiny network.</summary>
    public const int MaxHiddenSize = 12;

    /// <summary>Most layers of the tiny network.</summary>
    public const int MaxLayers = 3;

    /// <summary>The text that is read and learnt from.</summary>
    public string Text { get; init; } = TinyNetwork.DefaultText;

    /// <summary>The tiny network's cell.</summary>
    public string Cell { get; init; } = "rnn";

    /// <summary>Its hidden units.</summary>
    public int HiddenSize { get; init; } = TinyNetwork.DefaultHiddenSize;

    /// <summary>Its layers.</summary>
    public int NumLayers { get; init; } = 1;

    /// <summary>Seed of its weights.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The learning rate.</summary>
    public double LearningRate { get; init; } = TinyNetwork.DefaultLearningRate;

    /// <summary>The rule of the update.</summary>
    public string Optimizer { get; init; } = "sgd";

    /// <summary>Weights that were changed by hand.</summary>
    public IReadOnlyList<ChangedWeight> Changed { get; init; } = [];

    /// <summary>The step in all its numbers.</summary>
    /// <param name="trained">A trained model; null for the tiny network.</param>
    /// <exception cref="CharRnnException">The text or a setting cannot be used.</exception>
    internal Explanation Explain(LanguageModel? trained)
    {
        var optimizer = new OptimizerSettings { Name = Optimizer };
        if (trained is not null)
            return Explainer.Explain(trained, Text, optimizer, LearningRate);
        using var network = TinyNetwork.Of(Text, SpecFor, Seed);
        foreach (var tensor in network.Layout.Tensors)
        {
            var changes = Changed.Where(change => change.Tensor == tensor.Name).ToList();
            if (changes.Count == 0)
                continue;
            float[] values = tensor.CopyFrom(network.Weights);
            foreach (var change in changes.Where(change => change.Index < values.Length))
                values[change.Index] = change.Value;
            tensor.CopyTo(values, network.Weights);
        }
        return Explainer.Explain(network, Text, optimizer, LearningRate);
    }

    private ModelSpec SpecFor(int symbols) =>
        new()
        {
            VocabularySize = symbols,
            Cell = Cell,
            HiddenSize = HiddenSize,
            NumLayers = NumLayers,
            EmbeddingSize = 0,
        };

    /// <summary>The same with one weight changed.</summary>
    public ExplainSettings With(ChangedWeight changed) =>
        this with
        {
            Changed =
            [
                .. Changed.Where(other => (other.Tensor, other.Index) != (changed.Tensor, changed.Index)),
                changed,
            ],
        };

    /// <summary>The command that prints the same numbers; null where weights were changed by hand.</summary>
    public string? CommandLine(string? model)
    {
        if (Changed.Count > 0)
            return null;
        string[] network = model is not null
            ? ["--model", model]
            :
            [
                "--cell",
                Cell,
                "--hidden-size",
                FormattableString.Invariant($"{HiddenSize}"),
                "--num-layers",
                FormattableString.Invariant($"{NumLayers}"),
                "--seed",
                FormattableString.Invariant($"{Seed}"),
            ];
        return ShellWords.CommandLine([
            "explain",
            "--text",
            Text,
            .. network,
            "--optimizer",
            Optimizer,
            "--learning-rate",
            FormattableString.Invariant($"{LearningRate}"),
        ]);
    }
}
