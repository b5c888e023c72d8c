using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

public sealed class TextEmbedderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private const int Symbols = 61;
    private const double Tolerance = 2e-5;
    private static readonly string[] Labels = ["one", "two", "three"];

    public static TheoryData<string, bool> EveryArchitectureOfThreeCells()
    {
        var cases = new TheoryData<string, bool>();
        foreach (string architecture in Architectures.Names.Select(row => row.Data))
        foreach (bool records in new[] { false, true })
            cases.Add(architecture, records);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryArchitectureOfThreeCells))]
    public void Embed_GivesTheReferencesHeadInputs_PooledOverTheTextAlone(string architecture, bool records)
    {
        foreach (string cell in new[] { "lstm", "gru", "rnn" })
        {
            var spec = Spec(cell).In(architecture);
            using var twin = new EngineTwin(spec);
            using var model = ModelOf(twin, records);
            int[][] texts = Texts(count: 9, longest: 100);
            foreach (var pooling in Enum.GetValues<EmbeddingPooling>())
            {
                var embedder = new TextEmbedder(model, pooling);

                float[][] raw = embedder.Embed(texts, normalize: false, cancellationToken: Token),
                    normalized = embedder.Embed(texts, cancellationToken: Token);

                Assert.Equal(spec.ProjectionSize > 0 ? spec.ProjectionSize : spec.HiddenSize, embedder.EmbeddingSize);
                for (int i = 0; i < texts.Length; i++)
                {
                    double[] expected = Pooled(
                        HeadInputs(twin, TextGenerator.Start(model, texts[i])),
                        texts[i],
                        pooling
                    );
                    double length = Math.Sqrt(expected.Sum(value => value * value));
                    AssertNear(expected, raw[i], $"{cell}, {architecture}, {pooling}, text {i}");
                    if (length > 0)
                        AssertNear(
                            [.. expected.Select(value => value / length)],
                            normalized[i],
                            $"{cell}, {architecture}, {pooling}, text {i}, normalized"
                        );
                }
            }
        }
    }

    [Theory]
    [InlineData("lstm", 13)]
    [InlineData("gru", 40)]
    [InlineData("rnn", 300)]
    public void Embed_GivesTheSameBitsAlone_BesideOthers_InAnyOrder_AndForAnyNumberOfThreads(string cell, int hidden)
    {
        using var twin = new EngineTwin(Spec(cell) with { HiddenSize = hidden });
        using var model = ModelOf(twin, records: true);
        int[][] texts = Texts(count: 301, longest: 150);
        foreach (var pooling in Enum.GetValues<EmbeddingPooling>())
        {
            var embedder = new TextEmbedder(model, pooling);
            float[][] together = embedder.Embed(texts, cancellationToken: Token);

            foreach (int threads in new[] { 2, 3, 4 })
                AssertSame(together, embedder.Embed(texts, threads, cancellationToken: Token));
            for (int i = 0; i < 12; i++)
                AssertSame([together[i]], embedder.Embed([texts[i]], threads: 1 + i % 4, cancellationToken: Token));
            AssertSame(together[40..53], embedder.Embed(texts[40..53], threads: 2, cancellationToken: Token));
            AssertSame(
                [.. together.Reverse()],
                embedder.Embed([.. texts.Reverse()], threads: 4, cancellationToken: Token)
            );
        }
    }

    [Fact]
    public void Embed_FromSeveralThreadsAtOnce_GivesTheSameBits()
    {
        using var model = RandomModel.Make();
        var embedder = new TextEmbedder(model);
        int[][] texts = [.. Enumerable.Range(0, 8).Select(i => RandomModel.Ids(5 + 9 * i, 37, (ulong)i + 1))];
        float[][] expected = embedder.Embed(texts, cancellationToken: Token);
        float[][] actual = new float[texts.Length][];

        Parallel.For(0, texts.Length, i => actual[i] = embedder.Embed([texts[i]], cancellationToken: Token)[0]);

        AssertSame(expected, actual);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Embed_UnderALabel_GivesTheReferencesStates_AndABlendOthers(int labelEmbedding)
    {
        using var twin = new EngineTwin(
            Spec("gru") with
            {
                LabelCount = Labels.Length,
                LabelEmbeddingSize = labelEmbedding,
            }
        );
        using var model = ModelOf(twin, records: true);
        int[][] texts = Texts(count: 5, longest: 30);
        for (int label = 0; label < Labels.Length; label++)
        {
            float[][] vectors = new TextEmbedder(model, label: LabelBlend.Of(label, Labels)).Embed(
                texts,
                normalize: false,
                cancellationToken: Token
            );

            for (int i = 0; i < texts.Length; i++)
                AssertNear(
                    Pooled(
                        HeadInputs(twin, TextGenerator.Start(model, texts[i]), label),
                        texts[i],
                        EmbeddingPooling.Mean
                    ),
                    vectors[i],
                    $"label {label}, text {i}"
                );
        }
        var ofOne = new TextEmbedder(model, label: LabelBlend.Of(0, Labels));
        var ofTwo = new TextEmbedder(model, label: LabelBlend.Parse("one=0.5,two=0.5", Labels));
        Assert.NotEqual(
            ofOne.Embed(texts, cancellationToken: Token)[0],
            ofTwo.Embed(texts, cancellationToken: Token)[0]
        );
    }

    [Fact]
    public void Embed_GivesVectorsOfLengthOne_AndOfOneCharacterTheSameByAllPooling()
    {
        using var model = RandomModel.Make(layers: 2);
        string[] texts = ["A", "1999", "A BAD (1) DB"];

        foreach (float[] vector in new TextEmbedder(model).Embed(texts, cancellationToken: Token))
            Assert.Equal(1, vector.Sum(value => (double)value * value), 1e-6);

        float[][] ofOne =
        [
            .. Enum.GetValues<EmbeddingPooling>()
                .Select(pooling => new TextEmbedder(model, pooling).Embed(["A"], cancellationToken: Token)[0]),
        ];
        AssertSame([ofOne[0], ofOne[0], ofOne[0]], ofOne);
    }

    [Fact]
    public void Embed_OfAText_IsThatOfItsIds()
    {
        using var model = RandomModel.Make();
        var embedder = new TextEmbedder(model);

        AssertSame(
            embedder.Embed([model.Encode("A BAD DB")], cancellationToken: Token),
            embedder.Embed(["A BAD DB"], cancellationToken: Token)
        );
        Assert.Empty(embedder.Embed(Array.Empty<string>(), cancellationToken: Token));
    }

    [Fact]
    public void Embed_RefusesEmptyTexts_UnknownIdsAndLabelsThatDoNotGoWithTheModel()
    {
        using var model = RandomModel.Make();
        var embedder = new TextEmbedder(model);

        Assert.Contains(
            "text 2 of 3 is empty",
            Assert.Throws<SettingsException>(() => embedder.Embed(["A", "", "B"], cancellationToken: Token)).Message
        );
        Assert.Throws<SettingsException>(() => embedder.Embed(["ü"], cancellationToken: Token));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            embedder.Embed(
                [
                    [1, 37],
                ],
                cancellationToken: Token
            )
        );
        Assert.Throws<SettingsException>(() => new TextEmbedder(model, label: LabelBlend.Of(0, Labels)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextEmbedder(model, (EmbeddingPooling)7));
        using var twin = new EngineTwin(Spec("rnn") with { LabelCount = Labels.Length });
        using var labeled = ModelOf(twin, records: false);
        Assert.Throws<SettingsException>(() => new TextEmbedder(labeled));
    }

    [Fact]
    public void Embed_StopsWhenCancelled_AndRefusesAModelOfNoNumbers()
    {
        using var model = RandomModel.Make();
        var embedder = new TextEmbedder(model);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => embedder.Embed(["A"], cancellationToken: cancelled.Token));

        var embedding = model.Layout.Tensors.Single(tensor => tensor.Name == "rnn.weight_hh_l0");
        embedding.CopyTo([.. Enumerable.Repeat(float.NaN, embedding.Count)], model.Weights);
        Assert.Contains(
            "not of numbers",
            Assert.Throws<ModelException>(() => embedder.Embed(["A"], cancellationToken: Token)).Message
        );
    }

    private static ModelSpec Spec(string cell) =>
        new()
        {
            Cell = cell,
            VocabularySize = Symbols,
            HiddenSize = 13,
            EmbeddingSize = 5,
        };

    private static LanguageModel ModelOf(EngineTwin twin, bool records)
    {
        var spec = twin.Layout.Spec;
        var vocabulary = new Vocabulary(
            [.. Enumerable.Range(' ', Symbols - 1), Vocabulary.BoundarySymbol],
            TextEncoding.Utf8
        );
        var model = new LanguageModel(spec, vocabulary, labels: spec.LabelCount > 0 ? Labels : null)
        {
            Preparation = new TextPreparation { Records = records },
        };
        foreach (var tensor in twin.Layout.Tensors)
            tensor.CopyTo(tensor.CopyFrom(twin.Weights), model.Weights);
        return model;
    }

    /// <summary>Texts of 1 and of T characters, and between; no boundary is in one.</summary>
    private static int[][] Texts(int count, int longest) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    EngineTwin.Ids(
                        i == 0 ? longest
                            : i == 1 ? 1
                            : 1 + i * 37 % longest,
                        Symbols - 1,
                        (ulong)i + 1
                    )
                ),
        ];

    /// <summary>(T) what the reference's head reads: its logits, where the head's weights are the identity.</summary>
    private static double[][] HeadInputs(EngineTwin twin, int[] ids, int? label = null)
    {
        int width = twin.Model.Spec.Output;
        var parameters = twin.Model.Parameters;
        Array.Clear(parameters["head.weight"]);
        Array.Clear(parameters["head.bias"]);
        for (int i = 0; i < width; i++)
            parameters["head.weight"][i * width + i] = 1;
        var result = twin.Model.Run(
            ids,
            new int[ids.Length],
            ids.Length,
            1,
            twin.Model.NewState(1),
            lossScale: 1,
            backward: false,
            labels: label is { } given ? [.. Enumerable.Repeat(given, ids.Length)] : null
        );
        return [.. result.Logits.Chunk(Symbols).Select(logits => logits[..width])];
    }

    private static double[] Pooled(double[][] states, int[] text, EmbeddingPooling pooling)
    {
        double[][] own = states[^text.Length..];
        return
        [
            .. Enumerable
                .Range(0, own[0].Length)
                .Select(i =>
                    pooling switch
                    {
                        EmbeddingPooling.Mean => own.Average(state => state[i]),
                        EmbeddingPooling.Max => own.Max(state => state[i]),
                        _ => own[^1][i],
                    }
                ),
        ];
    }

    private static void AssertNear(double[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double tolerance = Tolerance * Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{what}, {i}: {expected[i]}, {actual[i]}");
    }

    private static void AssertSame(float[][] expected, float[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Bits.AssertSame(expected[i], actual[i], $"text {i}");
    }
}
