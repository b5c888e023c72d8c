using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Report.Pages;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary>Every flag of <c>train</c> that is a setting of the run, and how it changes the settings.</summary>
internal sealed partial class TrainFlags : RunFlags<TrainingSettings>
{
    private static readonly string[] Limits = ["--max-epochs", "--max-steps", "--max-time"];

    public TrainFlags()
    {
        AddNetworkFlags();
        AddRecordsFlags();
        AddWindowsFlags();
        AddUpdates();
        AddHeldOutFlags();
        AddWatchingFlags();
    }

    protected override string ChangeableFlags => "Limits, threads, evaluation, saving and samples may change.";

    /// <summary>The settings of a new run.</summary>
    /// <exception cref="SettingsException">A value cannot be used.</exception>
    public TrainingSettings Resolve(SettingSources sources) => Resolve(sources, Defaults);

    /// <summary>The settings of a run that is trained again: threads and display may differ, nothing else.</summary>
    /// <param name="saved">The run's settings.</param>
    /// <param name="sources">The command line.</param>
    /// <exception cref="SettingsException">A flag would make it another run; it is named.</exception>
    public TrainingSettings ResolveReplayed(TrainingSettings saved, SettingSources sources) =>
        ResolveAgain(
            saved,
            sources,
            flag =>
                Limits.Contains(flag.Option.Name)
                    ? "is a limit, and a replay takes just as many steps as the run did; leave it out."
                : flag.MayChange ? null
                : "differs from the run that is replayed; leave it out, or train without --replay. Threads, "
                    + "evaluation, saving and samples may change."
        );

    /// <summary>
    /// The settings of a run that starts from a model: the network is the model's, whatever the environment, a preset
    /// or the defaults say; only its dropout may differ.
    /// </summary>
    /// <param name="settings">The settings as resolved without the model.</param>
    /// <param name="spec">The model's network.</param>
    /// <param name="model">The model's path.</param>
    /// <param name="sources">The command line.</param>
    /// <exception cref="SettingsException">A flag asks for another network; it is named.</exception>
    public TrainingSettings ResolveStarting(
        TrainingSettings settings,
        ModelSpec spec,
        string model,
        SettingSources sources
    ) =>
        ResolveAgain(
            settings.WithNetworkOf(spec),
            sources,
            flag =>
                flag.Option.Name is "--dropout" or "--output-dropout" or "--logit-dropout"
                    ? null
                    : $"differs from the network of {model}, which the run starts from; leave it out, or train without "
                        + "--init-from."
        );

    private static bool HasValidation(TrainingSettings settings, SettingSources sources) =>
        settings.ValFrac != 0 || sources.IsGiven("--val-file");

    private void AddWindowsFlags()
    {
        Group = FlagGroup.Training;
        AddMaxTime(
            "The longest time: 60s, 3m, 2h (default without any limit: "
                + $"{Duration.Format(TrainingSettings.DefaultMaxTime)}, or "
                + $"{Duration.Format(TrainingSettings.DefaultMaxTimeOfLongText)} for more than "
                + $"{TrainingSettings.ShortText / 1000} thousand characters)."
        );
        AddMaxSteps("Stop after this many steps.");
        AddMaxEpochs("Stop after this many epochs.");
        Switch(
            "--until-stopped",
            "Without any limit, train until stopped.",
            (s, v) => s with { UntilStopped = v },
            mayChange: true
        );
        Counts(
            "beside a limit",
            s => !s.UntilStopped || (s.MaxSteps is null && s.MaxEpochs is null && s.MaxTime is null)
        );
        AddPatience("evaluations without a better one");
        Integer(
            "--seq-length",
            $"Steps in a window (default: {Defaults.DefaultSeqLength}, fewer for a small text).",
            1,
            int.MaxValue,
            (s, v) => s with { SeqLength = v }
        );
        Integer(
            "--batch-size",
            $"Streams side by side (default: {Defaults.DefaultBatchSize}, fewer for a small text).",
            1,
            int.MaxValue,
            (s, v) => s with { BatchSize = v }
        );
        Add(
            "--sampling",
            "Sampling of windows from the text: read on with the state carried, or from random places "
                + "(default: stateful).",
            "stateful|random",
            text =>
                SettingParser.Choice(text, ("stateful", WindowSampling.Stateful), ("random", WindowSampling.Random)),
            (s, v) => s with { Sampling = v }
        );
        Add(
            "--epoch-start",
            "Start of stateful streams in an epoch: at an offset of its own, or always at the text's "
                + "beginning (default: random).",
            "random|fixed",
            text => SettingParser.Choice(text, ("random", EpochStart.Random), ("fixed", EpochStart.Fixed)),
            (s, v) => s with { EpochStart = v }
        );
        Needs("--sampling stateful", s => s.Sampling == WindowSampling.Stateful);
        Add(
            "--carry-state",
            "Reach of the state that stateful streams carry: to the epoch's end, or on into the next (default: epoch).",
            "epoch|always",
            text => SettingParser.Choice(text, ("epoch", CarryState.Epoch), ("always", CarryState.Always)),
            (s, v) => s with { CarryState = v }
        );
        Needs("--sampling stateful", s => s.Sampling == WindowSampling.Stateful);
        Add(
            "--loss-reduction",
            "The loss whose gradient is taken: the mean over a window, or the sum over its steps (default: mean).",
            "mean|sum",
            text => SettingParser.Choice(text, ("mean", LossReduction.Mean), ("sum", LossReduction.Sum)),
            (s, v) => s with { LossReduction = v }
        );
        Number(
            "--train-fraction",
            "Share of the training part, from its beginning, that is trained on (default: 1).",
            new(0, 1, MinExcluded: true),
            (s, v) => s with { TrainFraction = v }
        );
        AddSeedAndThreads("every random draw");
    }

    private void AddHeldOutFlags()
    {
        Group = FlagGroup.HeldOut;
        Number(
            "--val-frac",
            "Share of the text held out for validation, before the test part at its end (default: "
                + $"{Text(TrainingSettings.DefaultValFrac)}).",
            Share,
            (s, v) => s with { ValFrac = v }
        );
        Add(
            "--val-split",
            "Place of the validation part: at the text's end, or at the end of each of its streams (default: tail).",
            "tail|interleaved",
            text => SettingParser.Choice(text, ("tail", ValSplit.Tail), ("interleaved", ValSplit.Interleaved)),
            (s, v) => s with { ValSplit = v }
        );
        Counts("with --val-frac 0", (s, _) => s.ValFrac != 0);
        AddTestFrac("Share of the text held out for a test, its end (default: 0).");
    }

    private void AddWatchingFlags()
    {
        Group = FlagGroup.Watching;
        Add(
            "--eval-every",
            "Steps or time between evaluations; 0 for the end alone (default: 20 a run).",
            "N|TIME",
            Cadence.Parse,
            (s, v) => s with { EvalEvery = v },
            mayChange: true
        );
        Counts("where nothing is held out for validation", HasValidation);
        Add(
            "--eval-chars",
            "The most characters that each of them scores, spread evenly over the validation part; 0 for all "
                + $"(default: {Defaults.EvalChars}).",
            "N",
            NotNegativeLong,
            (s, v) => s with { EvalChars = v },
            mayChange: true
        );
        Counts("where nothing is held out for validation", HasValidation);
        Add(
            "--save-every",
            "Steps or time between checkpoints; 0 for the end alone (default: 20 a run).",
            "N|TIME",
            Cadence.Parse,
            (s, v) => s with { SaveEvery = v },
            mayChange: true
        );
        Add(
            "--sample-every",
            "Steps or time between samples; 0 for none (default: steps 100, 300, 500, 700, 1200, 2000, and 10 a run).",
            "N|TIME",
            Cadence.Parse,
            (s, v) => s with { SampleEvery = v },
            mayChange: true
        );
        Add(
            "--sample-from",
            "Start of samples: the prompt, after an update, or the state that training carries, "
                + "before one (default: prompt).",
            "prompt|state",
            text => SettingParser.Choice(text, ("prompt", SampleStart.Prompt), ("state", SampleStart.State)),
            (s, v) => s with { SampleFrom = v },
            mayChange: true
        );
        Counts("where no samples are written", s => s.SampleEvery != Cadence.Never);
        Integer(
            "--sample-length",
            $"Characters in each of those samples (default: {Defaults.SampleLength}).",
            1,
            int.MaxValue,
            (s, v) => s with { SampleLength = v },
            mayChange: true
        );
        Counts("where no samples are written", s => s.SampleEvery != Cadence.Never);
        Add(
            "--prompt",
            "Prompt of those samples (default: nothing).",
            "TEXT",
            text => text,
            (s, v) => s with { Prompt = v },
            mayChange: true
        );
        Counts("where no samples are written", s => s.SampleEvery != Cadence.Never);
    }
}
