using System.CommandLine;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn classify train</c>: learns to tell the labels of names and other short texts.</summary>
internal sealed class ClassifyTrainCommand : VerbCommand
{
    private readonly LabeledArgument _data;
    private readonly ClassifierPresetFlag _preset = new();
    private readonly ClassifierFlags _flags = new();
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The run's folder (default: runs/<data>-001, the next free number).",
        HelpName = "RUN",
    };
    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on with the run of -o, or with the newest run of the data.",
    };
    private readonly Option<bool> _dryRun = SharedFlags.DryRun();
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as one JSON object." };
    private readonly Setting<ProgressMode> _progress = SharedFlags.Progress();

    public ClassifyTrainCommand(Shell shell)
        : base(shell, "train", "Train a recurrent network that tells the labels of short texts.")
    {
        _data = new(shell);
        _data.AddTo(this);
        Add(FlagGroup.Run, _output, _preset.Option, _resume, _dryRun);
        _flags.AddTo(this);
        Add(FlagGroup.Output, _progress.Option, _json);
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

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var mode = _progress.Resolve(sources).Value;
        Shell.Terminal.IsQuiet = mode is ProgressMode.None or ProgressMode.Json;
        if (parsed.GetValue(_dryRun))
            FlagConflict.Refuse(parsed, _dryRun, "which is for a run that has not begun", _resume);
        return parsed.GetValue(_resume) ? Resume(sources, mode) : Start(sources, mode);
    }

    private int Start(SettingSources sources, ProgressMode mode)
    {
        // Flags first: a wrong one must not wait for the data to be read.
        var settings = _flags.Resolve(sources, _preset.Settings(sources));
        settings.Validate();
        var records = _data.Load(sources);
        if (sources.Parsed.GetValue(_dryRun))
        {
            var forecast = RunForecast.Of(settings, records, Shell.Interruption.Token);
            forecast.Write(Shell, sources.Parsed.GetValue(_json));
            return ExitCode.Success;
        }
        var run = RunFolder.Create(sources.Parsed.GetValue(_output) ?? RunNames.NextFree(RunsFolder, records.Name));
        try
        {
            using var trainer = ClassifierTrainer.Start(records, settings, run, CommandLine());
            return Train(trainer, run, sources, mode);
        }
        catch
        {
            run.DeleteIfUnused();
            throw;
        }
    }

    private int Resume(SettingSources sources, ProgressMode mode)
    {
        string named =
            sources.Parsed.GetValue(_output)
            ?? RunNames.Newest(RunsFolder, _data.NameOf(sources))
            ?? throw new ModelException(
                $"there is no run of {_data.NameOf(sources)} in {RunsFolder} to resume; name one with -o, or start "
                    + "a new run without --resume."
            );
        var run = RunFolder.Open(named);
        var configuration = ClassifierConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        _preset.RequireSame(configuration.Settings, sources);
        var settings = _flags.ResolveResumed(configuration.Settings, sources);
        using var trainer = ClassifierTrainer.Resume(_data.LoadAgain(sources, configuration.Data), settings, run);
        return Train(trainer, run, sources, mode);
    }

    private int Train(ClassifierTrainer trainer, RunFolder run, SettingSources sources, ProgressMode mode)
    {
        ClassifierResult result;
        using (var line = ProgressLine.Start(Shell.Terminal, mode, Shell.Clock))
            result = trainer.Run(new ClassifierScreen(Shell.Terminal, line), Shell.Interruption.Token);

        if (sources.Parsed.GetValue(_json))
            WriteJson(result, trainer, run);
        else
            WriteScreen(result, run);
        return result.Stopped == StopReason.Diverged ? ExitCode.Diverged : ExitCode.Success;
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
            result.Stopped switch
            {
                StopReason.Interrupted => $"next     charrnn classify train -o {run.Path} --resume",
                StopReason.Diverged =>
                    "next     train again with a lower --learning-rate; the last good model was kept",
                _ => $"next     charrnn classify predict {run.Path} TEXT",
            }
        );
    }

    private void WriteJson(ClassifierResult result, ClassifierTrainer trainer, RunFolder run) =>
        JsonLine.Write(
            Shell.Output,
            json =>
            {
                json.WriteString("run", run.Path);
                Write(json, "accuracy", result.Test?.Accuracy);
                Write(json, "macro_accuracy", result.Test?.MacroAccuracy);
                Write(json, "macro_f1", result.Test?.MacroF1);
                Write(json, "log_loss", result.Test?.LogLoss);
                Write(json, "top3_accuracy", result.Test?.Top3Accuracy);
                Write(json, "majority_baseline", result.Test?.MajorityBaseline);
                json.WriteNumber("train", trainer.Train.Records.Count);
                json.WriteNumber("test", trainer.Test?.Records.Count ?? 0);
                json.WriteNumber("seconds", Math.Round(result.Seconds, 3));
                json.WriteString("model", run.ModelPath);
                json.WriteNumber("validation", trainer.Validation?.Records.Count ?? 0);
                Write(json, "accuracy_ceiling", result.Test?.AccuracyCeiling);
                json.WriteNumber("params", trainer.Model.ParameterCount);
                json.WriteNumber("steps", result.Steps);
                json.WriteNumber("epochs", Math.Round(result.Epochs, 4));
                Write(json, "train_loss", result.TrainLoss);
                Write(json, "best_val_accuracy", result.BestValAccuracy);
                json.WriteNumber("best_step", result.BestStep);
                json.WriteString("stopped", JsonNamingPolicy.SnakeCaseLower.ConvertName(result.Stopped.ToString()));
            }
        );

    private static void Write(Utf8JsonWriter json, string key, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(key, number);
        else
            json.WriteNull(key);
    }
}
