using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class StreamTilesTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(6, 7)]
    [InlineData(6, 17)]
    [InlineData(5, 50)]
    [InlineData(3, 100)]
    public void EveryPosition_HasARowOfItsOwn_InTheTileOfItsStream(int steps, int streams)
    {
        var tiles = new StreamTiles(steps, streams);
        var rows = new HashSet<int>();

        for (int stream = 0; stream < streams; stream++)
        {
            int tile = Enumerable
                .Range(0, tiles.Count)
                .Single(i => stream >= tiles.StreamStart(i) && stream < tiles.StreamStart(i) + tiles.StreamCount(i));
            for (int step = 0; step < steps; step++)
            {
                int row = tiles.RowOf(step, stream);
                Assert.InRange(row, tiles.RowStart(tile), tiles.RowStart(tile) + tiles.RowCount(tile) - 1);
                Assert.True(rows.Add(row), $"row {row} is taken twice");
            }
        }
        Assert.Equal(Enumerable.Range(0, steps * streams), rows.Order());
    }

    [Fact]
    public void TheCut_DoesNotDependOnTheNumberOfSteps()
    {
        foreach (int streams in new[] { 1, 16, 33, 50, 256 })
            Assert.Equal(new StreamTiles(1, streams).Count, new StreamTiles(50, streams).Count);
    }
}
