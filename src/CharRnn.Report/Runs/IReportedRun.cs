using CharRnn.Training;

namespace CharRnn.Report.Runs;

/// <summary>A run as a report shows it, whatever kind of network it trains.</summary>
public interface IReportedRun
{
    /// <summary>A short name, different for each run of a report.</summary>
    string Label { get; }

    /// <summary>The folder, as it was named.</summary>
    string Path { get; }

    /// <summary>All settings, by the names that <c>config.json</c> gives them.</summary>
    IReadOnlyList<RunSetting> Settings { get; }

    /// <summary>Origin, as pairs of a name and its value.</summary>
    IReadOnlyList<RunSetting> Origins { get; }

    /// <summary>The metrics and samples so far.</summary>
    RunHistory History { get; }

    /// <summary>Whether it was being trained when it was read.</summary>
    bool IsTraining { get; }

    /// <summary>Number of trained parameters; null before a model was saved.</summary>
    long? Parameters { get; }

    /// <summary>Steps done.</summary>
    long Steps { get; }

    /// <summary>The best evaluation, whose model is kept; null before the first.</summary>
    MetricsLine? Best { get; }

    /// <summary>Why it ended; null while it is being trained, and of runs that did not write it down.</summary>
    StopReason? Stopped { get; }

    /// <summary>Time trained; null before anything was written down.</summary>
    double? Seconds => History.Metrics.Max(line => line.Seconds);

    /// <summary>The lines of one split that have a loss, in their order.</summary>
    internal IEnumerable<MetricsLine> Scored(string split) =>
        History.Metrics.Where(line => line.Split == split && line.Loss is not null);
}
