using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

public sealed class MatrixPoolTests
{
    [Fact]
    public void AfterARestart_TheSameMemoryIsGivenAgain_InTheSameOrder()
    {
        using var room = new MatrixPool();
        var (first, second) = (room.Allocate(3, 16), room.Allocate(2, 32));
        (first[1, 2], second[0, 5]) = (1.5f, 2.5f);

        room.Restart();

        var (smaller, reshaped) = (room.Allocate(2, 16), room.Allocate(4, 16));
        Assert.Equal((1.5f, 2.5f, 0), (smaller[1, 2], reshaped[0, 5], room.Replacements));
    }

    [Fact]
    public void MoreThanThereWas_ReplacesTheMemory_AndSaysSo()
    {
        using var room = new MatrixPool();
        room.Allocate(3, 16);
        room.Restart();

        var larger = room.Allocate(4, 16);
        room.Allocate(9, 16);

        Assert.Equal((4, 16, 1), (larger.Rows, larger.Columns, room.Replacements));
        room.Restart();
        room.Allocate(3, 16);
        Assert.Equal(1, room.Replacements);
    }
}
