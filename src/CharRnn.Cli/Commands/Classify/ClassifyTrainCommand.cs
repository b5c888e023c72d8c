using System.CommandLine;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn classify train</c>: learns to tell the labels of names and other short texts.</summary>
internal sealed class ClassifyTrainCommand : TrainingVerb
{
    private readonly LabeledArgument _data;
    private readonly ClassifierPresetFlag _preset = new();
    private readonly ClassifierFlags _flags = new();
    private readonly Option<string?> _initFrom = new("--init-from")
    {
        Description =
            "Start from a classifier (a run folder, or one .safetensors file): its network and weights; labels and "
            + "characters that it does not know are added, labels that the data lack are left out.",
        HelpName = "MODEL",
    };
    private readonly Option<string?> _valFile = new("--val-file")
    {
        Description = "Choose the best model by these labelled texts, and hold none of the data out for that.",
        HelpName = "DATA",
    };
    private readonly Option<string?> _testFile = new("--test-file")
    {
        Description = "Score these labelled texts at the end, and hold none of the data out for that.",
        HelpName = "DATA",
    };

    public ClassifyTrainCommand(Shell shell)
        : base(shell, "train", "Train a recurrent network that tells the labels of short texts.", "data")
    {
        _data = new(shell);
        _data.AddTo(this);
        Add(FlagGroup.Run, Output, _preset.Option, Resume, _initFrom, DryRun);
        _flags.AddTo(this);
        Add(FlagGroup.HeldOut, _valFile, _testFile);
        AddOutputFlags();
        MainFlags =
        [
            "--output",
            "--preset",
            "--resume",
            "--dry-run",
            "--text-column",
            "--label-column",
            "--cell",
            "--hidden-size",
            "--max-epochs",
            "--max-time",
            "--learning-rate",
            "--test-frac",
            "--seed",
            "--json",
        ];
        Examples =
        [
            new("charrnn classify train", "Learn to tell the language of a surname."),
            new(
                "charrnn classify train tickets.csv --text-column title --label-column team",
                "Learn the labels of a table."
            ),
            new("charrnn classify train names --dry-run", "Say what training would take."),
        ];
    }

    protected override void RefuseConflicts(ParseResult parsed)
    {
        if (parsed.GetValue(_initFrom) is not null && parsed.GetValue(Resume))
            throw new SettingsException(
                "--init-from begins a new run from a model, and --resume goes on where the run was; leave one of them "
                    + "out."
            );
    }

    protected override int Start(SettingSources sources, ProgressMode mode)
    {
        // Flags first: a wrong one must not wait for the data to be read.
        var settings = _flags.Resolve(sources, _preset.Settings(sources));
        settings.Validate();
        using var from = sources.Parsed.GetValue(_initFrom) is { } path ? StartingClassifier.Load(path) : null;
        if (from is not null)
            settings = _flags.ResolveStarting(settings, from.Model.Spec, from.Record.Path, sources);
        settings = settings with
        {
            ValFrac = ShareBeside(_valFile, "--val-frac", settings.ValFrac, sources),
            TestFrac = ShareBeside(_testFile, "--test-frac", settings.TestFrac, sources),
        };
        _flags.RequireEffect(settings, sources, Shell.Terminal);
        var records = _data.Load(sources, isPrinted: !settings.MultiLabel, PurposeOf(settings));
        Describe(records, settings);
        var material = new ClassifierMaterial
        {
            InitFrom = from,
            Validation = LoadBeside(_valFile, records, sources),
            Test = LoadBeside(_testFile, records, sources),
        };
        if (sources.Parsed.GetValue(DryRun))
            return Print(RunForecast.Of(settings, records, material, Shell.Interruption.Token), sources);
        return InNewRun(
            sources,
            records.Name,
            run =>
            {
                using var trainer = ClassifierTrainer.Start(records, settings, run, CommandLine(), material);
                return Train(trainer, run, sources, mode);
            }
        );
    }

    protected override int GoOn(SettingSources sources, ProgressMode mode)
    {
        var run = RunToResume(sources, () => _data.NameOf(sources));
        var configuration = ClassifierConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        _preset.RequireSame(configuration.Settings, sources);
        var settings = _flags.ResolveResumed(configuration.Settings, sources);
        _flags.RequireEffect(settings, sources, Shell.Terminal);
        var records = _data.LoadAgain(
            sources,
            configuration.Data,
            PurposeOf(settings),
            isPrinted: !settings.MultiLabel
        );
        Describe(records, settings);
        var material = new ClassifierMaterial
        {
            Validation = LoadBesideAgain(_valFile, configuration.Validation, records, sources),
            Test = LoadBesideAgain(_testFile, configuration.Test, records, sources),
        };
        using var trainer = ClassifierTrainer.Resume(records, settings, run, material);
        return Train(trainer, run, sources, mode);
    }

    // Labels with a single text are refused, unless rare labels are left out, or labels are still to be split.
    private static LabeledPurpose PurposeOf(ClassifierSettings settings) =>
        settings.MinRecords > 1 || settings.MultiLabel ? LabeledPurpose.Scoring : LabeledPurpose.Learning;

    // Labels that are still to be split are no labels to be summed up.
    private void Describe(LabeledRecords records, ClassifierSettings settings)
    {
        if (settings.MultiLabel)
            LabeledSummary.PrintLabelSets(records, Shell.Terminal);
    }

    private double ShareBeside(Option<string?> file, string share, double value, SettingSources sources)
    {
        if (sources.Parsed.GetValue(file) is null)
            return value;
        return value > 0 && _flags.IsGiven(share, sources)
            ? throw new SettingsException(
                $"{file.Name} names texts of its own, and {share} holds some of the data out for the same; give one of "
                    + "them."
            )
            : 0;
    }

    private LabeledRecords? LoadBeside(Option<string?> file, LabeledRecords records, SettingSources sources) =>
        sources.Parsed.GetValue(file) is { } named ? _data.LoadBeside(named, sources, records.Preparation) : null;

    private LabeledRecords? LoadBesideAgain(
        Option<string?> file,
        LabeledDataRecord? record,
        LabeledRecords records,
        SettingSources sources
    )
    {
        string? named = sources.Parsed.GetValue(file);
        if (record is null)
            return named is null
                ? null
                : throw new SettingsException(
                    $"{file.Name} differs from the run, which has none; leave it out, or start a new run."
                );
        named ??= MovedText.RequireThere([record.Source!.Named], $"name where it is now with {file.Name}")[0];
        return _data.LoadBeside(named, sources, records.Preparation, record);
    }

    private int Train(ClassifierTrainer trainer, RunFolder run, SettingSources sources, ProgressMode mode)
    {
        var result = WithProgress(
            mode,
            line =>
                trainer.Run(
                    new ClassifierScreen(Shell.Terminal, line)
                    {
                        Plan = Plan(trainer.Settings, "charrnn classify train", run),
                    },
                    Shell.Interruption.Token
                )
        );
        return Print(
            sources,
            result.Stopped,
            json => WriteProperties(json, result, trainer, run),
            () => WriteScreen(result, run, trainer.Settings.MultiLabel)
        );
    }

    private void WriteScreen(ClassifierResult result, RunFolder run, bool isMultiLabel)
    {
        if (result.Test is { } test)
            ClassificationScreen.Write(Shell, test);
        if (result.TestSets is { } sets)
            LabelSetScreen.Write(Shell, sets);
        if (result.Test is not null || result.TestSets is not null)
            Shell.Output.WriteLine();

        Shell.Output.WriteLine($"model    {run.ModelPath}");
        Shell.Output.WriteLine($"reached  {ClassifierScreen.Summary(result, isMultiLabel)}");
        Shell.Output.WriteLine(
            NextStep(
                result.Stopped,
                "charrnn classify train",
                run,
                $"charrnn classify predict {ShellWords.QuotedPath(run.Path)} TEXT"
            )
        );
    }

    private static void WriteProperties(
        Utf8JsonWriter json,
        ClassifierResult result,
        ClassifierTrainer trainer,
        RunFolder run
    )
    {
        json.WriteString("run", run.Path);
        JsonLine.WriteNumber(json, "accuracy", result.Test?.Accuracy);
        JsonLine.WriteNumber(json, "macro_accuracy", result.Test?.MacroAccuracy);
        JsonLine.WriteNumber(json, "macro_f1", result.Test?.MacroF1 ?? result.TestSets?.MacroF1);
        JsonLine.WriteNumber(json, "log_loss", result.Test?.LogLoss ?? result.TestSets?.LogLoss);
        JsonLine.WriteNumber(json, "top3_accuracy", result.Test?.Top3Accuracy);
        JsonLine.WriteNumber(json, "majority_baseline", result.Test?.MajorityBaseline);
        json.WriteNumber("train", CountOf(trainer.Train, trainer));
        json.WriteNumber("test", CountOf(trainer.Test, trainer));
        json.WriteNumber("seconds", Math.Round(result.Seconds, 3));
        json.WriteString("model", run.ModelPath);
        json.WriteNumber("validation", CountOf(trainer.Validation, trainer));
        JsonLine.WriteNumber(json, "accuracy_ceiling", result.Test?.AccuracyCeiling);
        json.WriteNumber("params", trainer.Model.ParameterCount);
        json.WriteNumber("steps", result.Steps);
        json.WriteNumber("epochs", Math.Round(result.Epochs, 4));
        JsonLine.WriteNumber(json, "train_loss", result.TrainLoss);
        JsonLine.WriteNumber(json, "best_val_accuracy", result.BestValAccuracy);
        json.WriteNumber("best_step", result.BestStep);
        if (!trainer.Settings.MultiLabel)
            return;
        JsonLine.WriteNumber(json, "micro_f1", result.TestSets?.MicroF1);
        JsonLine.WriteNumber(json, "subset_accuracy", result.TestSets?.SubsetAccuracy);
    }

    private static int CountOf(LabeledRecords? part, ClassifierTrainer trainer) =>
        (trainer.Settings.MultiLabel ? part?.TextCount : part?.Records.Count) ?? 0;
}
