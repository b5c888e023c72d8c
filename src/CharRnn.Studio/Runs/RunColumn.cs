using System.Globalization;
using CharRnn.Report.Pages;
using CharRnn.Report.Runs;

namespace CharRnn.Studio.Runs;

/// <summary>Column of the list of runs.</summary>
/// <param name="Title">Its head.</param>
/// <param name="IsNumber">Whether it is set to the right, and sorted from the largest.</param>
/// <param name="Key">What it is sorted by.</param>
/// <param name="Text">What it shows.</param>
internal sealed record RunColumn(
    string Title,
    bool IsNumber,
    Func<RunSummary, IComparable?> Key,
    Func<RunSummary, string> Text
)
{
    /// <summary>The run's name.</summary>
    public static RunColumn Name { get; } = new("Name", false, run => run.Name, run => run.Name);

    /// <summary>When it began or ended.</summary>
    public static RunColumn Changed { get; } =
        new(
            "Changed",
            true,
            run => run.Changed,
            run => run.Changed.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
        );

    /// <summary>The columns.</summary>
    public static IReadOnlyList<RunColumn> All { get; } =
    [
        Name,
        new(
            "State",
            false,
            run => run.State,
            run => run.State == RunState.Running ? "training" : run.State.ToString().ToLowerInvariant()
        ),
        new("Network", false, run => run.Model, run => run.Model),
        new("Text", false, run => run.Corpus, run => Format.Line(run.Corpus)),
        new("Steps", true, run => run.Steps, run => Format.Count(run.Steps)),
        new("Time", true, run => run.Seconds, run => Format.Time(run.Seconds)),
        new("Validation, nats", true, run => run.BestValLoss, run => Figure(run.BestValLoss)),
        new(
            "bits",
            true,
            run => run.IsClassifier ? null : run.BestValLoss,
            run => run.IsClassifier ? Format.Nothing : Figure(run.BestValLoss / Math.Log(2))
        ),
        new("Accuracy", true, run => run.BestValAccuracy, run => Format.Percent(run.BestValAccuracy)),
        new("Test", true, run => run.TestLoss, run => Figure(run.TestLoss)),
        Changed,
    ];

    private static string Figure(double? number) => number is { } loss ? Format.Digits(loss) : Format.Nothing;
}
