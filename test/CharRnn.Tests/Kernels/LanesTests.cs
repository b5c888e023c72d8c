using CharRnn.Kernels;

namespace CharRnn.Tests.Kernels;

public sealed class LanesTests
{
    private static readonly float[] Mixed = [float.NaN, float.NegativeInfinity, -3, -0.5f, 0, 0.5f, 3, float.PositiveInfinity];

    [Fact]
    public void Clamp_HoldsNumbersWithinTheLimits_AndNaNStaysNaN() =>
        Assert.Equal([float.NaN, -1, -1, -0.5f, 0, 0.5f, 1, 1], Apply(lanes => Lanes.Clamp(lanes, -1f, 1f)));

    [Fact]
    public void ZeroBelow_SilencesSmallNumbers_AndNaNStaysNaN() =>
        Assert.Equal([float.NaN, float.NegativeInfinity, -3, 0, 0, 0, 3, float.PositiveInfinity], Apply(lanes => Lanes.ZeroBelow(lanes, 1f)));

    [Fact]
    public void ZeroBelow_KeepsTheThresholdItself() =>
        Assert.Equal([float.NaN, float.NegativeInfinity, -3, -0.5f, 0, 0.5f, 3, float.PositiveInfinity], Apply(lanes => Lanes.ZeroBelow(lanes, 0.5f)));

    [Fact]
    public void MultiplyAdd_RoundsOnce_WhereTheMachineCan()
    {
        // (1 + 2⁻¹²)² − 1 − 2⁻¹¹ is 2⁻²⁴, which rounding the square to a float first would lose.
        float near = 1 + 1f / 4096;
        float[] result = Apply(_ => Lanes.MultiplyAdd(near, near, -1 - 1f / 2048));

        Assert.All(result, value => Assert.Equal(Lanes.IsFused ? 1f / (1 << 24) : 0, value));
    }

    private static float[] Apply(Func<Lanes, Lanes> function)
    {
        var result = new float[Lanes.Count];
        function(Lanes.Load(Mixed, 0)).Store(result, 0);
        return result;
    }
}
