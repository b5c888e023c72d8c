using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

public sealed class MatrixPoolTests
{
    [Fact]
    public void AfterARestart_TheSameMemoryIsGivenAgain_InTheSameOrder()
    {
        using var pool = new MatrixPool();
        var (first, second) = (pool.Allocate(3, 16), pool.Allocate(2, 32));
        (first[1, 2], second[0, 5]) = (1.5f, 2.5f);

        pool.Restart();

        var (smaller, reshaped) = (pool.Allocate(2, 16), pool.Allocate(4, 16));
        Assert.Equal((1.5f, 2.5f, 0), (smaller[1, 2], reshaped[0, 5], pool.Replacements));
    }

    [Fact]
    public void MoreThanThereWas_ReplacesTheMemory_AndSaysSo()
    {
        using var pool = new MatrixPool();
        pool.Allocate(3, 16);
        pool.Restart();

        var larger = pool.Allocate(4, 16);
        pool.Allocate(9, 16);

        Assert.Equal((4, 16, 1), (larger.Rows, larger.Columns, pool.Replacements));
        pool.Restart();
        pool.Allocate(3, 16);
        Assert.Equal(1, pool.Replacements);
    }
}
