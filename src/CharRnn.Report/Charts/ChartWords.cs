using System.Globalization;
using CharRnn.Explaining;

namespace CharRnn.Report.Charts;

/// <summary>A chart in words and figures, for screen readers.</summary>
internal static class ChartWords
{
    private const int TableRows = 10;

    /// <summary>A sentence for each line.</summary>
    public static string Describe(Chart chart)
    {
        var sentences = chart
            .Lines.Where(line => line.Points.Count > 0)
            .Select(line =>
            {
                ChartPoint first = line.Points[0],
                    last = line.Points[^1],
                    lowest = line.Points.MinBy(point => point.Y),
                    highest = line.Points.MaxBy(point => point.Y);
                return $"{line.RunName}, {line.Name}: from {Number(first.Y)} at {Number(first.X)} to {Number(last.Y)} "
                    + "at "
                    + $"{Number(last.X)}, "
                    + $"lowest {Number(lowest.Y)} at {Number(lowest.X)}, highest {Number(highest.Y)} at "
                    + $"{Number(highest.X)}.";
            });
        var levels = chart.Levels.Select(level => $"{level.Name}: {Number(level.Y)}.");
        return string.Join(' ', [$"Line chart of {chart.YTitle} against {chart.XTitle}.", .. sentences, .. levels]);
    }

    /// <summary>
    /// A table of some rows: a place along the horizontal axis, and each line's newest value there; null before it
    /// begins and after it has ended.
    /// </summary>
    public static IEnumerable<(double X, double?[] Values)> Table(Chart chart)
    {
        var lines = chart.Lines.Where(line => line.Points.Count > 0).ToList();
        for (int row = 0; row <= TableRows; row++)
        {
            double x = chart.LastX * row / TableRows;
            yield return (x, [.. lines.Select(line => ValueAt(line.Points, x, chart.LastX / TableRows))]);
        }
    }

    /// <summary>A number with four significant digits or so.</summary>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        return value.ToString(
            size switch
            {
                0 => "0",
                >= 1e6 => "0.###e0",
                >= 100 => "#,0",
                >= 0.1 => "0.####",
                >= 1e-3 => "0.#####",
                _ => "0.###e0",
            },
            CultureInfo.InvariantCulture
        );
    }

    private static double? ValueAt(IReadOnlyList<ChartPoint> points, double x, double rowDistance)
    {
        bool hasEnded = points[^1].X < x - rowDistance / 2;
        if (hasEnded)
            return null;
        for (int i = points.Count - 1; i >= 0; i--)
        {
            if (points[i].X <= x)
                return points[i].Y;
        }
        return null;
    }
}
