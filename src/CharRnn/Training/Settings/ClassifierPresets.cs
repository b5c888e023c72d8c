using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn;

/// <summary>Settings of a classifier that belong together, under the name they are known by.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">What it is, in one line.</param>
/// <param name="Origin">Where it is from, in one line.</param>
/// <param name="Settings">The settings, which know the preset's name.</param>
public sealed record ClassifierPreset(string Name, string Description, string Origin, ClassifierSettings Settings)
    : IPreset
{
    /// <inheritdoc/>
    public IReadOnlyList<SettingDifference> Differences =>
        SettingDifference.Between(new ClassifierSettings(), Settings);
}

/// <summary>
/// The classifiers that character-level networks are known by, each with what it was trained with. docs/presets.md says
/// of each what is left that differs from its original.
/// </summary>
public static class ClassifierPresets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClassifierPreset> All { get; } =
    [
        Make(
            "tutorial-classifier",
            "a classifier: one tanh layer of 128 on one-hot characters, read forwards, its last state into "
                + "the head; plain gradient descent",
            "PyTorch's tutorial on classifying names with a character-level network",
            new ClassifierSettings
            {
                Cell = "rnn",
                HiddenSize = 128,
                NumLayers = 1,
                EmbeddingSize = 0,
                Bidirectional = false,
                Pooling = Pooling.Last,
                Biases = BiasMode.Double,
                EmbeddingDropout = 0,
                Dropout = 0,
                OutputDropout = 0,
                CharDropout = 0,
                LabelSmoothing = 0,
                BatchSize = 64,
                MaxEpochs = 27,
                Optimizer = new() { Name = "sgd" },
                LearningRate = 0.15,
                Schedule = LearningRateShape.Constant,
                WarmupSteps = 0,
                GradClipNorm = 3,
                TestFrac = 0.15,
                ValFrac = 0,
            }
        ),
    ];

    private static ClassifierPreset Make(string name, string description, string origin, ClassifierSettings settings) =>
        new(name, description, origin, settings with { Preset = name });
}
