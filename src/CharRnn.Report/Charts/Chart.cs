namespace CharRnn.Report.Charts;

/// <summary>A point of a line.</summary>
/// <param name="X">Along the horizontal axis.</param>
/// <param name="Y">Along the vertical axis, finite.</param>
public readonly record struct ChartPoint(double X, double Y);

/// <summary>Style of a line.</summary>
public enum LineKind
{
    /// <summary>The line that a chart is about, without marks.</summary>
    Main,

    /// <summary>Validation: few points, each with a mark.</summary>
    Marked,

    /// <summary>Training, beside a marked line: thin.</summary>
    Thin,
}

/// <summary>A line of a chart.</summary>
/// <param name="Run">Number of its run, from 0, which decides its colour and mark.</param>
/// <param name="RunName">The run's name.</param>
/// <param name="Kind">Style of the line.</param>
/// <param name="Name">Name, such as validation.</param>
/// <param name="Points">Its points, X ascending.</param>
public sealed record ChartLine(int Run, string RunName, LineKind Kind, string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>A horizontal line, for comparison.</summary>
/// <param name="Name">Name.</param>
/// <param name="Y">Where.</param>
public sealed record ChartLevel(string Name, double Y);

/// <summary>Content of a chart, whatever its size.</summary>
public sealed record Chart
{
    /// <summary>Letters and hyphens, different for each chart of a page.</summary>
    public required string Id { get; init; }

    /// <summary>Its heading.</summary>
    public required string Title { get; init; }

    /// <summary>Title of the horizontal axis, with its unit.</summary>
    public required string XTitle { get; init; }

    /// <summary>Title of the vertical axis, with its unit.</summary>
    public required string YTitle { get; init; }

    /// <summary>The lines; those without points are left out.</summary>
    public required IReadOnlyList<ChartLine> Lines { get; init; }

    /// <summary>Horizontal lines.</summary>
    public IReadOnlyList<ChartLevel> Levels { get; init; } = [];

    /// <summary>Where the horizontal axis begins; points before it are not drawn.</summary>
    public double FirstX { get; init; }

    /// <summary>Whether the vertical axis is logarithmic; values that are not above 0 are not drawn then.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Whether the vertical axis begins at 0.</summary>
    public bool IsFromZero { get; init; }

    /// <summary>Upper bound of the vertical axis: values above it do not stretch the axis.</summary>
    public double Ceiling { get; init; } = double.PositiveInfinity;

    /// <summary>
    /// Whether it shows a part of another chart on purpose, so that no note says that there is more.
    /// </summary>
    public bool IsCloseUp { get; init; }

    /// <summary>A sentence or two below it.</summary>
    public string Note { get; init; } = "";

    /// <summary>Number of values that were no numbers.</summary>
    public int LeftOut { get; init; }

    /// <summary>Whether there is anything to draw.</summary>
    public bool HasPoints => Lines.Any(line => line.Points.Count > 0);

    /// <summary>The largest X.</summary>
    public double LastX => Lines.Where(line => line.Points.Count > 0).Max(line => line.Points[^1].X);

    /// <summary>The lowest and the highest value that the vertical axis must show.</summary>
    public (double Low, double High) Range
    {
        get
        {
            double lowest = double.PositiveInfinity,
                highest = double.NegativeInfinity;
            foreach (var line in Lines)
            {
                foreach (var point in line.Points)
                {
                    if (point.X >= FirstX && (!IsLogarithmic || point.Y > 0))
                        Take(point.Y);
                }
            }
            foreach (var level in Levels)
                Take(level.Y);
            if (double.IsPositiveInfinity(lowest))
                lowest = highest = 1;
            // Where all is above the ceiling, the lowest is shown.
            else if (double.IsNegativeInfinity(highest))
                highest = lowest;
            return (IsFromZero && !IsLogarithmic ? Math.Min(0, lowest) : lowest, highest);

            void Take(double value)
            {
                lowest = Math.Min(lowest, value);
                if (value <= Ceiling)
                    highest = Math.Max(highest, value);
            }
        }
    }
}
