using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class RecordIndexTests
{
    [Fact]
    public void Records_ReachFromABoundaryToTheNext()
    {
        var index = new RecordIndex(Records.Of(3, 1, 4), new IdRange(0, 12), Records.Boundary);

        Assert.Equal((3, 3, 11), (index.Count, index.Groups, index.Pairs));
        Assert.Equal(
            [new IdRange(0, 4), new IdRange(4, 2), new IdRange(6, 5)],
            [.. Enumerable.Range(0, 3).Select(i => index.Record(i))]
        );
        Assert.Equal(new IdRange(0, 12), index.Range);
    }

    [Fact]
    public void WhatIsCutAtTheEndsOfAStretch_IsLeftOut()
    {
        // Boundaries at 0, 4, 6, 11.
        var ids = Records.Of(3, 1, 4);
        Assert.Equal(new IdRange(4, 3), new RecordIndex(ids, new IdRange(1, 9), Records.Boundary).Range);
        Assert.Equal(new IdRange(4, 8), new RecordIndex(ids, new IdRange(4, 8), Records.Boundary).Range);
        Assert.Equal(1, new RecordIndex(ids, new IdRange(0, 6), Records.Boundary).Count);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 3)]
    [InlineData(7, 4)]
    [InlineData(3, 0)]
    public void AStretchWithoutAWholeRecord_IsRefused(int start, int length)
    {
        var refused = Assert.Throws<SettingsException>(() =>
            new RecordIndex(Records.Of(3, 1, 4), new IdRange(start, length), Records.Boundary)
        );
        Assert.Contains($"the {length} characters to train on hold no whole record", refused.Message);
    }

    [Fact]
    public void MoreRecordsThanPlaces_ShareThem_AndEachIsStillFound()
    {
        for (int count = 1; count <= 70; count++)
        {
            int[] lengths = [.. Enumerable.Range(0, count).Select(i => i * 7 % 11)];
            var ids = Records.Of(lengths);
            var plain = new RecordIndex(ids, new IdRange(0, ids.Length), Records.Boundary);
            var shared = new RecordIndex(ids, new IdRange(0, ids.Length), Records.Boundary, maxGroups: 4);

            Assert.Equal(1, plain.RecordsPerGroup);
            Assert.InRange(shared.Groups, Math.Min(count, 2), 4);
            Assert.Equal((plain.Count, plain.Range), (shared.Count, shared.Range));
            for (int record = 0; record < count; record++)
            {
                Assert.Equal(new IdRange(lengths[..record].Sum() + record, lengths[record] + 1), plain.Record(record));
                Assert.Equal(plain.Record(record), shared.Record(record));
            }
            Assert.Equal(shared.Pairs, Enumerable.Range(0, shared.Groups).Sum(group => shared.Group(group).Length));
        }
    }

    [Fact]
    public void LongRecords_AreFoundBeyondWhatIsReadAtATime()
    {
        int[] lengths = [100_000, 5, 70_000, 255, 256, 257, 511, 512];
        var ids = Records.Of(lengths);
        foreach (int most in new[] { 2, 1 << 20 })
        {
            var index = new RecordIndex(ids, new IdRange(0, ids.Length), Records.Boundary, most);
            Assert.Equal(
                lengths.Select(length => length + 1L),
                Enumerable.Range(0, lengths.Length).Select(record => index.Record(record).Length)
            );
        }
    }
}
