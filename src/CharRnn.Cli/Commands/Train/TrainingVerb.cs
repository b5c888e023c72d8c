using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary>A verb that trains a network in a run folder: a new run, or one that is resumed.</summary>
internal abstract class TrainingVerb : VerbCommand
{
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as one JSON object." };
    private readonly Setting<ProgressMode> _progress = SharedFlags.Progress();

    /// <param name="shell">Everything outside the process that the verb may touch.</param>
    /// <param name="name">The verb.</param>
    /// <param name="description">Description for the help.</param>
    /// <param name="data">Name of the data in the help.</param>
    protected TrainingVerb(Shell shell, string name, string description, string data)
        : base(shell, name, description)
    {
        Output = new("--output", "-o")
        {
            Description = $"The run's folder (default: runs/<{data}>-001, the next free number).",
            HelpName = "RUN",
        };
        Resume = new("--resume") { Description = $"Go on with the run of -o, or with the newest run of the {data}." };
    }

    protected Option<string?> Output { get; }

    protected Option<bool> Resume { get; }

    protected Option<bool> DryRun { get; } = SharedFlags.DryRun();

    protected void AddOutputFlags() => Add(FlagGroup.Output, _progress.Option, _json);

    protected sealed override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var mode = _progress.Resolve(sources).Value;
        Shell.Terminal.Follow(mode);
        RefuseConflicts(parsed);
        if (parsed.GetValue(DryRun))
            FlagConflict.Refuse(parsed, DryRun, "which is for a run that has not begun", Resume);
        return parsed.GetValue(Resume) ? GoOn(sources, mode) : Start(sources, mode);
    }

    /// <summary>Refuses flags of the verb's own that do not go together.</summary>
    /// <exception cref="SettingsException">Two of them were given.</exception>
    protected virtual void RefuseConflicts(ParseResult parsed) { }

    /// <summary>Trains a new run.</summary>
    protected abstract int Start(SettingSources sources, ProgressMode mode);

    /// <summary>Resumes a run.</summary>
    protected abstract int GoOn(SettingSources sources, ProgressMode mode);

    private static string ResumeLine(string verb, RunFolder run) =>
        $"{verb} -o {ShellWords.QuotedPath(run.Path)} --resume";

    /// <summary>Prints the forecast of a dry run.</summary>
    protected int Print(RunForecast forecast, SettingSources sources)
    {
        forecast.Write(Shell, sources.Parsed.GetValue(_json));
        return ExitCode.Success;
    }

    /// <summary>Trains in a new folder, which is deleted again when training fails before using it.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="dataName">The name of the data, after which the folder is named by default.</param>
    /// <param name="train">Trains in the folder.</param>
    protected int InNewRun(SettingSources sources, string dataName, Func<RunFolder, int> train)
    {
        var run = RunFolder.Create(sources.Parsed.GetValue(Output) ?? RunNames.NextFree(RunsFolder, dataName));
        try
        {
            return train(run);
        }
        catch
        {
            run.DeleteIfUnused();
            throw;
        }
    }

    /// <summary>The run to resume: the one of <c>-o</c>, or the newest of the data.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="dataName">The name of the data; asked only without <c>-o</c>.</param>
    /// <exception cref="ModelException">There is none.</exception>
    protected RunFolder RunToResume(SettingSources sources, Func<string> dataName)
    {
        if (sources.Parsed.GetValue(Output) is { } named)
            return RunFolder.Open(named);
        string name = dataName();
        return RunFolder.Open(
            RunNames.Newest(RunsFolder, name)
                ?? throw new ModelException(
                    $"there is no run of {name} in {RunsFolder} to resume; name one with -o, or start a new run "
                        + "without --resume."
                )
        );
    }

    /// <summary>Trains with a progress line.</summary>
    protected T WithProgress<T>(ProgressMode mode, Func<ProgressLine, T> train)
    {
        using var line = ProgressLine.Start(Shell.Terminal, mode, Shell.Clock);
        using var held = Shell.Interruption.Hold();
        return train(line);
    }

    /// <summary>Prints the result, as JSON or for the eye.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="stopped">Why training stopped.</param>
    /// <param name="json">Writes the properties of the JSON object; <c>stopped</c> is added as the last.</param>
    /// <param name="screen">Writes lines.</param>
    /// <returns>The exit code.</returns>
    protected int Print(SettingSources sources, StopReason stopped, Action<Utf8JsonWriter> json, Action screen)
    {
        Print(
            sources.Parsed.GetValue(_json),
            writer =>
            {
                json(writer);
                writer.WriteString("stopped", JsonNamingPolicy.SnakeCaseLower.ConvertName(stopped.ToString()));
            },
            screen
        );
        return stopped == StopReason.Diverged ? ExitCode.Diverged : ExitCode.Success;
    }

    /// <summary>How long a run takes, where it writes, and how to stop it and go on: a line for its beginning.</summary>
    /// <param name="settings">The settings, with a limit.</param>
    /// <param name="resumed">The verb that resumes the run.</param>
    /// <param name="run">The run.</param>
    protected static string Plan(RunSettings settings, string resumed, RunFolder run)
    {
        string?[] limits = settings.PlanToReplay is [.., var last]
            ? [$"{Quantity.Count(last.PlannedSteps, "step")}, as the run that is replayed"]
            :
            [
                settings.MaxTime is { } time ? Quantity.Time(time) : null,
                settings.MaxSteps is { } steps ? Quantity.Count(steps, "step") : null,
                settings.MaxEpochs is { } epochs
                    ? string.Create(CultureInfo.InvariantCulture, $"{epochs:0.##} epochs")
                    : null,
            ];
        string limit = string.Join(" or ", limits.OfType<string>());
        return $"trains {(limit.Length > 0 ? $"for {limit} in all" : "until it is stopped")}, into {run.Path}; Ctrl-C "
            + $"saves and stops, '{ResumeLine(resumed, run)}' goes on";
    }

    /// <summary>The line that says what to do after training.</summary>
    /// <param name="stopped">Why training stopped.</param>
    /// <param name="resumed">The verb that resumes the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="next">The command line that uses the model.</param>
    protected static string NextStep(StopReason stopped, string resumed, RunFolder run, string next) =>
        "next     "
        + stopped switch
        {
            StopReason.Interrupted => ResumeLine(resumed, run),
            StopReason.Diverged => "train again with a lower --learning-rate; the last good model was kept",
            _ => next,
        };
}
