using CharRnn.Report.Charts;
using CharRnn.Report.Runs;

namespace CharRnn.Studio.Runs;

/// <summary>How losses are looked at: the viewer's own choice, which changes nothing of the run.</summary>
/// <param name="Axis">What they are drawn against.</param>
/// <param name="IsLogarithmic">Whether the vertical axis is logarithmic.</param>
/// <param name="IsBits">Whether they are in bits, rather than nats.</param>
/// <param name="Smoothing">Share of the running average in each point of the training loss, from 0 to below 1.</param>
/// <param name="From">Share of the run that is left out at its beginning, from 0 to below 1.</param>
public sealed record LossView(LossAxis Axis, bool IsLogarithmic, bool IsBits, double Smoothing, double From)
{
    /// <summary>Steps, linear, nats, as they are.</summary>
    public static LossView Default { get; } = new(LossAxis.Steps, false, false, 0, 0);

    // Twice as many as the widest chart distinguishes.
    private const int Buckets = 500;

    /// <summary>The chart of some runs as they are, along the view's axis; null where nothing was written down yet.</summary>
    internal Chart? Raw(IReadOnlyList<IReportedRun> runs)
    {
        var chart = runs.All(run => run is ReportedRun)
            ? LossCharts.Along(Axis, [.. runs.Cast<ReportedRun>()])
            : ClassifierCharts
                .Of([.. runs.OfType<ClassifierRun>()])
                .FirstOrDefault(each => each.Id == (Axis == LossAxis.Time ? "loss-time" : "loss-epochs"));
        return chart is { HasPoints: true } ? chart : null;
    }

    /// <summary>The view of a chart: smoothed, in its unit, and thinned out to what can be seen.</summary>
    /// <param name="chart">What <see cref="Raw"/> gives.</param>
    internal Chart Of(Chart chart)
    {
        double unit = IsBits ? 1 / Math.Log(2) : 1;
        return chart with
        {
            YTitle = IsBits ? chart.YTitle.Replace("nats", "bits", StringComparison.Ordinal) : chart.YTitle,
            Lines =
            [
                .. chart.Lines.Select(line =>
                    line with
                    {
                        Points = Points(line, unit, From * chart.LastX, chart.LastX),
                    }
                ),
            ],
            Levels = [.. chart.Levels.Select(level => level with { Y = level.Y * unit })],
            Ceiling = chart.Ceiling * unit,
            IsLogarithmic = IsLogarithmic,
            FirstX = From * chart.LastX,
            IsCloseUp = From > 0,
        };
    }

    private List<ChartPoint> Points(ChartLine line, double unit, double firstX, double lastX)
    {
        var points = new List<ChartPoint>();
        double share = line.Kind == LineKind.Marked ? 0 : Smoothing,
            average = 0,
            weight = 0;
        foreach (var point in line.Points)
        {
            // The average of few points is of those alone.
            average = share * average + (1 - share) * point.Y * unit;
            weight = share * weight + 1 - share;
            if (point.X >= firstX)
                points.Add(new(point.X, average / weight));
        }
        return Thinning.Extremes(points, Report.Charts.Axis.Over(firstX, lastX, Buckets, isTight: true), Buckets);
    }
}
