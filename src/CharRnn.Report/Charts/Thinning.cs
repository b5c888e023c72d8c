namespace CharRnn.Report.Charts;

/// <summary>
/// Fewer points for the same picture: of the points that share a few columns of pixels the lowest and the highest stay,
/// so that no peak is lost, and of what is left, points that a straight line passes within a fraction of a pixel go
/// (the Ramer–Douglas–Peucker algorithm).
/// </summary>
internal static class Thinning
{
    /// <summary>Thins a line out.</summary>
    /// <param name="points">The points, X ascending.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="buckets">In how many parts the axis is cut; at most two points of each stay.</param>
    /// <param name="tolerance">Largest distance in Y from a dropped point to the line.</param>
    public static List<ChartPoint> Thin(IReadOnlyList<ChartPoint> points, Axis x, int buckets, double tolerance)
    {
        var extremes = Extremes(points, x, buckets);
        if (extremes.Count <= 2)
            return extremes;
        bool[] stays = new bool[extremes.Count];
        stays[0] = stays[^1] = true;
        var spans = new Stack<(int First, int Last)>([(0, extremes.Count - 1)]);
        while (spans.TryPop(out var span))
        {
            if (Farthest(extremes, span.First, span.Last, tolerance) is not { } middle)
                continue;
            stays[middle] = true;
            spans.Push((span.First, middle));
            spans.Push((middle, span.Last));
        }
        return [.. extremes.Where((_, i) => stays[i])];
    }

    /// <summary>The first, the last, and the lowest and the highest of each part of the axis.</summary>
    /// <param name="points">The points, X ascending.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="buckets">In how many parts it is cut.</param>
    public static List<ChartPoint> Extremes(IReadOnlyList<ChartPoint> points, Axis x, int buckets)
    {
        if (points.Count <= 2 * buckets)
            return [.. points];
        int BucketOf(ChartPoint point) => Math.Clamp((int)((point.X - x.Min) / x.Length * buckets), 0, buckets - 1);
        var kept = new List<ChartPoint> { points[0] };
        for (int i = 1; i < points.Count - 1; )
        {
            int bucket = BucketOf(points[i]),
                lowest = i,
                highest = i;
            for (; i < points.Count - 1 && BucketOf(points[i]) == bucket; i++)
            {
                if (points[i].Y < points[lowest].Y)
                    lowest = i;
                if (points[i].Y > points[highest].Y)
                    highest = i;
            }
            kept.Add(points[Math.Min(lowest, highest)]);
            if (lowest != highest)
                kept.Add(points[Math.Max(lowest, highest)]);
        }
        kept.Add(points[^1]);
        return kept;
    }

    /// <summary>
    /// The point between two others that is farthest above or below their line; null where all are within the
    /// tolerance.
    /// </summary>
    private static int? Farthest(List<ChartPoint> points, int first, int last, double tolerance)
    {
        var (from, to) = (points[first], points[last]);
        double slope = to.X > from.X ? (to.Y - from.Y) / (to.X - from.X) : 0,
            largest = tolerance;
        int? farthest = null;
        for (int i = first + 1; i < last; i++)
        {
            double distance = Math.Abs(points[i].Y - (from.Y + slope * (points[i].X - from.X)));
            if (distance > largest)
                (largest, farthest) = (distance, i);
        }
        return farthest;
    }
}
