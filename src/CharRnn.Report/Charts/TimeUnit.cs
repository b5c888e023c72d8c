using CharRnn.Report.Runs;

namespace CharRnn.Report.Charts;

/// <summary>The unit that times of some runs are best shown in.</summary>
internal static class TimeUnit
{
    private const double Minute = 60,
        Hour = 3600;

    /// <summary>Its name, and how many seconds it has.</summary>
    public static (string Name, double Seconds) For(IReadOnlyList<IReportedRun> runs) =>
        runs.Max(run => run.Seconds) switch
        {
            > 3 * Hour => ("hours", Hour),
            > 3 * Minute => ("minutes", Minute),
            _ => ("seconds", 1),
        };
}
