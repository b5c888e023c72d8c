using CharRnn.Datasets;
using CharRnn.Report.Runs;
using CharRnn.Training;

namespace CharRnn.Report.Charts;

/// <summary>What losses are drawn against.</summary>
public enum LossAxis
{
    /// <summary>Training steps.</summary>
    Steps,

    /// <summary>Time trained.</summary>
    Time,

    /// <summary>Characters trained on.</summary>
    Characters,
}

/// <summary>Charts of the losses against steps, time and characters, and of their end close up.</summary>
internal static class LossCharts
{
    private const string Loss = "loss, nats per character";

    /// <summary>
    /// Multiple of the loss of guessing blindly, ln V, from which on a loss no longer stretches the scale.
    /// </summary>
    private const double MaxLoss = 1.5;

    /// <summary>The part of the scale, from below, that the close-up shows.</summary>
    private const double CloseUpShare = 0.2;

    /// <summary>The charts there are points for.</summary>
    public static IReadOnlyList<Chart> Of(IReadOnlyList<ReportedRun> runs)
    {
        var bySteps = Along(LossAxis.Steps, runs);
        if (!bySteps.HasPoints)
            return [];
        var byTime = Along(LossAxis.Time, runs);
        var byCharacters = Along(LossAxis.Characters, runs);
        bool windowsDiffer = runs.Select(run => run.CharactersPerStep).Distinct().Count() > 1;
        return
        [
            .. new[] { bySteps, byTime, windowsDiffer ? byCharacters : null, CloseUp(bySteps) }
                .OfType<Chart>()
                .Where(chart => chart.HasPoints),
        ];
    }

    /// <summary>The losses along one axis; there may be none yet.</summary>
    public static Chart Along(LossAxis axis, IReadOnlyList<ReportedRun> runs)
    {
        var bySteps = new Chart
        {
            Id = "loss-steps",
            Title = "Loss by steps",
            XTitle = "training steps",
            YTitle = Loss,
            Lines = LinesOf(runs, (run, line) => axis == LossAxis.Steps ? line.Step : null),
            Levels = LevelsOf(runs),
            Ceiling = MaxLoss * runs.Max(run => Math.Log(Math.Max(2, run.Configuration.Corpus.Distinct))),
            LeftOut = runs.Sum(run => run.History.Metrics.Count(line => line.Loss is null)),
        };
        var (unit, seconds) = TimeUnit.For(runs);
        return axis switch
        {
            LossAxis.Time => bySteps with
            {
                Id = "loss-time",
                Title = "Loss by time",
                XTitle = $"time trained, {unit}",
                Lines = LinesOf(runs, (_, line) => line.Seconds / seconds),
            },
            LossAxis.Characters => bySteps with
            {
                Id = "loss-characters",
                Title = "Loss by characters read",
                XTitle = "characters trained on",
                Lines = LinesOf(runs, (run, line) => line.Step * run.CharactersPerStep),
            },
            _ => bySteps,
        };
    }

    /// <summary>
    /// The horizontal lines: of several runs on one text, once each; of several texts, with the text's name.
    /// </summary>
    public static IReadOnlyList<ChartLevel> LevelsOf(IReadOnlyList<ReportedRun> runs)
    {
        var texts = runs.Where(run => run.Baselines.Count > 0)
            .DistinctBy(run => run.Configuration.Corpus.Sha256)
            .ToList();
        return
        [
            .. from run in texts
            from baseline in run.Baselines
            select new ChartLevel(
                texts.Count == 1 ? baseline.Name : $"{baseline.Name}, {run.Configuration.Corpus.Name}",
                baseline.NatsPerChar
            ),
        ];
    }

    // The lowest part of the scale, where runs end and differ; null where there is nothing to look closer at.
    private static Chart? CloseUp(Chart chart)
    {
        var (low, high) = (chart with { Levels = [] }).Range;
        double ceiling = low + CloseUpShare * (high - low);
        return ceiling > low
            ? chart with
            {
                Id = "loss-close-up",
                Title = "Loss by steps, close up",
                Ceiling = ceiling,
                IsCloseUp = true,
                LeftOut = 0,
                Note = "The lowest fifth of the scale, where runs come to differ.",
            }
            : null;
    }

    private static List<ChartLine> LinesOf(
        IReadOnlyList<ReportedRun> runs,
        Func<ReportedRun, MetricsLine, double?> place
    ) =>
        [
            .. runs.SelectMany(
                    (run, number) =>
                        new[]
                        {
                            new ChartLine(number, run.Label, LineKind.Thin, "training", PointsOf(run, "train", place)),
                            new ChartLine(
                                number,
                                run.Label,
                                LineKind.Marked,
                                "validation",
                                PointsOf(run, "val", place)
                            ),
                        }
                )
                .Where(line => line.Points.Count > 0),
        ];

    private static List<ChartPoint> PointsOf(
        ReportedRun run,
        string split,
        Func<ReportedRun, MetricsLine, double?> place
    )
    {
        var points = new List<ChartPoint>();
        foreach (var line in run.Scored(split))
        {
            if (place(run, line) is { } x)
                points.Add(new ChartPoint(x, line.Loss!.Value));
        }
        // Steps and time go on, but where a run was resumed from an earlier step.
        return IsAscending(points) ? points : [.. points.OrderBy(point => point.X)];
    }

    private static bool IsAscending(List<ChartPoint> points)
    {
        for (int i = 1; i < points.Count; i++)
        {
            if (points[i].X < points[i - 1].X)
                return false;
        }
        return true;
    }
}
