using System.Globalization;
using System.Text.Json;
using CharRnn.Checkpoints;
using CharRnn.Evaluation;
using CharRnn.Training;

namespace CharRnn.Report.Runs;

/// <summary>
/// A classifier's run as a report shows it: the contents of its folder, and figures that follow from them. The run may
/// still be training.
/// </summary>
public sealed record ClassifierRun : IReportedRun
{
    /// <summary>Reads a run.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="label">Its name.</param>
    /// <param name="history">Its logs, where they were read already; null to read them.</param>
    internal ClassifierRun(RunFolder folder, string label, RunHistory? history = null)
    {
        (Label, Path) = (label, folder.Path);
        string json = folder.ReadConfig();
        Configuration = ClassifierConfiguration.Parse(json, folder.ConfigPath);
        using (var document = JsonDocument.Parse(json))
            Settings = RunSetting.In(document.RootElement);
        IsTraining = RunLock.SeemsHeld(folder);
        History = history ?? RunHistory.Read(folder);
        Steps = Math.Max(folder.LastStep ?? 0, History.Metrics.Select(line => line.Step).DefaultIfEmpty(0).Max());
        Best = ((IReportedRun)this)
            .Scored("val")
            .Where(line => (line.Accuracy ?? line.MicroF1) is not null)
            .MaxBy(line => line.Accuracy ?? line.MicroF1);
        Stopped = RunResult.Read(folder) is { } result && result.Steps == Steps && !IsTraining ? result.Stopped : null;
        if (File.Exists(folder.ModelPath))
        {
            using var model = SequenceClassifier.Load(folder.ModelPath);
            Parameters = model.ParameterCount;
        }
        if (System.IO.Path.Combine(folder.Path, ClassificationFile.Name) is var figures && File.Exists(figures))
        {
            if (Configuration.Settings.MultiLabel)
                TestSets = LabelSetFile.Read(figures);
            else
                Test = ClassificationFile.Read(figures);
        }
    }

    /// <inheritdoc/>
    public string Label { get; }

    /// <inheritdoc/>
    public string Path { get; }

    /// <summary>The saved configuration.</summary>
    internal ClassifierConfiguration Configuration { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RunSetting> Settings { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RunSetting> Origins =>
        [
            new("command line", Configuration.Command ?? "(a program)"),
            new("version", Configuration.Version),
            new("seed", Configuration.Settings.Seed.ToString(CultureInfo.InvariantCulture)),
            new("data", Configuration.Data.Name),
            new("SHA-256 of the records", Configuration.Data.Sha256),
            new("folder", Path),
        ];

    /// <inheritdoc/>
    public RunHistory History { get; }

    /// <inheritdoc/>
    public bool IsTraining { get; }

    /// <summary>Number of trained parameters; null before a model was saved.</summary>
    public long? Parameters { get; }

    /// <summary>Steps done.</summary>
    public long Steps { get; }

    /// <summary>Epochs done; null before anything was written down.</summary>
    public double? Epochs => History.Metrics.Max(line => line.Epoch);

    /// <summary>
    /// The evaluation with the highest validation accuracy, or micro F1 of several labels a text, by which the kept
    /// model was chosen; null before the first.
    /// </summary>
    public MetricsLine? Best { get; }

    /// <inheritdoc/>
    public StopReason? Stopped { get; }

    /// <summary>The scores on the test part; null before that was scored.</summary>
    public ClassificationReport? Test { get; }

    /// <summary>The same of a classifier of several labels a text.</summary>
    public LabelSetReport? TestSets { get; }

    /// <summary>The scores of each label on the test part, whatever kind the classifier is of.</summary>
    public IReadOnlyList<LabelScore>? LabelScores => Test?.LabelScores ?? TestSets?.LabelScores;
}
