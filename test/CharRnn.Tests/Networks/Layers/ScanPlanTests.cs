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
            int[,] times = new int[tiles.Count, layout.HiddenWidth];
            for (int worker = 0; worker < workers; worker++)
            {
                var share = plan.ShareOf(worker);
                Assert.Equal(0, share.Units.Start % Padding.Unit);
                for (int tile = share.FirstTile; tile < share.EndTile; tile++)
                {
                    for (int unit = 0; unit < share.Units.Count; unit++)
                        times[tile, share.Units.Start + unit]++;
                }
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
            var plan = new ScanPlan(layout, new StreamTiles(steps: 3, streams: 16, layout.Spec.HiddenSize), workers);
            var columns = Enumerable
                .Range(0, workers)
                .Select(plan.ShareOf)
                .Where(share => !share.IsIdle)
                .Select(share => share.Columns)
                .SelectMany(own => Enumerable.Range(own.Start, own.Count))
                .Order();
            Assert.Equal(Enumerable.Range(0, layout.OutputWidth), columns);
            if (projection == 0)
                Assert.All(
                    Enumerable.Range(0, workers).Select(plan.ShareOf),
                    share => Assert.Equal(share.Units, share.Columns)
                );
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void IdleWorkers_AreCountedAndRankedInOrder(string cell, int hidden, int streams)
    {
        for (int workers = 1; workers <= 19; workers++)
        {
            var plan = Plan(cell, hidden, streams, workers).Plan;
            int[] idle = [.. Enumerable.Range(0, workers).Where(worker => plan.ShareOf(worker).IsIdle)];
            Assert.Equal(idle.Length, plan.IdleWorkers);
            Assert.Equal([.. Enumerable.Range(0, idle.Length)], [.. idle.Select(plan.IdleRank)]);
        }
    }

    [Fact]
    public void UnitsAreShared_OnlyWhereTilesAreFewerThanWorkersAndAStepIsWorkEnough()
    {
        Assert.Null(Plan("gru", 512, 16, workers: 1).Plan.ShareOf(0).Subteam);
        Assert.NotNull(Plan("gru", 512, 16, workers: 2).Plan.ShareOf(0).Subteam);
        Assert.Null(Plan("lstm", 128, 50, workers: 4).Plan.ShareOf(0).Subteam);
        Assert.Null(Plan("rnn", 100, 1, workers: 2).Plan.ShareOf(0).Subteam);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MaxWorkers_IsTheSizeFromWhichSomeAreIdle(string cell, int hidden, int streams)
    {
        var (_, tiles, layout) = Plan(cell, hidden, streams, workers: 1);
        int most = ScanPlan.MaxWorkers(layout.Spec, tiles);

        Assert.Equal(0, new ScanPlan(layout, tiles, most).IdleWorkers);
        Assert.InRange(new ScanPlan(layout, tiles, most + 1).IdleWorkers, 1, most);
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
        var tiles = new StreamTiles(steps: 3, streams, hidden);
        return (new ScanPlan(layout, tiles, workers), tiles, layout);
    }
}
