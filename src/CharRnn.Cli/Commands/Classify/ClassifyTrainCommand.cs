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

    public ClassifyTrainCommand(Shell shell)
        : base(shell, "train", "Train a recurrent network that tells the labels of short texts.", "data")
    {
        _data = new(shell);
        _data.AddTo(this);
        Add(FlagGroup.Run, Output, _preset.Option, Resume, DryRun);
        _flags.AddTo(this);
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

    protected override int Start(SettingSources sources, ProgressMode mode)
    {
        // Flags first: a wrong one must not wait for the data to be read.
        var settings = _flags.Resolve(sources, _preset.Settings(sources));
        settings.Validate();
        _flags.RequireEffect(settings, sources, Shell.Terminal);
        var records = _data.Load(sources);
        if (sources.Parsed.GetValue(DryRun))
            return Print(RunForecast.Of(settings, records, Shell.Interruption.Token), sources);
        return InNewRun(
            sources,
            records.Name,
            run =>
            {
                using var trainer = ClassifierTrainer.Start(records, settings, run, CommandLine());
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
        using var trainer = ClassifierTrainer.Resume(_data.LoadAgain(sources, configuration.Data), settings, run);
        return Train(trainer, run, sources, mode);
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
            () => WriteScreen(result, run)
        );
    }

    private void WriteScreen(ClassifierResult result, RunFolder run)
    {
        if (result.Test is { } test)
        {
            ClassificationScreen.Write(Shell, test);
            Shell.Output.WriteLine();
        }

        Shell.Output.WriteLine($"model    {run.ModelPath}");
        Shell.Output.WriteLine($"reached  {ClassifierScreen.Summary(result)}");
        Shell.Output.WriteLine(
            NextStep(
                result.Stopped,
                "charrnn classify train",
                run,
                $"charrnn classify predict {QuotedPath(run.Path)} TEXT"
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
        JsonLine.WriteNumber(json, "macro_f1", result.Test?.MacroF1);
        JsonLine.WriteNumber(json, "log_loss", result.Test?.LogLoss);
        JsonLine.WriteNumber(json, "top3_accuracy", result.Test?.Top3Accuracy);
        JsonLine.WriteNumber(json, "majority_baseline", result.Test?.MajorityBaseline);
        json.WriteNumber("train", trainer.Train.Records.Count);
        json.WriteNumber("test", trainer.Test?.Records.Count ?? 0);
        json.WriteNumber("seconds", Math.Round(result.Seconds, 3));
        json.WriteString("model", run.ModelPath);
        json.WriteNumber("validation", trainer.Validation?.Records.Count ?? 0);
        JsonLine.WriteNumber(json, "accuracy_ceiling", result.Test?.AccuracyCeiling);
        json.WriteNumber("params", trainer.Model.ParameterCount);
        json.WriteNumber("steps", result.Steps);
        json.WriteNumber("epochs", Math.Round(result.Epochs, 4));
        JsonLine.WriteNumber(json, "train_loss", result.TrainLoss);
        JsonLine.WriteNumber(json, "best_val_accuracy", result.BestValAccuracy);
        json.WriteNumber("best_step", result.BestStep);
    }
}
