using CharRnn.Datasets;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class BatcherTests
{
    // Ids that are their own positions, so that a window shows where it was taken.
    private static SymbolIds Positions(int length) => SymbolIds.Pack([.. Enumerable.Range(0, length)], length);

    [Fact]
    public void Stateful_CarriesEachStreamOnFromWindowToWindow()
    {
        var range = new IdRange(10, 47);
        var batcher = new StatefulBatcher(Positions(70), range, t: 4, b: 3, seed: 1);
        Assert.Equal(3, batcher.WindowsPerEpoch);
        for (long step = 0; step < 30; step++)
        {
            (int[] inputs, int[] targets, bool reset) = Window(batcher, step);
            Assert.Equal(step % 3 == 0, reset);
            Assert.Equal(step / 3, batcher.EpochOf(step));
            for (int b = 0; b < 3; b++)
            {
                int start = (int)range.Start + (int)batcher.OffsetOf(step / 3) + (b * 15) + ((int)(step % 3) * 4);
                for (int t = 0; t < 4; t++)
                {
                    Assert.Equal(start + t, inputs[(t * 3) + b]);
                    Assert.Equal(start + t + 1, targets[(t * 3) + b]);
                }
            }
        }
    }

    [Theory]
    [InlineData(13, 4, 3)]
    [InlineData(14, 4, 3)]
    [InlineData(50, 7, 3)]
    [InlineData(101, 10, 9)]
    [InlineData(64, 64 - 1, 1)]
    [InlineData(97, 1, 96)]
    [InlineData(97, 5, 1)]
    public void Stateful_CoversEveryPairOverTheEpochs_NeverTwiceInOneAndNeverOutside(int length, int t, int b)
    {
        var range = new IdRange(5, length);
        var batcher = new StatefulBatcher(Positions(length + 11), range, t, b, seed: 42);
        var covered = new HashSet<int>();
        for (int epoch = 0; epoch < 400; epoch++)
        {
            var inEpoch = new HashSet<int>();
            for (int w = 0; w < batcher.WindowsPerEpoch; w++)
            {
                (int[] inputs, int[] targets, _) = Window(batcher, ((long)epoch * batcher.WindowsPerEpoch) + w);
                Assert.All(inputs, input => Assert.True(inEpoch.Add(input)));
                Assert.All(targets, target => Assert.InRange(target, range.Start + 1, range.End - 1));
            }
            covered.UnionWith(inEpoch);
        }
        Assert.Equal(Enumerable.Range((int)range.Start, length - 1), covered.Order());
    }

    [Fact]
    public void Stateful_OfRandomSizes_StaysInTheRange()
    {
        var random = new Random(8);
        var ids = Positions(600);
        for (int trial = 0; trial < 300; trial++)
        {
            int length = random.Next(2, 500);
            (int t, int b) = Batcher.FitTo(length, random.Next(1, 60), false, random.Next(1, 60), false);
            var range = new IdRange(random.Next(0, 100), length);
            var batcher = new StatefulBatcher(ids, range, t, b, seed: (ulong)trial);
            for (int k = 0; k < 5; k++)
            {
                (int[] inputs, int[] targets, _) = Window(batcher, random.Next(100_000));
                Assert.InRange(inputs.Min(), range.Start, range.End - 2);
                Assert.InRange(targets.Max(), range.Start + 1, range.End - 1);
                Assert.Equal(inputs.Length, inputs.Distinct().Count());
            }
        }
    }

    [Fact]
    public void Stateful_WithoutAnOffset_BeginsEveryEpochAtTheStart()
    {
        var batcher = new StatefulBatcher(Positions(50), new IdRange(0, 50), 4, 3, seed: 1, start: EpochStart.Fixed);
        for (int epoch = 0; epoch < 20; epoch++)
            Assert.Equal(0, Window(batcher, (long)epoch * batcher.WindowsPerEpoch).Inputs[0]);
    }

    [Theory]
    [InlineData(26, 1)]
    [InlineData(51, 1)]
    [InlineData(52, 2)]
    [InlineData(76, 2)]
    [InlineData(77, 3)]
    public void Stateful_WithoutAnOffset_SweepsAsMinCharRnnDoes(int length, int windows)
    {
        var batcher = new StatefulBatcher(
            Positions(length),
            new IdRange(0, length),
            t: 25,
            b: 1,
            seed: 1,
            EpochStart.Fixed
        );
        Assert.Equal(windows, batcher.WindowsPerEpoch);

        // The program's own words: a window begins anew where p + 25 + 1 >= length.
        int position = 0;
        for (int step = 0; step < 10; step++)
        {
            bool wraps = step == 0 || position + 25 + 1 >= length;
            if (wraps)
                position = 0;
            (int[] inputs, _, bool reset) = Window(batcher, step);
            Assert.Equal((position, wraps), (inputs[0], reset));
            position += 25;
        }
    }

    [Fact]
    public void Stateful_WithoutAnOffset_LaysStreamsOneAfterAnother_AndLeavesOutTheRest()
    {
        var batcher = new StatefulBatcher(Positions(70), new IdRange(0, 70), t: 4, b: 3, seed: 1, EpochStart.Fixed);
        Assert.Equal(5, batcher.WindowsPerEpoch);
        var seen = Enumerable.Range(0, 5).SelectMany(step => Window(batcher, step).Inputs).ToList();
        Assert.Equal(Enumerable.Range(0, 60), seen.Order());
        Assert.Equal([0, 20, 40], Window(batcher, 0).Inputs[..3]);
    }

    [Theory]
    [InlineData(EpochStart.Random)]
    [InlineData(EpochStart.Fixed)]
    public void Stateful_ThatAlwaysCarriesItsState_StartsFromZeroOnlyOnce(EpochStart start)
    {
        var batcher = new StatefulBatcher(Positions(50), new IdRange(0, 50), 4, 3, seed: 1, start, CarryState.Always);
        Assert.Equal([0], Enumerable.Range(0, 40).Where(step => Window(batcher, step).Reset));
    }

    [Fact]
    public void Windows_AreAFunctionOfTheStepAlone()
    {
        var ids = Positions(500);
        var range = new IdRange(0, 500);
        Func<Batcher>[] makers =
        [
            () => new StatefulBatcher(ids, range, 7, 5, 99),
            () => new RandomWindowBatcher(ids, range, 7, 5, 99),
        ];
        foreach (var make in makers)
        {
            var first = make();
            long[] steps = [.. Enumerable.Range(0, 60).Select(i => (long)i), 1_000_000_007, 5_000_000_000_000];
            var inOrder = steps.ToDictionary(step => step, step => Window(first, step));
            foreach (long step in steps.Reverse())
            {
                (int[] inputs, int[] targets, bool reset) = Window(make(), step);
                Assert.Equal(inOrder[step].Inputs, inputs);
                Assert.Equal(inOrder[step].Targets, targets);
                Assert.Equal(inOrder[step].Reset, reset);
            }
        }
    }

    [Fact]
    public void Windows_OfAnotherSeed_AreOthers()
    {
        var ids = Positions(5000);
        var range = new IdRange(0, 5000);
        Assert.NotEqual(
            Window(new RandomWindowBatcher(ids, range, 7, 5, 1), 3).Inputs,
            Window(new RandomWindowBatcher(ids, range, 7, 5, 2), 3).Inputs
        );
        long[] OffsetsOf(ulong seed) =>
            [.. Enumerable.Range(0, 10).Select(epoch => new StatefulBatcher(ids, range, 300, 5, seed).OffsetOf(epoch))];
        Assert.NotEqual(OffsetsOf(1), OffsetsOf(2));
    }

    [Fact]
    public void RandomWindows_ReachEveryPlaceAndAlwaysReset()
    {
        var range = new IdRange(3, 30);
        var batcher = new RandomWindowBatcher(Positions(40), range, t: 6, b: 4, seed: 7);
        Assert.Equal(2, batcher.WindowsPerEpoch);
        var starts = new HashSet<int>();
        for (long step = 0; step < 200; step++)
        {
            (int[] inputs, int[] targets, bool reset) = Window(batcher, step);
            Assert.True(reset);
            for (int b = 0; b < 4; b++)
            {
                starts.Add(inputs[b]);
                for (int t = 0; t < 6; t++)
                {
                    Assert.Equal(inputs[b] + t, inputs[(t * 4) + b]);
                    Assert.Equal(inputs[b] + t + 1, targets[(t * 4) + b]);
                }
            }
        }
        // The last window's last target is the range's last id.
        Assert.Equal(Enumerable.Range(3, 30 - 6), starts.Order());
    }

    [Theory]
    [InlineData(49, 1, 6, 4, 2)]
    [InlineData(50, 1, 6, 4, 3)]
    [InlineData(7, 1, 6, 4, 1)]
    public void RandomWindows_HaveAsManyPairsInAnEpochAsTheText(int length, int start, int t, int b, int windows) =>
        Assert.Equal(
            windows,
            new RandomWindowBatcher(Positions(60), new IdRange(start, length), t, b, 0).WindowsPerEpoch
        );

    [Fact]
    public void Interleaved_ReadsEachStretchInAStreamOfItsOwn_FromItsBeginningEachEpoch()
    {
        var split = CorpusSplit.Interleaved(200, t: 4, b: 3, 0.25, 0);
        var batcher = new InterleavedBatcher(Positions(200), split.Train.Ranges, t: 4);
        Assert.Equal((3, 12), (batcher.Streams, batcher.WindowsPerEpoch));
        var covered = new HashSet<int>();
        for (long step = 0; step < 24; step++)
        {
            (int[] inputs, int[] targets, bool reset) = Window(batcher, step);
            Assert.Equal(step % 12 == 0, reset);
            for (int b = 0; b < 3; b++)
            {
                for (int t = 0; t < 4; t++)
                {
                    Assert.Equal((b * 64) + (step % 12 * 4) + t, inputs[(t * 3) + b]);
                    Assert.Equal(inputs[(t * 3) + b] + 1, targets[(t * 3) + b]);
                    covered.Add(targets[(t * 3) + b]);
                }
            }
        }
        Assert.Equal(split.Train.Pairs, covered.Count);
        Assert.Throws<SettingsException>(() =>
            new InterleavedBatcher(Positions(50), [new IdRange(0, 9), new IdRange(20, 10)], 4)
        );
        Assert.Throws<SettingsException>(() => new InterleavedBatcher(Positions(50), [new IdRange(0, 4)], 4));
        Assert.Throws<SettingsException>(() => new InterleavedBatcher(Positions(50), [], 4));
    }

    [Fact]
    public void RandomWindows_OfSeveralStretches_ReachEveryPlaceOfEachAndNoneBetween()
    {
        IdRange[] ranges = [new(3, 9), new(20, 4), new(30, 6), new(40, 7)];
        var batcher = new RandomWindowBatcher(Positions(60), ranges, t: 5, b: 4, seed: 7);
        Assert.Equal(2, batcher.WindowsPerEpoch);
        var starts = new HashSet<int>();
        for (long step = 0; step < 100; step++)
        {
            (int[] inputs, int[] targets, _) = Window(batcher, step);
            starts.UnionWith(inputs.Take(4));
            Assert.All(targets, (target, i) => Assert.Equal(inputs[i] + 1, target));
        }
        Assert.Equal([3, 4, 5, 6, 30, 40, 41], starts.Order());
    }

    [Fact]
    public void Fill_AllocatesNothing()
    {
        var ids = Positions(5000);
        var stretches = CorpusSplit.Interleaved(5000, 50, 20, 0.25, 0).Train.Ranges;
        Batcher[] batchers =
        [
            new StatefulBatcher(ids, new IdRange(0, 5000), 50, 20, 1),
            new RandomWindowBatcher(ids, new IdRange(0, 5000), 50, 20, 1),
            new InterleavedBatcher(ids, stretches, 50),
            new RandomWindowBatcher(ids, stretches, 50, 20, 1),
        ];
        int[] inputs = new int[50 * 20];
        int[] targets = new int[50 * 20];
        foreach (var batcher in batchers)
        {
            batcher.Fill(0, inputs, targets);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (long step = 0; step < 100; step++)
                batcher.Fill(step, inputs, targets);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Fill_OfTheWrongShapeOrStep_IsRefused()
    {
        var batcher = new RandomWindowBatcher(Positions(50), new IdRange(0, 50), 5, 2, 1);
        Assert.Equal(
            "inputs has 9 ids; (T=5, B=2) needs 10.",
            Assert.Throws<SettingsException>(() => batcher.Fill(0, new int[9], new int[10])).Message
        );
        Assert.Contains(
            "targets has 11",
            Assert.Throws<SettingsException>(() => batcher.Fill(0, new int[10], new int[11])).Message
        );
        Assert.Contains(
            "step is -1",
            Assert.Throws<SettingsException>(() => batcher.Fill(-1, new int[10], new int[10])).Message
        );
    }

    [Fact]
    public void Construction_RefusesSizesThatDoNotFit()
    {
        var ids = Positions(50);
        Assert.Contains(
            "needs at least 1",
            Assert.Throws<SettingsException>(() => new StatefulBatcher(ids, new IdRange(0, 50), 0, 2, 1)).Message
        );
        Assert.Contains(
            "needs at least 1",
            Assert.Throws<SettingsException>(() => new StatefulBatcher(ids, new IdRange(0, 50), 2, -5, 1)).Message
        );
        Assert.Contains(
            "leaves the corpus",
            Assert.Throws<SettingsException>(() => new RandomWindowBatcher(ids, new IdRange(1, 50), 2, 2, 1)).Message
        );
        Assert.Contains(
            "leaves the corpus",
            Assert.Throws<SettingsException>(() => new RandomWindowBatcher(ids, new IdRange(-1, 5), 2, 2, 1)).Message
        );
        Assert.Contains(
            "12 characters to train on, but 3 streams of 4 steps need 13",
            Assert.Throws<SettingsException>(() => new StatefulBatcher(ids, new IdRange(0, 12), 4, 3, 1)).Message
        );
        Assert.Contains(
            "a window of 12 steps needs 13",
            Assert.Throws<SettingsException>(() => new RandomWindowBatcher(ids, new IdRange(0, 12), 12, 1, 1)).Message
        );
        Assert.Throws<SettingsException>(() => new StatefulBatcher(ids, new IdRange(0, 0), 1, 1, 1));
        Assert.Throws<SettingsException>(() => new RandomWindowBatcher(ids, new IdRange(0, 50), int.MaxValue, 1, 1));
    }

    [Theory]
    [InlineData(5001, 100, 50, 100, 50)]
    [InlineData(5000, 100, 50, 100, 49)]
    [InlineData(150, 100, 50, 100, 1)]
    [InlineData(60, 100, 50, 59, 1)]
    [InlineData(2, 100, 50, 1, 1)]
    public void FitTo_ShrinksStreamsFirstAndThenSteps(int length, int t, int b, int fittedT, int fittedB) =>
        Assert.Equal((fittedT, fittedB), Batcher.FitTo(length, t, false, b, false));

    [Fact]
    public void FitTo_KeepsWhatWasAskedForAndRefusesWhatCannotBe()
    {
        Assert.Equal((100, 3), Batcher.FitTo(320, 100, true, 50, false));
        Assert.Equal((6, 50), Batcher.FitTo(320, 100, false, 50, true));
        Assert.Contains(
            "there are 320 characters to train on, but 50 streams of 100 steps need 5001",
            Assert.Throws<SettingsException>(() => Batcher.FitTo(320, 100, true, 50, true)).Message
        );
        Assert.Contains(
            "1 streams of 400 steps need 401",
            Assert.Throws<SettingsException>(() => Batcher.FitTo(320, 400, true, 50, false)).Message
        );
        Assert.Contains(
            "400 streams of 1 steps need 401",
            Assert.Throws<SettingsException>(() => Batcher.FitTo(320, 50, false, 400, true)).Message
        );
        Assert.Throws<SettingsException>(() => Batcher.FitTo(1, 5, false, 5, false));
        Assert.Throws<SettingsException>(() => Batcher.FitTo(100, 0, false, 5, false));
        Assert.Throws<SettingsException>(() => Batcher.FitTo(100, 5, false, -1, true));
        Assert.Throws<SettingsException>(() => Batcher.FitTo(100, int.MaxValue, true, int.MaxValue, true));
    }

    private static (int[] Inputs, int[] Targets, bool Reset) Window(Batcher batcher, long step)
    {
        int[] inputs = new int[batcher.Steps * batcher.Streams];
        int[] targets = new int[inputs.Length];
        bool reset = batcher.Fill(step, inputs, targets);
        return (inputs, targets, reset);
    }
}
