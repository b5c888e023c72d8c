namespace CharRnn.Report.Charts;

/// <summary>
/// Places of the names of the visible horizontal lines, where they do not overlap. A line without a place is identified
/// by the legend, which has its value.
/// </summary>
internal static class LevelNames
{
    private const double CharacterWidth = 6.5;
    private const double LineHeight = 15;

    // The share of a chart that axes and titles leave for the plot itself.
    private const double PlotShare = 0.8;

    /// <summary>
    /// Places along a line where its name may be centred, as shares of its length, the preferred one first.
    /// </summary>
    private static readonly double[] Places = [0.88, 0.66, 0.44, 0.22];

    /// <summary>
    /// The share of each line's length where its name stands, line by line; null for a line whose name fits nowhere.
    /// </summary>
    public static IReadOnlyList<double?> PlacesOf(Plot plot, PlotSize size)
    {
        var taken = new List<(double X, double Y, double Width)>();
        return [.. plot.Levels.Select(PlaceOf)];

        double? PlaceOf(ChartLevel level)
        {
            double y = PixelsOf(level);
            // A name stands above its line: another line there would strike it out.
            if (
                !size.HasLevelNames || plot.Levels.Any(other => PixelsOf(other) > y && PixelsOf(other) - y < LineHeight)
            )
                return null;
            double width = level.Name.Length * CharacterWidth;
            // The next line's name begins where the last one's does not stand, so that neighbours are staggered.
            for (int i = 0; i < Places.Length; i++)
            {
                double place = Places[(taken.Count + i) % Places.Length];
                double x = place * size.Width * PlotShare;
                bool isInSight = x - width / 2 >= 0 && x + width / 2 <= size.Width * PlotShare;
                if (
                    !isInSight
                    || taken.Exists(name =>
                        Math.Abs(name.Y - y) < LineHeight && Math.Abs(name.X - x) < (name.Width + width) / 2
                    )
                )
                    continue;
                taken.Add((x, y, width));
                return place;
            }
            return null;
        }

        double PixelsOf(ChartLevel level) => level.Y / plot.Y.Length * size.Height * PlotShare;
    }
}
