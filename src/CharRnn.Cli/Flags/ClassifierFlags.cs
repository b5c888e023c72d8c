using CharRnn.Cli.Rendering;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Cli.Flags;

/// <summary>
/// Every flag of <c>classify train</c> that is a setting of the run, and how it changes the settings.
/// </summary>
internal sealed class ClassifierFlags : RunFlags<ClassifierSettings>
{
    public ClassifierFlags()
    {
        Group = FlagGroup.Labels;
        // With many labels a smoothed target would promise each of them to each text.
        Switch(
            "--multi-label",
            "Learn several labels a text, each with a probability of its own; without --label-smoothing there is none.",
            (s, v) => v && !s.MultiLabel ? s with { MultiLabel = v, LabelSmoothing = 0 } : s with { MultiLabel = v }
        );
        Add(
            "--label-separator",
            "With --multi-label: what stands between the labels of a text (default: |).",
            "TEXT",
            text => text,
            (s, v) => s with { LabelSeparator = v }
        );
        Group = FlagGroup.Network;
        AddSizes("each layer, of each direction", ModelSpec.MaxSize / 2, "character");
        Switch(
            "--bidirectional",
            "Read records backward too; --bidirectional=false reads them forward only (default: "
                + $"{Word(Defaults.Bidirectional)}).",
            (s, v) => s with { Bidirectional = v }
        );
        Add(
            "--pooling",
            "Pooling of a record's states to one vector: the last of each direction, their mean, or a mean "
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
        AddDropout("the pooled vector");
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
        AddWeights("PyTorch");

        Group = FlagGroup.Training;
        AddMaxEpochs(
            $"Stop after this many epochs (default without any limit: {ClassifierSettings.DefaultMaxEpochs}, or as "
                + "many "
                + $"as {ClassifierSettings.DefaultMinSteps} steps need)."
        );
        AddMaxSteps("The most steps.");
        AddMaxTime("The longest time: 60s, 3m, 2h.");
        AddPatience("epochs without a better validation accuracy");
        Integer(
            "--batch-size",
            $"The most records in a batch (default: {Defaults.BatchSize}).",
            1,
            ClassifierSettings.MaxBatch,
            (s, v) => s with { BatchSize = v }
        );
        Add(
            "--class-weights",
            "Weight of a label's records in the loss: all the same (none), each label the same (balanced), "
                + $"or in proportion to frequency^-P, P being {Text(ClassWeighting.MaxPower)} at most (default: "
                + $"{Defaults.ClassWeights}).",
            "none|balanced|P",
            ClassWeighting.Parse,
            (s, v) => s with { ClassWeights = v }
        );
        Integer(
            "--min-records",
            "Leave out labels with fewer records than this (default: every label is learnt).",
            1,
            int.MaxValue,
            (s, v) => s with { MinRecords = v }
        );
        Number(
            "--label-smoothing",
            $"Share of a record's target that is spread over all labels (default: {Text(Defaults.LabelSmoothing)}).",
            Share,
            (s, v) => s with { LabelSmoothing = v }
        );
        AddSeedAndThreads("every random draw, the split too");
        AddUpdates();

        Group = FlagGroup.HeldOut;
        Number(
            "--val-frac",
            "Share of the rest held out for validation, by which the best model is chosen (default: "
                + $"{Text(Defaults.ValFrac)}).",
            Share,
            (s, v) => s with { ValFrac = v }
        );
        AddTestFrac(
            "Share of the records held out for the test, which are scored once, at the end (default: "
                + $"{Text(Defaults.TestFrac)})."
        );
    }

    /// <summary>The settings of a run that starts from a model: those of its network may not differ.</summary>
    /// <param name="settings">The settings without the model's network.</param>
    /// <param name="spec">The model's network.</param>
    /// <param name="model">The model, for messages.</param>
    /// <param name="sources">The command line.</param>
    /// <exception cref="SettingsException">A flag would change the network; it is named.</exception>
    public ClassifierSettings ResolveStarting(
        ClassifierSettings settings,
        ClassifierSpec spec,
        string model,
        SettingSources sources
    ) =>
        ResolveAgain(
            settings.WithNetworkOf(spec),
            sources,
            _ =>
                $"differs from the network of {model}, which the run starts from; leave it out, or train without "
                + "--init-from."
        );

    protected override string ChangeableFlags => "Limits and threads may change.";
}
