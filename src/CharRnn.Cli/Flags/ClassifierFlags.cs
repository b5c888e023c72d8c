using CharRnn.Cli.Rendering;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Cli.Flags;

/// <summary>
/// Every flag of <c>classify train</c> that is a setting of the run, and how it changes the settings.
/// </summary>
internal sealed class ClassifierFlags : SettingFlags<ClassifierSettings>
{
    private static readonly ClassifierSettings Defaults = new();

    public ClassifierFlags()
    {
        Group = FlagGroup.Network;
        CellOf(Defaults.Cell, (s, v) => s with { Cell = v });
        Integer(
            "--hidden-size",
            $"Hidden units in each layer, of each direction (default: {Defaults.HiddenSize}).",
            1,
            ModelSpec.MaxSize / 2,
            (s, v) => s with { HiddenSize = v }
        );
        Integer(
            "--num-layers",
            $"Recurrent layers (default: {Defaults.NumLayers}).",
            1,
            ModelSpec.MaxLayers,
            (s, v) => s with { NumLayers = v }
        );
        Integer(
            "--embedding-size",
            $"Size of a character's embedding; 0 feeds characters one-hot (default: {Defaults.EmbeddingSize}).",
            0,
            ModelSpec.MaxSize,
            (s, v) => s with { EmbeddingSize = v }
        );
        Switch(
            "--bidirectional",
            "Read records backward too; --bidirectional=false reads them forward only (default: "
                + $"{Word(Defaults.Bidirectional)}).",
            (s, v) => s with { Bidirectional = v }
        );
        Add(
            "--pooling",
            "How a record's states become one vector: the last of each direction, their mean, or a mean "
                + $"weighted by attention (default: {Word(Defaults.Pooling)}).",
            "last|mean|attention",
            text =>
                SettingParser.Choice(
                    text,
                    ("last", Pooling.Last),
                    ("mean", Pooling.Mean),
                    ("attention", Pooling.Attention)
                ),
            (s, v) => s with { Pooling = v }
        );
        Number(
            "--dropout",
            $"Share of outputs set to 0 between layers (default: {Text(Defaults.Dropout)}).",
            Share,
            (s, v) => s with { Dropout = v }
        );
        Number(
            "--output-dropout",
            $"Share of the pooled vector set to 0, before the head (default: {Text(Defaults.OutputDropout)}).",
            Share,
            (s, v) => s with { OutputDropout = v }
        );
        Number(
            "--embedding-dropout",
            "Share of a record's distinct characters that training reads as nothing (default: "
                + $"{Text(Defaults.EmbeddingDropout)}).",
            Share,
            (s, v) => s with { EmbeddingDropout = v }
        );
        Number(
            "--char-dropout",
            $"Share of characters that training reads as the unknown one (default: {Text(Defaults.CharDropout)}).",
            Share,
            (s, v) => s with { CharDropout = v }
        );
        Add(
            "--biases",
            "Biases of a layer's gates: one, or the two of PyTorch, both trained (default: single).",
            "single|double",
            BiasesOf,
            (s, v) => s with { Biases = v }
        );
        Add(
            "--init",
            $"Initialization of the weights: {Initialization.Schemes} (default: {Defaults.Init}).",
            "SCHEME",
            Scheme,
            (s, v) => s with { Init = v }
        );

        Group = FlagGroup.Training;
        Number(
            "--max-epochs",
            $"Stop after this many epochs (default without any limit: {ClassifierSettings.DefaultMaxEpochs}, or as many "
                + $"as {ClassifierSettings.DefaultMinSteps} steps need).",
            Positive,
            (s, v) => s with { MaxEpochs = v },
            mayChange: true
        );
        Add(
            "--max-steps",
            "The most steps.",
            "N",
            text => SettingParser.LongInteger(text, 0, long.MaxValue),
            (s, v) => s with { MaxSteps = v },
            mayChange: true
        );
        Add(
            "--max-time",
            "The longest time: 60s, 3m, 2h.",
            "TIME",
            Duration.Parse,
            (s, v) => s with { MaxTime = v },
            mayChange: true
        );
        Integer(
            "--patience",
            "Stop after this many epochs without a better validation accuracy.",
            1,
            int.MaxValue,
            (s, v) => s with { Patience = v },
            mayChange: true
        );
        Integer(
            "--batch-size",
            $"The most records in a batch (default: {Defaults.BatchSize}).",
            1,
            ClassifierSettings.MaxBatch,
            (s, v) => s with { BatchSize = v }
        );
        Add(
            "--class-weights",
            "What a label's records count in the loss: all the same (none), each label the same (balanced), "
                + $"or in proportion to frequency^-P, P being {Text(ClassWeighting.MaxPower)} at most (default: "
                + $"{Defaults.ClassWeights}).",
            "none|balanced|P",
            ClassWeighting.Parse,
            (s, v) => s with { ClassWeights = v }
        );
        Number(
            "--label-smoothing",
            $"Share of a record's target that is spread over all labels (default: {Text(Defaults.LabelSmoothing)}).",
            Share,
            (s, v) => s with { LabelSmoothing = v }
        );
        Add(
            "--seed",
            $"Seed of every random draw, the split too (default: {Defaults.Seed}).",
            "N",
            SettingParser.Seed,
            (s, v) => s with { Seed = v }
        );
        Integer(
            "--threads",
            "Worker threads (default: as many as are useful); the result is the same for any number.",
            1,
            TrainingSettings.MaxThreads,
            (s, v) => s with { Threads = v },
            mayChange: true
        );

        Group = FlagGroup.Optimizer;
        Optimizer(Defaults.Optimizer, s => s.Optimizer, (s, v) => s with { Optimizer = v });
        Number(
            "--learning-rate",
            $"The highest learning rate (default: {Text(Defaults.LearningRate)}).",
            NotNegative,
            (s, v) => s with { LearningRate = v }
        );
        Add(
            "--schedule",
            $"How the learning rate falls over the run (default: {Word(Defaults.Schedule)}).",
            "constant|step|cosine|linear",
            Shape,
            (s, v) => s with { Schedule = v }
        );
        Add(
            "--warmup-steps",
            $"Steps over which the rate rises from 0 (default: {Defaults.WarmupSteps}).",
            "N",
            text => SettingParser.LongInteger(text, 0, long.MaxValue),
            (s, v) => s with { WarmupSteps = v }
        );
        Number(
            "--lr-decay",
            "With --schedule step: the factor of each decay (default: " + $"{Text(Defaults.LrDecay)}).",
            new(0, 1, MinExcluded: true),
            (s, v) => s with { LrDecay = v }
        );
        Number(
            "--lr-decay-start",
            $"With --schedule step: epochs before the first decay (default: {Text(Defaults.LrDecayStart)}).",
            NotNegative,
            (s, v) => s with { LrDecayStart = v }
        );
        Number(
            "--lr-decay-every",
            $"With --schedule step: epochs from one decay to the next (default: {Text(Defaults.LrDecayEvery)}).",
            Positive,
            (s, v) => s with { LrDecayEvery = v }
        );
        Add(
            "--grad-clip",
            "Largest magnitude of a gradient's element; 0 for no limit (default: 0).",
            "X",
            ZeroAsNone,
            (s, v) => s with { GradClip = v }
        );
        Add(
            "--grad-clip-norm",
            "Largest global norm of the gradients, applied before --grad-clip; 0 for no limit (default: "
                + $"{Text(Defaults.GradClipNorm!.Value)}).",
            "X",
            ZeroAsNone,
            (s, v) => s with { GradClipNorm = v }
        );

        Group = FlagGroup.HeldOut;
        Number(
            "--val-frac",
            "Share of the rest held out for validation, by which the best model is chosen (default: "
                + $"{Text(Defaults.ValFrac)}).",
            Share,
            (s, v) => s with { ValFrac = v }
        );
        Number(
            "--test-frac",
            "Share of the records held out for the test, which are scored once, at the end (default: "
                + $"{Text(Defaults.TestFrac)}).",
            Share,
            (s, v) => s with { TestFrac = v }
        );
    }

    /// <summary>The settings of a run that goes on: limits and threads may differ, nothing else.</summary>
    /// <param name="saved">The run's settings.</param>
    /// <param name="sources">The command line.</param>
    /// <exception cref="SettingsException">A flag would change the run itself; it is named.</exception>
    public ClassifierSettings ResolveResumed(ClassifierSettings saved, SettingSources sources) =>
        ResolveAgain(
            saved,
            sources,
            flag =>
                flag.MayChange
                    ? null
                    : "differs from the run that is resumed; leave it out, or start a new run. Limits and threads may change."
        );

    private static string Word<T>(T value)
        where T : notnull => value.ToString()!.ToLowerInvariant();
}
