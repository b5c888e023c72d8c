using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class RecordBatcherTests
{
    [Fact]
    public void Streams_ReadWholeRecords_OneAfterAnother_FromWindowToWindow()
    {
        int[] lengths = Records.Lengths(300, 12);
        var ids = Records.Of(lengths);
        var batcher = Make(ids, t: 9, b: 5);
        for (long epoch = 0; epoch < 4; epoch++)
        {
            (int[][] inputs, int[][] targets) = Epoch(batcher, epoch);
            for (int stream = 0; stream < 5; stream++)
            {
                Assert.Equal(Records.Boundary, inputs[stream][0]);
                // What is predicted is what is read next: nowhere a leap.
                Assert.Equal(inputs[stream][1..], targets[stream][..^1]);
                foreach (int[] record in WholeRecords(inputs[stream], targets[stream]))
                    Assert.Equal(Enumerable.Repeat(record[0], lengths[record[0] - 1]), record);
            }
        }
    }

    [Fact]
    public void AnEpoch_ReadsNearlyAllRecords_AndNoneTwiceButAtTheSeamsOfStreams()
    {
        const int Streams = 4;
        var ids = Records.Of(Records.Lengths(500, 12));
        var batcher = Make(ids, t: 7, b: Streams);
        for (long epoch = 0; epoch < 5; epoch++)
        {
            (int[][] inputs, int[][] targets) = Epoch(batcher, epoch);
            int[] read =
            [
                .. inputs
                    .Zip(targets)
                    .SelectMany(stream => WholeRecords(stream.First, stream.Second))
                    .Select(record => record[0]),
            ];

            Assert.InRange(read.Length - read.Distinct().Count(), 0, Streams - 1);
            Assert.InRange(read.Distinct().Count(), 500 - 3 * Streams, 500);
        }
    }

    [Fact]
    public void EachEpoch_HasAnOrderOfItsOwn_AndInTheLongRunEveryRecordIsRead()
    {
        var ids = Records.Of(Records.Lengths(60, 12));
        var batcher = Make(ids, t: 7, b: 3);
        var seen = new HashSet<int>();
        var orders = new HashSet<string>();
        for (long epoch = 0; epoch < 30; epoch++)
        {
            (int[][] inputs, int[][] targets) = Epoch(batcher, epoch);
            int[] read =
            [
                .. inputs
                    .Zip(targets)
                    .SelectMany(stream => WholeRecords(stream.First, stream.Second))
                    .Select(record => record[0]),
            ];
            seen.UnionWith(read);
            orders.Add(string.Join(',', read));
        }
        Assert.Equal(30, orders.Count);
        Assert.Equal(Enumerable.Range(1, 60), seen.Order());
    }

    [Fact]
    public void ARecordLongerThanASpan_IsSharedBetweenStreams()
    {
        var ids = Records.Of(1000, 3, 2);
        var batcher = Make(ids, t: 10, b: 8);
        (int[][] inputs, _) = Epoch(batcher, 0);
        // A span is 126 of 1008 pairs: hardly a stream begins with the boundary, and none reads what another does.
        Assert.InRange(inputs.Count(stream => stream[0] == Records.Boundary), 1, 3);
        Assert.InRange(inputs.Sum(stream => stream.Count(id => id == Records.Boundary)), 1, 3);
    }

    [Fact]
    public void RecordsThatShareAPlace_StayTogether_AndAllAreRead()
    {
        int[] lengths = Records.Lengths(100, 9);
        var ids = Records.Of(lengths);
        var index = new RecordIndex(ids, new IdRange(0, ids.Length), Records.Boundary, maxGroups: 16);
        Assert.Equal(8, index.RecordsPerGroup);
        var batcher = new RecordBatcher(ids, index, t: 5, b: 1, seed: 3);
        var seen = new HashSet<int>();
        for (long epoch = 0; epoch < 20; epoch++)
        {
            (int[][] inputs, int[][] targets) = Epoch(batcher, epoch);
            int[] read = [.. WholeRecords(inputs[0], targets[0]).Select(record => record[0])];
            seen.UnionWith(read);
            Assert.All(
                read.Zip(read.Skip(1)),
                pair => Assert.True(pair.Second == pair.First + 1 || pair.Second % 8 == 1, $"{pair}")
            );
        }
        Assert.Equal(Enumerable.Range(1, 100), seen.Order());
    }

    [Fact]
    public void AStretchOfACorpus_IsReadAlone()
    {
        int[] lengths = Records.Lengths(200, 9);
        var ids = Records.Of(lengths);
        // From the midst of one record to the midst of another.
        var index = new RecordIndex(ids, new IdRange(103, 500), Records.Boundary);
        int first = ids[index.Range.Start + 1],
            last = ids[index.Range.End - 2];
        Batcher[] batchers =
        [
            new RecordBatcher(ids, index, 6, 4, seed: 1),
            new RandomRecordBatcher(ids, index, 6, 4, seed: 1),
        ];
        foreach (var batcher in batchers)
        {
            int[] read =
            [
                .. Enumerable
                    .Range(0, 400)
                    .SelectMany(step => Window(batcher, step).Inputs)
                    .Where(id => id != Records.Boundary)
                    .Distinct()
                    .Order(),
            ];
            Assert.Equal(Enumerable.Range(first, last - first + 1), read);
        }
    }

    [Fact]
    public void RandomWindows_BeginWithARecord_AndTakeAnotherWhereItEnds()
    {
        int[] lengths = Records.Lengths(40, 9);
        var ids = Records.Of(lengths);
        foreach (int maxGroups in new[] { 4, 1 << 20 })
        {
            var batcher = new RandomRecordBatcher(
                ids,
                new RecordIndex(ids, new IdRange(0, ids.Length), Records.Boundary, maxGroups),
                t: 12,
                b: 3,
                seed: 7
            );
            Assert.Equal((ids.Length - 1 + 35) / 36, batcher.WindowsPerEpoch);
            var begun = new HashSet<int>();
            for (long step = 0; step < 200; step++)
            {
                (int[] inputs, int[] targets, bool reset) = Window(batcher, step);
                Assert.True(reset);
                for (int stream = 0; stream < 3; stream++)
                {
                    (int[] read, int[] predicted) = (Stream(inputs, 3, stream), Stream(targets, 3, stream));
                    Assert.Equal(Records.Boundary, read[0]);
                    begun.Add(read[1]);
                    Assert.Equal(read[1..], predicted[..^1]);
                    foreach (int[] record in WholeRecords(read, predicted))
                        Assert.Equal(Enumerable.Repeat(record[0], lengths[record[0] - 1]), record);
                }
            }
            Assert.Equal(Enumerable.Range(1, 40), begun.Order());
        }
    }

    [Fact]
    public void Windows_AreAFunctionOfSeedAndStepAlone()
    {
        var ids = Records.Of(Records.Lengths(90, 9));
        var index = new RecordIndex(ids, new IdRange(0, ids.Length), Records.Boundary);
        Func<ulong, Batcher>[] makers =
        [
            seed => new RecordBatcher(ids, index, 7, 5, seed),
            seed => new RandomRecordBatcher(ids, index, 7, 5, seed),
        ];
        foreach (var make in makers)
        {
            var first = make(99);
            long[] steps = [.. Enumerable.Range(0, 60).Select(i => (long)i), 1_000_000_007, 5_000_000_000_000];
            var inOrder = steps.ToDictionary(step => step, step => Window(first, step));
            foreach (long step in steps.Reverse())
            {
                (int[] inputs, int[] targets, bool reset) = Window(make(99), step);
                Assert.Equal(inOrder[step].Inputs, inputs);
                Assert.Equal(inOrder[step].Targets, targets);
                Assert.Equal(inOrder[step].Reset, reset);
            }
            Assert.NotEqual(inOrder[3].Inputs, Window(make(98), 3).Inputs);
        }
    }

    [Fact]
    public void Fill_AllocatesNothing_OverTheEndsOfEpochs()
    {
        var ids = Records.Of(Records.Lengths(500, 9));
        var index = new RecordIndex(ids, new IdRange(0, ids.Length), Records.Boundary, maxGroups: 128);
        Batcher[] batchers = [new RecordBatcher(ids, index, 10, 20, 1), new RandomRecordBatcher(ids, index, 10, 20, 1)];
        int[] inputs = new int[200];
        int[] targets = new int[200];
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
    public void RecordsTooFewForTheWindows_AreRefused()
    {
        var ids = Records.Of(3, 1, 4);
        var index = new RecordIndex(ids, new IdRange(0, ids.Length), Records.Boundary);
        var refused = Assert.Throws<SettingsException>(() => new RecordBatcher(ids, index, t: 4, b: 3, seed: 1));
        Assert.Contains(
            "the 3 records to train on have 12 characters, their boundaries included, but 3 streams of 4 steps need 13",
            refused.Message
        );
    }

    [Fact]
    public void TheBatcherOfARun_IsThatOfItsSamplingAndItsText()
    {
        var ids = Records.Of(Records.Lengths(90, 9));
        var range = new IdRange(0, ids.Length);
        var records = new RecordIndex(ids, range, Records.Boundary);
        var split = CorpusSplit.Contiguous(ids.Length, 0, 0);
        var stateful = new TrainingSettings();
        var random = new TrainingSettings { Sampling = WindowSampling.Random };
        TextParts prose = new(4, 3, split),
            parts = prose with { Records = records };

        Assert.IsType<StatefulBatcher>(prose.MakeBatcher(ids, stateful));
        Assert.IsType<RecordBatcher>(parts.MakeBatcher(ids, stateful));
        Assert.IsType<RandomWindowBatcher>(prose.MakeBatcher(ids, random));
        Assert.IsType<RandomRecordBatcher>(parts.MakeBatcher(ids, random));
    }

    private static RecordBatcher Make(SymbolIds ids, int t, int b) =>
        new(ids, new RecordIndex(ids, new IdRange(0, ids.Length), Records.Boundary), t, b, seed: 11);

    /// <summary>What each stream reads and predicts in an epoch.</summary>
    private static (int[][] Inputs, int[][] Targets) Epoch(Batcher batcher, long epoch)
    {
        var windows = Enumerable
            .Range(0, (int)batcher.WindowsPerEpoch)
            .Select(window => Window(batcher, epoch * batcher.WindowsPerEpoch + window))
            .ToArray();
        Assert.All(
            windows.Select((window, i) => (window.Reset, i)),
            window => Assert.Equal(window.i == 0, window.Reset)
        );
        int[][] Join(Func<(int[] Inputs, int[] Targets, bool), int[]> part) =>
            [
                .. Enumerable
                    .Range(0, batcher.Streams)
                    .Select(stream =>
                        windows.SelectMany(window => Stream(part(window), batcher.Streams, stream)).ToArray()
                    ),
            ];
        return (Join(window => window.Inputs), Join(window => window.Targets));
    }

    private static int[] Stream(int[] window, int streams, int stream) =>
        [.. window.Where((_, i) => i % streams == stream)];

    /// <summary>The records that a stream reads from their boundary to the next, without either.</summary>
    private static IEnumerable<int[]> WholeRecords(int[] inputs, int[] targets)
    {
        int start = Array.IndexOf(inputs, Records.Boundary);
        for (int end; start >= 0 && (end = Array.IndexOf(targets, Records.Boundary, start)) >= 0; start = end + 1)
            yield return targets[start..end];
    }

    private static (int[] Inputs, int[] Targets, bool Reset) Window(Batcher batcher, long step)
    {
        int[] inputs = new int[batcher.Steps * batcher.Streams];
        int[] targets = new int[inputs.Length];
        bool reset = batcher.Fill(step, inputs, targets);
        return (inputs, targets, reset);
    }
}
