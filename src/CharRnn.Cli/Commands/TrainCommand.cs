using System.CommandLine;
using System.Text.Json;
using CharRnn.Checkpoints;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.Settings;
using CharRnn.Sampling;
using CharRnn.Text;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn train</c>: learns a text.</summary>
internal sealed class TrainCommand : VerbCommand
{
    private const string RunsFolder = "runs";
    private const int ClosingSampleLength = 400;
    private const double ClosingTemperature = 0.5;
    // Above this, compressing the text would hold training up noticeably.
    private const int LargestGzipped = 20_000_000;

    private readonly CorpusArgument corpusArgument;
    private readonly TrainFlags flags = new();
    private readonly Option<string?> output = new("-o", "--output") { Description = "The run's folder (default: runs/<corpus>-001, the next free number).", HelpName = "RUN" };
    private readonly Option<bool> resume = new("--resume") { Description = "Go on with the run of -o, or with the newest run of the corpus." };
    private readonly Option<string?> replay = new("--replay") { Description = "Train again as a run that has ended did, timed or not: its settings, schedule and steps, to the same bits.", HelpName = "RUN" };
    private readonly Option<bool> json = new("--json") { Description = "Print the result as one JSON object." };
    private readonly Setting<ProgressMode> progress = ProgressFlag.Make();

    public TrainCommand(Shell shell) : base(shell, "train", "Train a character-level recurrent network on a text.")
    {
        corpusArgument = new(shell);
        corpusArgument.AddTo(this);
        Add(output);
        Add(resume);
        Add(replay);
        flags.AddTo(this);
        Add(progress.Option);
        Add(json);
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var mode = progress.Resolve(sources).Value;
        Shell.Terminal.IsQuiet = mode is ProgressMode.None or ProgressMode.Json;
        if (parsed.GetValue(resume) && parsed.GetValue(replay) is not null)
            throw new SettingsException("--resume goes on with a run and --replay trains a new one; give one of them. A replay that was stopped is resumed with --resume alone.");
        if (parsed.GetValue(resume))
            return Resume(sources, mode);
        var (settings, corpus, run) = Prepare(sources, mode);
        using var reading = corpus;
        try
        {
            using var trainer = Trainer.Start(corpus, settings, run, CommandLine());
            return Train(trainer, run, corpus, parsed, mode);
        }
        catch
        {
            run.DeleteIfUnused();
            throw;
        }
    }

    private (TrainingSettings Settings, Corpus Corpus, RunFolder Run) Prepare(SettingSources sources, ProgressMode mode)
    {
        // Flags first: a wrong one must not wait for a large text to be read.
        var replayed = sources.Parsed.GetValue(replay) is { } named ? RunFolder.Open(named) : null;
        var configuration = replayed is null ? null : RunConfiguration.Parse(replayed.ReadConfig(), replayed.ConfigPath);
        var settings = configuration is null
            ? flags.Resolve(sources)
            : flags.ResolveResumed(configuration.Settings, sources) with { Replay = configuration.Plan };
        settings.Validate();
        var corpus = configuration is null ? corpusArgument.Load(sources, mode) : corpusArgument.LoadAgain(sources, configuration.Corpus, mode);
        return (settings, corpus, RunFolder.Create(sources.Parsed.GetValue(output) ?? RunFolder.NextFree(RunsFolder, corpus.Name)));
    }

    private int Resume(SettingSources sources, ProgressMode mode)
    {
        var named = sources.Parsed.GetValue(output);
        if (named is null)
        {
            var corpusName = corpusArgument.NameOf(sources);
            named = RunFolder.Newest(RunsFolder, corpusName)
                ?? throw new ModelException($"there is no run of {corpusName} in {RunsFolder} to resume; name one with -o, or start a new run without --resume.");
        }

        var run = RunFolder.Open(named);
        var configuration = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        var settings = flags.ResolveResumed(configuration.Settings, sources);
        using var corpus = corpusArgument.LoadAgain(sources, configuration.Corpus, mode);
        using var trainer = Trainer.Resume(corpus, settings, run);
        return Train(trainer, run, corpus, sources.Parsed, mode);
    }

    private int Train(Trainer trainer, RunFolder run, Corpus corpus, ParseResult parsed, ProgressMode mode)
    {
        bool isGzipTold = !Shell.Terminal.IsQuiet && corpus.Ids.Length <= LargestGzipped;
        long? gzipBytes = isGzipTold ? TextStatistics.GzipBytesOf(corpus) : null;
        TrainingResult result;
        using (var line = ProgressLine.Start(Shell.Terminal, mode, Shell.Clock))
            result = trainer.Run(new TrainScreen(Shell.Terminal, line, mode, corpus.Name, gzipBytes), Shell.Interruption.Token);
        if (parsed.GetValue(json))
            WriteJson(result, trainer, run);
        else
            WriteScreen(result, trainer, run);
        return result.Stopped == StopReason.Diverged ? ExitCode.Diverged : ExitCode.Success;
    }

    private static string CommandLine() => string.Join(' ', ["charrnn", .. Environment.GetCommandLineArgs().Skip(1).Select(Quoted)]);

    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsLetterOrDigit(c) || "-_./:=,+%@".Contains(c)) ? argument : $"'{argument.Replace("'", "'\\''")}'";

    private void WriteScreen(TrainingResult result, Trainer trainer, RunFolder run)
    {
        if (result.Steps > 0)
        {
            var options = new SamplingOptions { Temperature = ClosingTemperature };
            Shell.Output.WriteLine(TextEscape.ForTerminal(new TextGenerator(trainer.Model).Generate("", ClosingSampleLength, options)));
            Shell.Output.WriteLine();
        }

        Shell.Output.WriteLine($"model    {run.ModelPath}");
        Shell.Output.WriteLine($"reached  {TrainScreen.Summary(result)}");
        Shell.Output.WriteLine(result.Stopped switch
        {
            StopReason.Interrupted => $"next     charrnn train -o {run.Path} --resume",
            StopReason.Diverged => "next     train again with a lower --learning-rate; the last good model was kept",
            _ => $"next     charrnn sample {run.Path}",
        });
    }

    private void WriteJson(TrainingResult result, Trainer trainer, RunFolder run) => JsonLine.Write(Shell.Output, json =>
    {
        json.WriteString("run", run.Path);
        json.WriteString("model", run.ModelPath);
        json.WriteString("cell", trainer.Model.Spec.Cell);
        json.WriteNumber("params", trainer.Model.ParameterCount);
        json.WriteNumber("steps", result.Steps);
        json.WriteNumber("chars", result.Chars);
        json.WriteNumber("seconds", Math.Round(result.Seconds, 3));
        json.WriteNumber("chars_per_sec", result.Seconds > 0 ? Math.Round(result.Chars / result.Seconds) : 0);
        WriteLoss(json, "train_loss", result.TrainLoss);
        WriteLoss(json, "val_loss", result.ValLoss);
        WriteLoss(json, "val_bpc", result.ValLoss / Math.Log(2));
        WriteLoss(json, "best_val_loss", result.BestValLoss);
        json.WriteNumber("best_step", result.BestStep);
        WriteLoss(json, "test_loss", result.TestLoss);
        json.WriteString("stopped", JsonNamingPolicy.SnakeCaseLower.ConvertName(result.Stopped.ToString()));
    });

    private static void WriteLoss(Utf8JsonWriter json, string key, double? loss)
    {
        if (loss is { } number && double.IsFinite(number))
            json.WriteNumber(key, number);
        else
            json.WriteNull(key);
    }
}
