using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>
/// Who computes what of the scan: every unit of every tile by exactly one worker, whatever the shape and the team.
/// </summary>
public sealed class ScanPlanTests
{
    public static TheoryData<string, int, int> Shapes() =>
        new()
        {
            { "rnn", 100, 1 },
            { "gru", 13, 7 },
            { "gru", 512, 16 },
            { "lstm", 128, 50 },
            { "lstm", 272, 49 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Shares_CoverEveryUnitOfEveryTileOnce(string cell, int hidden, int streams)
    {
        for (int workers = 1; workers <= 19; workers++)
        {
            var (plan, tiles, layout) = Plan(cell, hidden, streams, workers);
            if (!plan.HasSubteams)
            {
                Assert.Equal(UnitSlice.Whole(layout.HiddenWidth), plan.WholeTile.Units);
                continue;
            }
            int[,] times = new int[tiles.Count, layout.HiddenWidth];
            for (int worker = 0; worker < workers; worker++)
            {
                if (plan.MemberOf(worker) is not var (tile, share))
                    continue;
                Assert.Equal(0, share.Units.Start % Padding.Unit);
                for (int unit = 0; unit < share.Units.Count; unit++)
                    times[tile, share.Units.Start + unit]++;
            }
            Assert.All(times.Cast<int>(), count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(24)]
    [InlineData(700)]
    public void Shares_CoverEveryColumnOfTheOutputsOnce_WhateverTheyAreProjectedTo(int projection)
    {
        var layout = new ParameterLayout(
            new ModelSpec
            {
                Cell = "gru",
                HiddenSize = 512,
                VocabularySize = 27,
                ProjectionSize = projection,
            }
        );
        for (int workers = 1; workers <= 19; workers++)
        {
            var tiles = new StreamTiles(steps: 3, streams: 8);
            var plan = new ScanPlan(layout, tiles, workers);
            ScanShare[] shares = plan.HasSubteams
                ?
                [
                    .. Enumerable
                        .Range(0, workers)
                        .Select(plan.MemberOf)
                        .OfType<(int, ScanShare Share)>()
                        .Select(m => m.Share),
                ]
                : [plan.WholeTile];
            var columns = shares
                .Select(share => share.Columns)
                .SelectMany(own => Enumerable.Range(own.Start, own.Count))
                .Order();
            Assert.Equal(Enumerable.Range(0, layout.OutputWidth), columns);
            if (projection == 0)
                Assert.All(shares, share => Assert.Equal(share.Units, share.Columns));
        }
    }

    [Fact]
    public void UnitsAreShared_OnlyWhereTilesAreFewerThanWorkersAndAStepIsWorkEnough()
    {
        Assert.False(Plan("gru", 512, 8, workers: 1).Plan.HasSubteams);
        Assert.True(Plan("gru", 512, 8, workers: 2).Plan.HasSubteams);
        Assert.False(Plan("gru", 512, 16, workers: 2).Plan.HasSubteams);
        Assert.False(Plan("lstm", 128, 50, workers: 4).Plan.HasSubteams);
        Assert.False(Plan("rnn", 100, 1, workers: 2).Plan.HasSubteams);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MaxWorkers_IsTheSizeFromWhichSomeAreIdle(string cell, int hidden, int streams)
    {
        var (_, tiles, layout) = Plan(cell, hidden, streams, workers: 1);
        int most = ScanPlan.MaxWorkers(layout.Spec, tiles);

        Assert.False(new ScanPlan(layout, tiles, most).HasIdleWorkers);
        Assert.True(new ScanPlan(layout, tiles, most + 1).HasIdleWorkers);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(4, 3)]
    [InlineData(5, 2)]
    public void Queue_GivesEachTileEachPartOnce_InOrder_WhoeverTakesThem(int tiles, int parts)
    {
        var queue = new TileQueue(tiles, parts);
        foreach (int workers in new[] { 1, 2, 3, 7 })
        {
            queue.Reset();
            int[] done = new int[tiles];
            var held = new Queue<int>();
            for (int turn = 0; done.Sum() < tiles * parts || held.Count > 0; turn++)
            {
                // A worker that holds a tile for a while leaves the others to the rest.
                if (queue.TryClaim(turn % workers, workers, waits: false, out int tile, out int partsDone))
                {
                    Assert.DoesNotContain(tile, held);
                    Assert.Equal(done[tile]++, partsDone);
                    held.Enqueue(tile);
                }
                else
                {
                    Assert.NotEmpty(held);
                    queue.Release(held.Dequeue());
                }
                if (held.Count == workers)
                    queue.Release(held.Dequeue());
            }
            Assert.All(done, count => Assert.Equal(parts, count));
            Assert.False(queue.TryClaim(0, workers, waits: true, out _, out _));
        }
    }

    [Fact]
    public void Queue_WhileAWorkerHoldsATile_TheOtherDoesAllTheRest()
    {
        var queue = new TileQueue(tiles: 4, parts: 3);
        Assert.True(queue.TryClaim(0, 2, waits: true, out int heldTile, out _));
        int done = 0;
        while (queue.TryClaim(1, 2, waits: false, out int tile, out _))
        {
            Assert.NotEqual(heldTile, tile);
            queue.Release(tile);
            done++;
        }
        Assert.Equal(3 * 3, done);
    }

    private static (ScanPlan Plan, StreamTiles Tiles, ParameterLayout Layout) Plan(
        string cell,
        int hidden,
        int streams,
        int workers
    )
    {
        var layout = new ParameterLayout(
            new ModelSpec
            {
                Cell = cell,
                HiddenSize = hidden,
                VocabularySize = 27,
            }
        );
        var tiles = new StreamTiles(steps: 3, streams);
        return (new ScanPlan(layout, tiles, workers), tiles, layout);
    }
}
