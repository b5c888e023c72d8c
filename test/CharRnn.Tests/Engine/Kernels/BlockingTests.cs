using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

public sealed class BlockingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(512)]
    [InlineData(100_000)]
    public void Blocks_CoverAllRows_NeverLeavingOneAlone_ForCachesOfAnySize(int inputs)
    {
        foreach (int level1 in new[] { 1, 16 << 10, 32 << 10, 48 << 10, 1 << 20 })
        {
            foreach (int level2 in new[] { 1 << 10, 256 << 10, 512 << 10, 2 << 20 })
            {
                var blocking = Blocking.Of(inputs, level1, level2);
                Assert.True(blocking.Terms > 0);
                for (int rows = 2; rows < 200; rows++)
                {
                    int left = rows;
                    while (left > 0)
                    {
                        int taken = blocking.NextRows(left);
                        Assert.InRange(taken, 2, left);
                        left -= taken;
                    }
                }
            }
        }
    }

    [Fact]
    public void LargerCaches_HaveLargerBlocks()
    {
        var (small, large) = (Blocking.Of(128, 32 << 10, 512 << 10), Blocking.Of(128, 48 << 10, 1 << 20));

        Assert.Equal((24, 48), (small.NextRows(24), large.NextRows(48)));
        Assert.True(large.Terms > small.Terms);
    }
}
