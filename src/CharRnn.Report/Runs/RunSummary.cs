using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Training;

namespace CharRnn.Report.Runs;

/// <summary>Whether a run has reached its end.</summary>
internal enum RunState
{
    /// <summary>It is being trained.</summary>
    Running,

    /// <summary>It has reached one of its limits.</summary>
    Finished,

    /// <summary>It was stopped before that.</summary>
    Interrupted,

    /// <summary>Its loss left all bounds.</summary>
    Diverged,

    /// <summary>Its files are damaged.</summary>
    Unreadable,
}

/// <summary>A run in a list: what it is, and its main figures.</summary>
internal sealed record RunSummary
{
    private const string Classifier = "classifier";

    /// <summary>The folder, as it was named.</summary>
    public required string Path { get; init; }

    public required RunState State { get; init; }

    /// <summary>Time at which the configuration was last written: at the run's start, or its end.</summary>
    public required DateTime Changed { get; init; }

    /// <summary>The kind of network: language model or classifier.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Whether it is a classifier's.</summary>
    public bool IsClassifier => Kind == Classifier;

    /// <summary>The network in a few words: <c>lstm 2×256</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>The name of the text or the records.</summary>
    public string Corpus { get; init; } = "";

    public long? Steps { get; init; }

    public long? Parameters { get; init; }

    public double? Seconds { get; init; }

    /// <summary>
    /// Validation loss of the model that is kept, as it was scored at the end, or else in training: nats per character,
    /// or per record.
    /// </summary>
    public double? BestValLoss { get; init; }

    /// <summary>The best validation accuracy of a classifier.</summary>
    public double? BestValAccuracy { get; init; }

    public double? TestLoss { get; init; }

    /// <summary>The accuracy of a classifier on the test part.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>The folder's own name.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.GetFullPath(Path));

    /// <summary>What is wrong with its files; null where they can be read.</summary>
    public string? Fault { get; init; }

    /// <summary>Reads a run that may be damaged.</summary>
    public static RunSummary Read(string path)
    {
        try
        {
            return Of(ReportedRuns.ReadAll([path])[0]);
        }
        catch (CharRnnException failure)
        {
            return new()
            {
                Path = path,
                State = RunState.Unreadable,
                Changed = ChangedAt(path),
                Fault = failure.Message,
            };
        }
    }

    /// <summary>The runs of a folder, in the order of their names; none where there is no such folder.</summary>
    public static List<RunSummary> ReadAll(string folder) =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateDirectories(folder)
                    .Where(path => File.Exists(System.IO.Path.Combine(path, RunFolder.ConfigName)))
                    .Select(Read)
                    .OrderBy(run => run.Name, StringComparer.Ordinal),
            ]
            : [];

    /// <summary>The summary of a run.</summary>
    public static RunSummary Of(IReportedRun run)
    {
        var classifier = run as ClassifierRun;
        var (kind, settings, plan, corpus) = run switch
        {
            ReportedRun { Configuration: var model } => (
                "language model",
                (RunSettings)model.Settings,
                model.Plan,
                model.Corpus.Name
            ),
            ClassifierRun { Configuration: var saved } => (Classifier, saved.Settings, saved.Plan, saved.Data.Name),
            _ => throw new NotSupportedException(run.GetType().Name),
        };
        return new()
        {
            Path = run.Path,
            Changed = ChangedAt(run.Path),
            Kind = kind,
            Model = $"{settings.Cell} {settings.NumLayers}×{settings.HiddenSize}",
            Corpus = corpus,
            Steps = run.Steps,
            Parameters = run.Parameters,
            Seconds = run.Seconds,
            BestValLoss = (run as ReportedRun)?.ValLoss ?? run.Best?.Loss,
            BestValAccuracy = classifier?.Best?.Accuracy ?? classifier?.Best?.MicroF1,
            TestLoss = run.History.Metrics.LastOrDefault(line => line.Split == "test")?.Loss,
            TestAccuracy = classifier?.Test?.Accuracy,
            State = StateOf(run, plan, settings.Patience),
        };
    }

    private static DateTime ChangedAt(string path) =>
        File.GetLastWriteTimeUtc(System.IO.Path.Combine(path, RunFolder.ConfigName));

    // Runs of earlier versions have no result. The plan is written when training ends or is interrupted; a run that reached its end has no steps left in it, or
    // was tested, or lost patience.
    private static RunState StateOf(IReportedRun run, IReadOnlyList<PlanChange> plan, int? patience)
    {
        if (run.IsTraining)
            return RunState.Running;
        if (run.Stopped is { } reason)
            return reason switch
            {
                StopReason.Interrupted => RunState.Interrupted,
                StopReason.Diverged => RunState.Diverged,
                _ => RunState.Finished,
            };
        bool isPlanDone = plan is [.., var last] && run.Steps >= last.PlannedSteps;
        bool isTested = run.History.Metrics.Any(line => line.Split == "test" && line.Step == run.Steps);
        bool isPatienceLost =
            patience is { } most
            && run.History.Metrics.Count(line => line.Split == "val" && line.Step > run.Best?.Step) >= most;
        return isPlanDone || isTested || isPatienceLost ? RunState.Finished : RunState.Interrupted;
    }
}
