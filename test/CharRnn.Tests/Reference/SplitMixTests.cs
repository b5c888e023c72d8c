using CharRnn.Reference;

namespace CharRnn.Tests;

public sealed class SplitMixTests
{
    private const int Draws = 100_000;

    [Fact]
    public void Next_FromSeedZero_GivesThePublishedSequence()
    {
        var random = new SplitMix(0);

        Assert.Equal(0xE220A8397B1DCDAF, random.Next());
        Assert.Equal(0x6E789E6AA1B965F4UL, random.Next());
        Assert.Equal(0x06C45D188009454FUL, random.Next());
    }

    [Fact]
    public void Normals_HaveMeanZeroAndVarianceOne()
    {
        var random = new SplitMix(3);
        double[] draws = [.. Enumerable.Range(0, Draws).Select(_ => random.NextNormal())];

        Assert.InRange(draws.Average(), -0.01, 0.01);
        Assert.InRange(draws.Average(draw => draw * draw), 0.98, 1.02);
    }

    [Fact]
    public void Uniforms_FillTheirRangeAndStayInIt()
    {
        var random = new SplitMix(3);
        double[] draws = [.. Enumerable.Range(0, Draws).Select(_ => random.NextUniform())];

        Assert.InRange(draws.Min(), -1, -0.999);
        Assert.InRange(draws.Max(), 0.999, Math.BitDecrement(1.0));
        Assert.InRange(draws.Average(), -0.01, 0.01);
    }
}
