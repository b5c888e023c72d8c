namespace CharRnn.Report.Charts;

/// <summary>Size of a chart in CSS pixels.</summary>
/// <param name="Width">Of all of it.</param>
/// <param name="Height">Of all of it.</param>
/// <param name="XIntervals">About how many numbers fit along the horizontal axis.</param>
/// <param name="YIntervals">About how many numbers fit along the vertical axis.</param>
/// <param name="HasLevelNames">Whether horizontal lines have their names beside them.</param>
public sealed record PlotSize(int Width, int Height, int XIntervals, int YIntervals, bool HasLevelNames)
{
    /// <summary>For a screen.</summary>
    public static PlotSize Wide { get; } = new(560, 360, 7, 6, true);

    /// <summary>For a telephone.</summary>
    public static PlotSize Narrow { get; } = new(330, 300, 4, 5, false);
}

/// <summary>A chart at a size: its axes, and its lines, thinned out.</summary>
public sealed record Plot
{
    /// <summary>Two points for so many pixels: closer points cannot be distinguished.</summary>
    private const int PixelsPerBucket = 4;

    /// <summary>From so many lines on each gets fewer points, so that the page stays small.</summary>
    private const int ManyLines = 8;

    private const double PixelTolerance = 0.4;

    /// <summary>
    /// Distance beyond the top, in heights of the plot, to which a line that leaves it is drawn: so far that it leaves
    /// where it should, and that all coordinates are small numbers.
    /// </summary>
    private const double Overshoot = 20;

    /// <summary>The most marks of a line; more would hide it.</summary>
    private const int MaxMarks = 60;

    private readonly Chart _chart;
    private readonly PlotSize _size;

    /// <summary>Lays a chart out.</summary>
    public Plot(Chart chart, PlotSize size)
    {
        (_chart, _size) = (chart, size);
        X = Axis.Over(chart.FirstX, Math.Max(chart.FirstX, chart.LastX), size.XIntervals, isTight: true);
        var (low, high) = chart.Range;
        Y = chart.IsLogarithmic
            ? Axis.OverLogarithm(low, high, size.YIntervals)
            : Axis.Over(low, high, size.YIntervals);
        Levels =
        [
            .. chart
                .Levels.Where(level => !chart.IsLogarithmic || level.Y > 0)
                .Select(level => level with { Y = Y.PlaceOf(level.Y) })
                .Where(level => level.Y >= Y.Min && level.Y <= Y.Max)
                .OrderBy(level => level.Y),
        ];
    }

    /// <summary>The horizontal axis.</summary>
    public Axis X { get; }

    /// <summary>The vertical axis.</summary>
    public Axis Y { get; }

    /// <summary>The horizontal lines that are in sight, from below, at their places on the vertical axis.</summary>
    public IReadOnlyList<ChartLevel> Levels { get; }

    /// <summary>The highest value that is above the plot; null where all are in it.</summary>
    public double? OffTheScale
    {
        get
        {
            double highest = _chart.Lines.Max(line => line.Points.Max(point => point.Y));
            return Y.PlaceOf(highest) > Y.Max ? highest : null;
        }
    }

    /// <summary>A line's points, thinned out.</summary>
    public IReadOnlyList<ChartPoint> PointsOf(ChartLine line)
    {
        double top = Y.Max + Overshoot * Y.Length;
        int buckets = _size.Width / PixelsPerBucket * ManyLines / Math.Max(ManyLines, _chart.Lines.Count);
        var within = new List<ChartPoint>(line.Points.Count);
        foreach (var point in Placed(line.Points))
            within.Add(point.Y > top ? point with { Y = top } : point);
        return Thinning.Thin(within, X, Math.Max(1, buckets), PixelTolerance * Y.Length / _size.Height);
    }

    /// <summary>
    /// Points of a line with marks, of those in sight: validation at all its points, or where they are many at its end
    /// as a main line, for readers who cannot see colours.
    /// </summary>
    public IReadOnlyList<ChartPoint> MarksOf(ChartLine line)
    {
        var marked = line.Kind switch
        {
            LineKind.Main => line.Points.TakeLast(1),
            LineKind.Marked => line.Points.Count <= MaxMarks ? line.Points : line.Points.TakeLast(1),
            _ => line.Points.Count == 1 ? line.Points : [],
        };
        return [.. Placed(marked).Where(point => point.Y >= Y.Min && point.Y <= Y.Max)];
    }

    private IEnumerable<ChartPoint> Placed(IEnumerable<ChartPoint> points) =>
        _chart is { IsLogarithmic: false, FirstX: 0 }
            ? points
            : points
                .Where(point => point.X >= _chart.FirstX && (!_chart.IsLogarithmic || point.Y > 0))
                .Select(point => point with { Y = Y.PlaceOf(point.Y) });
}
