using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class RecordBatchesTests
{
    private static readonly Vocabulary Letters = new(
        [.. "abc".Select(letter => (int)letter), Vocabulary.UnknownSymbol],
        TextEncoding.Utf8
    );

    [Theory]
    [InlineData(1, 4)]
    [InlineData(7, 8)]
    [InlineData(100, 1)]
    [InlineData(1000, 16)]
    [InlineData(1001, 64)]
    public void Epoch_HasEveryRecordOnce_InBatchesThatDifferByOneAtMost(int count, int batchSize)
    {
        var batches = Make(count, batchSize, out _);
        for (long epoch = 0; epoch < 3; epoch++)
        {
            var members = Enumerable
                .Range(0, batches.PerEpoch)
                .Select(i => batches.RecordsOf((epoch * batches.PerEpoch) + i).ToArray())
                .ToList();
            Assert.Equal(Enumerable.Range(0, count), members.SelectMany(batch => batch).Order());
            Assert.InRange(members.Max(batch => batch.Length) - members.Min(batch => batch.Length), 0, 1);
            Assert.Equal(batches.MaxStreams, members.Max(batch => batch.Length));
            Assert.InRange(batches.MaxStreams, 1, batchSize);
        }
    }

    [Fact]
    public void Batch_HasItsRecordsUnderOneAnother_PaddedAfterTheirEnds()
    {
        var batches = Make(200, 16, out var records);
        var batch = batches.Batch(3);
        var members = batches.RecordsOf(3);
        Assert.Equal(members.Length, batch.Streams);
        for (int b = 0; b < batch.Streams; b++)
        {
            Assert.Equal(
                (records.LengthOf(members[b]), records.LabelsOf(members[b])[0], records.Weights[members[b]]),
                (batch.Lengths[b], batch.Labels[b], batch.Weights[b])
            );
            for (int t = 0; t < batch.Lengths[b]; t++)
                Assert.Equal(records.IdsOf(members[b])[t], batch.Ids[(t * batch.Streams) + b]);
        }
        int longest = 0;
        foreach (int length in batch.Lengths)
            longest = Math.Max(longest, length);
        Assert.Equal((longest, longest * batch.Streams), (batch.Steps, batch.Ids.Length));
    }

    [Fact]
    public void LikeLengths_LeaveLittleToPad()
    {
        var batches = Make(2000, 32, out var records);
        long padded = 0;
        for (int step = 0; step < batches.PerEpoch; step++)
            padded += batches.Batch(step).Ids.Length;
        Assert.InRange(padded, records.Characters, 1.15 * records.Characters);
    }

    [Fact]
    public void WhatIsDrawn_DependsOnSeedAndStepAlone()
    {
        RecordBatches one = Make(300, 16, out _, seed: 3, charDropout: 0.2),
            two = Make(300, 16, out _, seed: 3, charDropout: 0.2);
        // The second is asked out of order, as after resuming.
        long step = (5L * two.PerEpoch) + 2;
        int[] late = two.Batch(step).Ids.ToArray();
        for (long before = 0; before < step; before++)
            one.Batch(before);
        Assert.Equal(late, one.Batch(step).Ids.ToArray());
    }

    [Fact]
    public void Order_DiffersFromEpochToEpochAndFromSeedToSeed()
    {
        RecordBatches one = Make(300, 16, out _, seed: 1),
            two = Make(300, 16, out _, seed: 2);
        Assert.NotEqual(one.RecordsOf(0).ToArray(), one.RecordsOf(one.PerEpoch).ToArray());
        Assert.NotEqual(one.RecordsOf(0).ToArray(), two.RecordsOf(0).ToArray());
    }

    [Fact]
    public void Companions_ChangeFromEpochToEpoch()
    {
        var batches = Make(640, 64, out _);
        int[] first = batches.RecordsOf(0).ToArray();
        int most = Enumerable
            .Range(0, batches.PerEpoch)
            .Max(i => batches.RecordsOf(batches.PerEpoch + i).ToArray().Intersect(first).Count());
        Assert.InRange(most, 1, 50);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void CharDropout_MakesThatShareUnknown_AndOthersInEachEpoch(double share)
    {
        var batches = Make(2000, 50, out var records, charDropout: share);
        int unknown = Letters.UnknownId!.Value,
            dropped = 0;
        for (int step = 0; step < batches.PerEpoch; step++)
        {
            var batch = batches.Batch(step);
            for (int b = 0; b < batch.Streams; b++)
            {
                for (int t = 0; t < batch.Lengths[b]; t++)
                {
                    if (batch.Ids[(t * batch.Streams) + b] == unknown)
                        dropped++;
                }
            }
        }
        double standardDeviation = Math.Sqrt(share * (1 - share) / records.Characters);
        Assert.InRange(
            (double)dropped / records.Characters,
            share - (5 * standardDeviation),
            share + (5 * standardDeviation)
        );
    }

    [Fact]
    public void Batches_AreMadeWithoutAllocating()
    {
        var batches = Make(500, 32, out _, charDropout: 0.1);
        for (int step = 0; step < batches.PerEpoch; step++)
            _ = batches.Batch(step).Steps;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = batches.PerEpoch; step < 3 * batches.PerEpoch; step++)
            _ = batches.Batch(step).Steps;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static RecordBatches Make(
        int count,
        int batchSize,
        out EncodedRecords encoded,
        ulong seed = 1,
        double charDropout = 0
    )
    {
        var random = new Random(11);
        var records = Enumerable
            .Range(0, count)
            .Select(_ => new LabeledText(
                string.Concat(Enumerable.Range(0, 1 + random.Next(20)).Select(_ => "abc"[random.Next(3)])),
                [random.Next(2)]
            ))
            .ToList();
        encoded = new EncodedRecords(records, Letters, [0.5f, 2f]);
        return new RecordBatches(encoded, batchSize, seed, Letters.UnknownId!.Value, charDropout);
    }
}
