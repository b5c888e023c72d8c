using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests.Engine;

public sealed class LanesTests
{
    private static readonly float[] Mixed =
    [
        float.NaN,
        float.NegativeInfinity,
        -3,
        -0.5f,
        0,
        0.5f,
        3,
        float.PositiveInfinity,
    ];

    [Fact]
    public void Clamp_HoldsNumbersWithinTheLimits_AndNaNStaysNaN() =>
        Assert.Equal(
            [float.NaN, -1, -1, -0.5f, 0, 0.5f, 1, 1],
            Apply(lanes => Lanes.Clamp<Lanes8>(lanes, -1f, 1f), lanes => Lanes.Clamp<Lanes16>(lanes, -1f, 1f))
        );

    [Fact]
    public void ZeroBelow_SilencesSmallNumbers_AndNaNStaysNaN() =>
        Assert.Equal(
            [float.NaN, float.NegativeInfinity, -3, 0, 0, 0, 3, float.PositiveInfinity],
            Apply(lanes => Lanes.ZeroBelow<Lanes8>(lanes, 1f), lanes => Lanes.ZeroBelow<Lanes16>(lanes, 1f))
        );

    [Fact]
    public void ZeroBelow_KeepsTheThresholdItself() =>
        Assert.Equal(
            [float.NaN, float.NegativeInfinity, -3, -0.5f, 0, 0.5f, 3, float.PositiveInfinity],
            Apply(lanes => Lanes.ZeroBelow<Lanes8>(lanes, 0.5f), lanes => Lanes.ZeroBelow<Lanes16>(lanes, 0.5f))
        );

    [Fact]
    public void MultiplyAdd_RoundsOnce_WhereTheMachineCan()
    {
        // (1 + 2⁻¹²)² − 1 − 2⁻¹¹ is 2⁻²⁴, which rounding the square to a float first would lose.
        float near = 1 + 1f / 4096;
        float[] result = Apply(
            _ => Lanes8.MultiplyAdd(near, near, -1 - 1f / 2048),
            _ => Lanes16.MultiplyAdd(near, near, -1 - 1f / 2048)
        );

        Assert.All(result, value => Assert.Equal(Lanes.IsFused ? 1f / (1 << 24) : 0, value));
    }

    [Fact]
    public void MaxLane_IsTheLargestLane()
    {
        for (int largest = 0; largest < Lanes16.Count; largest++)
        {
            float[] values = [.. Enumerable.Range(0, Lanes16.Count).Select(lane => lane == largest ? 3f : -lane)];
            Assert.Equal(3, Lanes.Load<Lanes16>(values, 0).MaxLane());
            Assert.Equal(largest < Lanes8.Count ? 3 : 0, Lanes.Load<Lanes8>(values, 0).MaxLane());
        }
    }

    /// <summary>Results of both widths, which must be the same.</summary>
    private static float[] Apply(Func<Lanes8, Lanes8> function, Func<Lanes16, Lanes16> wideFunction)
    {
        float[] result = new float[Mixed.Length],
            wideResult = new float[Lanes16.Count];
        function(Lanes.Load<Lanes8>(Mixed, 0)).Store(result, 0);
        wideFunction(Lanes.Load<Lanes16>([.. Mixed, .. Mixed], 0)).Store(wideResult, 0);
        Assert.Equal([.. result, .. result], wideResult);
        return result;
    }
}
