using CharRnn.Report.Runs;
using CharRnn.Training;

namespace CharRnn.Report.Charts;

/// <summary>Charts of a classifier's losses and accuracies.</summary>
internal static class ClassifierCharts
{
    private const string Epochs = "epochs",
        Loss = "loss, nats per record",
        Share = "share of validation records, 0 to 1";

    /// <summary>
    /// Multiple of the loss of guessing blindly, ln K of K labels, from which on a loss no longer stretches the
    /// scale.
    /// </summary>
    private const double MaxLoss = 1.5;

    /// <summary>The charts there are points for.</summary>
    public static IReadOnlyList<Chart> Of(IReadOnlyList<ClassifierRun> runs)
    {
        var byEpochs = new Chart
        {
            Id = "loss-epochs",
            Title = "Loss by epochs",
            XTitle = Epochs,
            YTitle = Loss,
            Lines = LossLines(runs, line => line.Epoch),
            Ceiling = MaxLoss * runs.Max(run => Math.Log(Math.Max(2, run.Configuration.Data.Labels.Count))),
            LeftOut = runs.Sum(run => run.History.Metrics.Count(line => line.Loss is null)),
        };
        var (unit, seconds) = TimeUnit.For(runs);
        Chart[] charts =
        [
            byEpochs,
            byEpochs with
            {
                Id = "loss-time",
                Title = "Loss by time",
                XTitle = $"time trained, {unit}",
                Lines = LossLines(runs, line => line.Seconds / seconds),
            },
            AccuracyChart(
                runs,
                "accuracy",
                "Accuracy",
                line => line.Accuracy,
                "The share of records that were given their label.",
                BaselinesOf(runs)
            ),
            AccuracyChart(
                runs,
                "micro-f1",
                "Micro F1",
                line => line.MicroF1,
                "F1 over all labels of all texts together.",
                []
            ),
            AccuracyChart(
                runs,
                "macro-accuracy",
                "Macro accuracy",
                line => line.MacroAccuracy,
                "The mean over the labels, each counting the same however many records it has.",
                []
            ),
        ];
        return [.. charts.Where(chart => chart.HasPoints)];
    }

    private static Chart AccuracyChart(
        IReadOnlyList<ClassifierRun> runs,
        string id,
        string title,
        Func<MetricsLine, double?> value,
        string note,
        IReadOnlyList<ChartLevel> levels
    ) =>
        new()
        {
            Id = id,
            Title = $"{title} on validation",
            XTitle = Epochs,
            YTitle = Share,
            Lines =
            [
                .. runs.Select(
                        (run, number) =>
                            new ChartLine(
                                number,
                                run.Label,
                                LineKind.Marked,
                                title.ToLowerInvariant(),
                                PointsOf(run, "val", line => line.Epoch, value)
                            )
                    )
                    .Where(line => line.Points.Count > 0),
            ],
            Levels = levels,
            Note = note,
        };

    /// <summary>
    /// Accuracy of always giving the most frequent label on the test part: of runs on the same records, once.
    /// </summary>
    private static List<ChartLevel> BaselinesOf(IReadOnlyList<ClassifierRun> runs) =>
        [
            .. runs.Where(run => run.Test is not null)
                .Select(run => new ChartLevel(
                    $"always {LabelNames.Cut(run.Test!.Labels[run.Test.MajorityLabel])}",
                    run.Test.MajorityBaseline
                ))
                .Distinct(),
        ];

    private static List<ChartLine> LossLines(IReadOnlyList<ClassifierRun> runs, Func<MetricsLine, double?> place) =>
        [
            .. runs.SelectMany(
                    (run, number) =>
                        new[]
                        {
                            new ChartLine(
                                number,
                                run.Label,
                                LineKind.Thin,
                                "training",
                                PointsOf(run, "train", place, line => line.Loss)
                            ),
                            new ChartLine(
                                number,
                                run.Label,
                                LineKind.Marked,
                                "validation",
                                PointsOf(run, "val", place, line => line.Loss)
                            ),
                        }
                )
                .Where(line => line.Points.Count > 0),
        ];

    private static List<ChartPoint> PointsOf(
        IReportedRun run,
        string split,
        Func<MetricsLine, double?> place,
        Func<MetricsLine, double?> value
    ) =>
        [
            .. from line in run.Scored(split)
            let x = place(line)
            let y = value(line)
            where x is not null && y is not null
            orderby x
            select new ChartPoint(x.Value, y.Value),
        ];
}
