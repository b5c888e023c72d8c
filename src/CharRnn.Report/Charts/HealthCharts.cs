using CharRnn.Report.Runs;
using CharRnn.Training;

namespace CharRnn.Report.Charts;

/// <summary>Charts of training itself: gradients, gates, learning rate and speed against steps.</summary>
internal static class HealthCharts
{
    /// <summary>Values of more than this many times the 95th percentile do not stretch the scale.</summary>
    private const double MaxOverTypical = 5;

    private const double Typical = 0.95;

    /// <summary>The charts there are points for.</summary>
    public static IReadOnlyList<Chart> Of(IReadOnlyList<IReportedRun> runs)
    {
        Chart[] charts =
        [
            Of(
                runs,
                "gradient-norm",
                "Gradient norm",
                "norm before clipping",
                line => line.GradientNorm,
                "One that grows, or jumps, says that the learning rate is too high."
            ),
            Of(
                runs,
                "clipped",
                "Gradient elements clipped",
                "share, 0 to 1",
                line => line.ClippedShare,
                "Where only the norm is limited: 1 when it was, else 0."
            ),
            Of(
                runs,
                "saturated",
                "Saturated gates",
                "share, 0 to 1",
                line => line.SaturatedShare,
                "Gates below 0.05 or above 0.95 (of an rnn: units beyond ±0.95). Hardly any gradient passes "
                    + "through them."
            ),
            Of(runs, "learning-rate", "Learning rate", "rate", line => line.LearningRate, ""),
            Of(
                runs,
                "speed",
                "Speed",
                "characters a second",
                line => line.CharsPerSecond,
                "A dip is something else that the machine did."
            ),
        ];
        return [.. charts.Where(chart => chart.HasPoints)];
    }

    private static Chart Of(
        IReadOnlyList<IReportedRun> runs,
        string id,
        string title,
        string yTitle,
        Func<MetricsLine, double?> value,
        string note
    )
    {
        List<ChartLine> lines =
        [
            .. runs.Select(
                    (run, number) =>
                        new ChartLine(number, run.Label, LineKind.Main, title.ToLowerInvariant(), PointsOf(run, value))
                )
                .Where(line => line.Points.Count > 0),
        ];
        return new Chart
        {
            Id = id,
            Title = title,
            XTitle = "training steps",
            YTitle = yTitle,
            Lines = lines,
            IsFromZero = true,
            Ceiling = CeilingOf(lines),
            Note = note,
        };
    }

    // The lines of evaluations repeat what the training line of their step says.
    private static List<ChartPoint> PointsOf(IReportedRun run, Func<MetricsLine, double?> value) =>
        [
            .. from line in run.History.Metrics
            where line.Split == "train" && value(line) is not null
            orderby line.Step
            select new ChartPoint(line.Step, value(line)!.Value),
        ];

    private static double CeilingOf(List<ChartLine> lines)
    {
        var values = lines.SelectMany(line => line.Points).Select(point => point.Y).Order().ToList();
        double typical = values.Count == 0 ? 0 : values[(int)((values.Count - 1) * Typical)];
        return typical > 0 ? MaxOverTypical * typical : double.PositiveInfinity;
    }
}
