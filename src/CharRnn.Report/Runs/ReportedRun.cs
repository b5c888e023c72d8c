using System.Globalization;
using System.Text.Json;
using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Report.Runs;

/// <summary>
/// A language model's run as a report shows it: the contents of its folder, and figures that follow from them. The run
/// may still be training.
/// </summary>
public sealed record ReportedRun : IReportedRun
{
    /// <summary>Reads a run.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="label">Its name.</param>
    /// <param name="history">Its logs, where they were read already; null to read them.</param>
    internal ReportedRun(RunFolder folder, string label, RunHistory? history = null)
    {
        (Label, Path) = (label, folder.Path);
        string json = folder.ReadConfig();
        Configuration = RunConfiguration.Parse(json, folder.ConfigPath);
        using var document = JsonDocument.Parse(json);
        Settings = RunSetting.In(document.RootElement);
        Baselines = Baseline.In(document.RootElement);
        IsTraining = RunLock.SeemsHeld(folder);
        History = history ?? RunHistory.Read(folder);
        Parameters = ParametersOf(Configuration, folder);
        Steps = Math.Max(folder.LastStep ?? 0, History.Metrics.Select(line => line.Step).DefaultIfEmpty(0).Max());
        Best = Scored("val").MinBy(line => line.Loss);
        // One of an earlier end is of another model.
        Result = RunResult.Read(folder) is { } result && result.Steps == Steps && !IsTraining ? result : null;
    }

    /// <summary>A short name, different for each run of a report.</summary>
    public string Label { get; }

    /// <summary>The folder, as it was named.</summary>
    public string Path { get; }

    /// <summary>The saved configuration.</summary>
    internal RunConfiguration Configuration { get; }

    /// <summary>How it ended; null while it is being trained, and of runs that did not write it down.</summary>
    internal RunResult? Result { get; }

    /// <summary>All settings, by the names that <c>config.json</c> gives them.</summary>
    public IReadOnlyList<RunSetting> Settings { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RunSetting> Origins =>
        [
            new("command line", Configuration.Command ?? "(a program)"),
            new("version", Configuration.Version),
            new("seed", Configuration.Settings.Seed.ToString(CultureInfo.InvariantCulture)),
            new("text", Configuration.Corpus.Name),
            new("SHA-256 of the text", Configuration.Corpus.Sha256),
            new("folder", Path),
        ];

    /// <summary>The scores of simpler models on the text; empty where the run did not write them down.</summary>
    public IReadOnlyList<Baseline> Baselines { get; }

    /// <summary>The metrics and samples so far.</summary>
    public RunHistory History { get; }

    /// <summary>Whether it was being trained when it was read.</summary>
    public bool IsTraining { get; }

    /// <summary>Number of trained parameters.</summary>
    public long Parameters { get; }

    long? IReportedRun.Parameters => Parameters;

    /// <summary>Steps done.</summary>
    public long Steps { get; }

    /// <summary>Characters in a window, T·B.</summary>
    public long CharactersPerStep => (long)Configuration.SeqLength * Configuration.BatchSize;

    /// <summary>Characters trained on.</summary>
    public long Characters => Steps * CharactersPerStep;

    /// <summary>Time trained; null before anything was written down.</summary>
    public double? Seconds => History.Metrics.Max(line => line.Seconds);

    /// <summary>The evaluation with the lowest validation loss; null before the first.</summary>
    public MetricsLine? Best { get; }

    /// <inheritdoc/>
    public StopReason? Stopped => Result?.Stopped;

    /// <summary>
    /// The validation loss of the model that is kept: as it was scored at the end, or else at its evaluation; null where
    /// there is none.
    /// </summary>
    public double? ValLoss => Result?.ValLoss ?? Best?.Loss;

    /// <summary>The kept model's loss on the training text, where nothing is held out; null otherwise.</summary>
    public double? TrainScore => Result?.TrainEvalLoss;

    /// <summary>The last average training loss; null before the first.</summary>
    public double? TrainLoss => Scored("train").LastOrDefault()?.Loss;

    /// <summary>The test loss; null where there is none.</summary>
    public double? TestLoss => Scored("test").LastOrDefault()?.Loss;

    /// <summary>Reads runs of language models.</summary>
    /// <param name="paths">Folders that <c>train</c> made, each named once.</param>
    /// <exception cref="SettingsException">There is none, or one is named twice.</exception>
    /// <exception cref="ModelException">One is no run, or cannot be read.</exception>
    public static IReadOnlyList<ReportedRun> ReadAll(IReadOnlyList<string> paths) =>
        [.. ReportedRuns.Open(paths).Select(named => new ReportedRun(named.Folder, named.Label))];

    /// <summary>The lines of one split that have a loss, in their order.</summary>
    internal IEnumerable<MetricsLine> Scored(string split) =>
        History.Metrics.Where(line => line.Split == split && line.Loss is not null);

    /// <summary>
    /// The newest loss of a split at a step, or where there is none yet the first; null where there is none at all.
    /// </summary>
    internal double? LossAt(string split, long step) =>
        (Scored(split).LastOrDefault(line => line.Step <= step) ?? Scored(split).FirstOrDefault())?.Loss;

    private static long ParametersOf(RunConfiguration configuration, RunFolder folder)
    {
        try
        {
            var (settings, corpus) = (configuration.Settings, configuration.Corpus);
            int labels = settings.IgnoreLabels ? 0 : corpus.Labels?.Count ?? 0;
            // Which of the symbols resets the state makes no difference to their number.
            return new ParameterLayout(
                settings.ModelSpec(corpus.Distinct, labels) with
                {
                    ResetId = settings.ConditionOnFirstSymbol ? 0 : null,
                }
            ).ParameterCount;
        }
        catch (SettingsException failure)
        {
            throw new ModelException(
                $"{folder.ConfigPath}: it is not the configuration of a run: {failure.Message}",
                failure
            );
        }
    }
}
