using CharRnn.Report.Charts;

namespace CharRnn.Report.Tests;

public sealed class ThinningTests
{
    private const int Buckets = 140;
    private static readonly Axis X = new(0, 2000, 500);

    private static List<ChartPoint> Noise(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(i => new ChartPoint(2000.0 * i / count, random.NextDouble()))];
    }

    [Fact]
    public void ManyPoints_BecomeFewWithEveryPeakKept()
    {
        var points = Noise(2000);
        points[777] = points[777] with { Y = 50 };
        points[1234] = points[1234] with { Y = -50 };
        var thin = Thinning.Thin(points, X, Buckets, tolerance: 0.001);
        Assert.InRange(thin.Count, 3, 2 * Buckets + 2);
        Assert.Contains(points[777], thin);
        Assert.Contains(points[1234], thin);
        Assert.Equal((points[0], points[^1]), (thin[0], thin[^1]));
        Assert.Equal(thin.OrderBy(point => point.X), thin);
    }

    [Fact]
    public void EveryBucket_KeepsItsLowestAndHighest()
    {
        var points = Noise(5000);
        var thin = Thinning.Thin(points, X, Buckets, tolerance: 0).ToHashSet();
        foreach (var bucket in points.Skip(1).SkipLast(1).GroupBy(point => (int)(point.X / 2000 * Buckets)))
        {
            Assert.Contains(bucket.MinBy(point => point.Y)!, thin);
            Assert.Contains(bucket.MaxBy(point => point.Y)!, thin);
        }
    }

    [Fact]
    public void PointsOnAStraightLine_Go()
    {
        List<ChartPoint> points = [.. Enumerable.Range(0, 100).Select(i => new ChartPoint(i, i < 50 ? i : 100 - i))];
        Assert.Equal([0, 50, 99], Thinning.Thin(points, X, Buckets, tolerance: 0.01).Select(point => point.X));
    }

    [Fact]
    public void NoPoint_IsFartherFromTheDrawnLineThanTheTolerance()
    {
        List<ChartPoint> points =
        [
            .. Enumerable.Range(0, 200).Select(i => new ChartPoint(10 * i, 1 + 3 * Math.Exp(-i / 30.0))),
        ];
        const double tolerance = 0.005;
        var thin = Thinning.Thin(points, X, Buckets, tolerance);
        Assert.InRange(thin.Count, 5, 60);
        foreach (var point in points)
        {
            int next = thin.FindIndex(1, other => other.X >= point.X);
            var (from, to) = (thin[next - 1], thin[next]);
            double drawn = from.Y + (to.Y - from.Y) * (point.X - from.X) / (to.X - from.X);
            Assert.InRange(point.Y - drawn, -tolerance, tolerance);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void AFewPoints_StayAsTheyAre(int count)
    {
        var points = Noise(count);
        Assert.Equal(points, Thinning.Thin(points, X, Buckets, tolerance: 1));
    }
}
