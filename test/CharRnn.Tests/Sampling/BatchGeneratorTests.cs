using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class BatchGeneratorTests
{
    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void EveryText_IsTheOneWrittenAlone_ForAnyNumberOfThreads(string cell)
    {
        const int Length = 25;
        const ulong FirstStream = 3;
        using var model = RandomModel.Make(cell, layers: 2);
        int[] prompt = [3, 1, 4];
        var options = new SamplingOptions { Seed = 9, TopK = 20 };
        foreach (int streams in new[] { 1, 5, 70 })
        {
            foreach (int threads in new[] { 1, 2, 3 })
            {
                using var batch = new BatchGenerator(model, prompt, options, streams, FirstStream, threads);
                int[][] steps = [.. Enumerable.Range(0, Length).Select(_ => batch.Next().ToArray())];
                foreach (int stream in new[] { 0, streams / 2, streams - 1 })
                {
                    int[] alone =
                    [
                        .. new TextGenerator(model).Ids(prompt, options, FirstStream + (ulong)stream).Take(Length),
                    ];
                    Assert.Equal(alone, steps.Select(ids => ids[stream]));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void TextsOfPromptsOfUnlikeLengths_AreThoseWrittenAlone(string cell)
    {
        const int Length = 12;
        const ulong Stream = 2;
        using var model = RandomModel.Make(cell, layers: 2);
        int[][] prompts =
        [
            [3, 1, 4, 1, 5, 9],
            [],
            [2],
            [6, 5, 3],
            [2, 7],
            [1, 8, 2],
        ];
        var options = new SamplingOptions { Seed = 4 };
        foreach (int threads in new[] { 1, 2 })
        {
            using var batch = BatchGenerator.OfPrompts(model, prompts, options, Stream, threads);
            int[][] steps = [.. Enumerable.Range(0, Length).Select(_ => batch.Next().ToArray())];
            for (int i = 0; i < prompts.Length; i++)
            {
                int[] alone = [.. new TextGenerator(model).Ids(prompts[i], options, Stream).Take(Length)];
                Assert.Equal(alone, steps.Select(ids => ids[i]));
            }
        }
    }

    [Fact]
    public void AVocabularyTooLargeForAWholeTable_AndLargeLayers_GiveTheSameTextsToo()
    {
        var spec = new ModelSpec
        {
            Cell = "gru",
            VocabularySize = 5000,
            HiddenSize = 272,
            EmbeddingSize = 8,
        };
        using var model = new LanguageModel(spec, new Vocabulary(Enumerable.Range(0x1000, 5000), TextEncoding.Utf8));
        using var batch = new BatchGenerator(model, prompt: [], new SamplingOptions(), streams: 9, threads: 3);

        int[] last = [.. Enumerable.Range(0, 6).Select(_ => batch.Next()[8])];

        Assert.Equal([.. new TextGenerator(model).Ids([], new SamplingOptions(), stream: 8).Take(6)], last);
    }

    [Theory]
    [InlineData(13, 11, 5)]
    // Two panels of projected numbers, which a subteam of three shares.
    [InlineData(272, 24, 9)]
    public void LayersThatAreProjected_GiveTheSameTextsToo(int hidden, int projection, int streams)
    {
        var spec = new ModelSpec
        {
            Cell = "gru",
            VocabularySize = 37,
            HiddenSize = hidden,
            EmbeddingSize = 8,
        }.In(Architectures.Everything);
        using var model = RandomModel.Make(spec with { ProjectionSize = projection });
        using var batch = new BatchGenerator(model, prompt: [3], new SamplingOptions(), streams, threads: 3);

        int[] last = [.. Enumerable.Range(0, 12).Select(_ => batch.Next()[^1])];

        Assert.Equal(
            [.. new TextGenerator(model).Ids([3], new SamplingOptions(), stream: (ulong)streams - 1).Take(12)],
            last
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WeightsThatAreNotNumbers_AreToldOf_AndNobodyWaitsForEver(int threads)
    {
        using var model = RandomModel.Make();
        foreach (var tensor in model.Layout.Tensors.Where(tensor => tensor.Name == "head.bias"))
            tensor.CopyTo([.. Enumerable.Repeat(float.NaN, tensor.Count)], model.Weights);
        using var batch = new BatchGenerator(model, [1], new SamplingOptions(), streams: 20, threads: threads);

        Assert.Contains(
            "not a number",
            Assert
                .Throws<ModelException>(() =>
                {
                    batch.Next();
                })
                .Message
        );
    }

    [Fact]
    public void NoStreams_AreRefused()
    {
        using var model = RandomModel.Make();
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new BatchGenerator(model, [1], new SamplingOptions(), streams: 0)
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new BatchGenerator(model, [1], new SamplingOptions(), streams: 1, threads: 0)
        );
    }
}
