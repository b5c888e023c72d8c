using CharRnn.Checkpoints;

namespace CharRnn.Training;

/// <summary>Logs of a run that may be training, read as they grow.</summary>
/// <param name="run">The run.</param>
internal sealed class RunTail(RunFolder run)
{
    private readonly JsonLinesTail _metricsTail = new(run.MetricsPath),
        _samplesTail = new(run.SamplesPath);
    private readonly List<MetricsLine> _metrics = [];
    private readonly List<SampleReport> _samples = [];

    /// <summary>What was read so far.</summary>
    public RunHistory History { get; private set; } = new([], []);

    /// <summary>Reads what was added, or all where the run was cut back.</summary>
    /// <returns>Whether the history has changed.</returns>
    /// <exception cref="ModelException">A file cannot be read.</exception>
    public bool Read()
    {
        bool hasMetrics = Take(_metricsTail, _metrics, RunHistory.MetricsOf),
            hasSamples = Take(_samplesTail, _samples, RunHistory.SampleOf);
        if (!hasMetrics && !hasSamples)
            return false;
        History = new(hasMetrics ? [.. _metrics] : History.Metrics, hasSamples ? [.. _samples] : History.Samples);
        return true;
    }

    private static bool Take<TLine>(
        JsonLinesTail tail,
        List<TLine> lines,
        Func<long, System.Text.Json.JsonElement, TLine> read
    )
    {
        var added = tail.ReadNew(out bool restarted);
        if (restarted)
            lines.Clear();
        lines.AddRange(added.Select(entry => read(entry.Step, entry.Line)));
        return restarted || added.Count > 0;
    }
}
