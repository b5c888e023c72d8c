using CharRnn.Datasets;
using CharRnn.Tests.Engine;

namespace CharRnn.Tests;

/// <summary>Texts of more than 2^31 characters: no place in them fits an int.</summary>
public sealed class LongTextTests
{
    private const long Length = 5_000_000_000;

    [Theory]
    [InlineData(37, 1)]
    [InlineData(1000, 2)]
    [InlineData(100_000, 4)]
    public void Ids_AreReadFromBeyondTwoToThe31(int vocabularyCount, int bytesPerId)
    {
        using var sparse = new SparseIds(Length, vocabularyCount);
        Assert.Equal((Length, bytesPerId), (sparse.Ids.Length, sparse.Ids.BytesPerId));
        int last = vocabularyCount - 1;
        sparse.Set(Length - 3, last, 1, 2);
        sparse.Set(int.MaxValue - 1L, 5, 6, 7, 8);
        int[] found = new int[6];
        sparse.Ids.CopyTo(int.MaxValue - 2L, found);
        Assert.Equal([0, 5, 6, 7, 8, 0], found);
        sparse.Ids.CopyTo(Length - 6, found);
        Assert.Equal([0, 0, 0, last, 1, 2], found);
        Assert.Equal(2, sparse.Ids[Length - 1]);
        Assert.Contains(
            $"the sequence holds {Length}",
            Assert.Throws<SettingsException>(() => sparse.Ids.CopyTo(Length - 5, found)).Message
        );
    }

    [Fact]
    public void Stateful_StreamsLieAllOverTheText()
    {
        using var sparse = new SparseIds(Length, 37);
        var range = new IdRange(7, Length - 7);
        var batcher = new StatefulBatcher(sparse.Ids, range, t: 4, b: 3, seed: 1);
        Assert.Equal((Length - 8) / 3 / 4, batcher.WindowsPerEpoch);
        long step = batcher.WindowsPerEpoch + (batcher.WindowsPerEpoch - 1);
        Assert.Equal(1, batcher.EpochOf(step));
        for (int stream = 0; stream < 3; stream++)
            sparse.Set(
                range.Start + batcher.OffsetOf(1) + (stream * ((Length - 8) / 3)) + ((batcher.WindowsPerEpoch - 1) * 4),
                10 * stream + 1,
                10 * stream + 2,
                10 * stream + 3,
                10 * stream + 4,
                10 * stream + 5
            );
        int[] inputs = new int[12],
            targets = new int[12];
        Assert.False(batcher.Fill(step, inputs, targets));
        Assert.Equal([1, 11, 21, 2, 12, 22, 3, 13, 23, 4, 14, 24], inputs);
        Assert.Equal([2, 12, 22, 3, 13, 23, 4, 14, 24, 5, 15, 25], targets);
    }

    [Fact]
    public void RandomWindows_ReachBeyondTwoToThe31()
    {
        using var sparse = new SparseIds(Length, 37);
        long start = Length - 1000;
        for (long i = start; i < Length; i++)
            sparse.Set(i, 1);
        var batcher = new RandomWindowBatcher(sparse.Ids, new IdRange(start - 10, 1010), t: 5, b: 200, seed: 3);
        int[] inputs = new int[1000],
            targets = new int[1000];
        batcher.Fill(0, inputs, targets);
        Assert.InRange(inputs.Average(), 0.9, 1.0);
        Assert.Equal(
            ((Length - 1) + 999) / 1000,
            new RandomWindowBatcher(sparse.Ids, new IdRange(0, Length), t: 5, b: 200, seed: 3).WindowsPerEpoch
        );
    }

    [Fact]
    public void Evaluator_ReadsFromBeyondTwoToThe31()
    {
        using var sparse = new SparseIds(Length, 37);
        int[] ids = RandomModel.Ids(301, 37);
        sparse.Set(Length - 301, ids);
        using var model = RandomModel.Make();
        using var evaluator = new Evaluator(model, streams: 3);
        var expected = evaluator.Run(
            SymbolIds.Pack(ids, 37),
            new IdRange(0, 301),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(
            expected,
            evaluator.Run(
                sparse.Ids,
                new IdRange(Length - 301, 301),
                cancellationToken: TestContext.Current.CancellationToken
            )
        );
    }

    [Fact]
    public void Split_AndSizes_AreOfLongTextsToo()
    {
        var split = CorpusSplit.Contiguous(Length, 0.1, 0.05);
        Assert.Equal([new IdRange(0, 4_250_000_000)], split.Train.Ranges);
        Assert.Equal([new IdRange(4_250_000_000, 500_000_000)], split.Validation.Ranges);
        Assert.Equal([new IdRange(4_750_000_000, 250_000_000)], split.Test.Ranges);
        Assert.Equal((64, 32), Batcher.FitTo(Length, 64, false, 32, false));
        Assert.Equal(Length - 1, CounterRandom.Below(ulong.MaxValue, Length));
    }

    [Fact]
    public void AHeader_SpeaksOfLongTextsToo()
    {
        var header = new IdFileHeader(
            VocabularyCount: 70_000,
            DetailsLength: 100,
            Count: Length,
            Fingerprint: new byte[32]
        );
        Assert.Equal(128 + (4 * Length) + 100, header.FileLength);
        Assert.Equal(Length, IdFileHeader.Read(header.ToBytes(), header.FileLength)!.Count);
        Assert.Null(IdFileHeader.Read(header.ToBytes(), header.FileLength - 1));
    }
}
