using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>Texts as the vectors that a classifier predicts labels from.</summary>
public sealed class ClassifierEmbeddingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private const int Hidden = 13;

    public static TheoryData<string, Pooling, bool, int> EveryPoolingAndDirection()
    {
        var cases = new TheoryData<string, Pooling, bool, int>();
        foreach (string cell in new[] { "lstm", "gru", "rnn" })
        foreach (var pooling in Enum.GetValues<Pooling>())
        foreach (bool bidirectional in new[] { false, true })
        foreach (int embedding in new[] { 0, 5 })
            cases.Add(cell, pooling, bidirectional, embedding);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryPoolingAndDirection))]
    public void Embed_GivesTheReferencesPooledState_AndTheSameBitsAloneAndForAnyNumberOfThreads(
        string cell,
        Pooling pooling,
        bool bidirectional,
        int embedding
    )
    {
        int size = bidirectional ? 2 * Hidden : Hidden;
        var spec = new ClassifierSpec
        {
            Cell = cell,
            VocabularySize = 37,
            LabelCount = size,
            HiddenSize = Hidden,
            EmbeddingSize = embedding,
            NumLayers = 2,
            Pooling = pooling,
            Bidirectional = bidirectional,
            MultiLabel = true,
        };
        using var twin = new ClassifierTwin(spec);
        var records = ClassifierTwin.Records(spec, steps: 23, streams: 151);
        string[] texts = [.. records.Select(record => twin.Engine.Vocabulary.Decode(record.Ids))];
        var embedder = twin.Engine;

        float[][] raw = embedder.Embed(texts, normalize: false, cancellationToken: Token),
            normalized = embedder.Embed(texts, cancellationToken: Token);

        Assert.Equal(size, embedder.EmbeddingSize);
        // With the identity as the head's weights, a label's probability is the sigmoid of a number of the state.
        var parameters = twin.Reference.Parameters;
        Array.Clear(parameters["head.weight"]);
        Array.Clear(parameters["head.bias"]);
        for (int i = 0; i < size; i++)
            parameters["head.weight"][i * size + i] = 1;
        double[][] probabilities = twin.Reference.Run(records[..12]).Probabilities;
        for (int text = 0; text < probabilities.Length; text++)
        {
            double[] state = [.. probabilities[text].Select(p => Math.Log(p / (1 - p)))];
            double length = Math.Sqrt(state.Sum(value => value * value));
            for (int i = 0; i < size; i++)
            {
                Assert.Equal(state[i], raw[text][i], 1e-5);
                Assert.Equal(state[i] / length, normalized[text][i], 1e-5);
            }
        }
        foreach (int threads in new[] { 2, 3, 4 })
            AssertSame(normalized, embedder.Embed(texts, threads, cancellationToken: Token));
        for (int i = 0; i < 5; i++)
            AssertSame([normalized[i]], embedder.Embed([records[i].Ids], cancellationToken: Token));
        AssertSame(
            [.. raw.Reverse()],
            embedder.Embed([.. texts.Reverse()], threads: 2, normalize: false, cancellationToken: Token)
        );
    }

    [Fact]
    public void Embed_RefusesEmptyTextsAndUnknownIds_AndStopsWhenCancelled()
    {
        var spec = new ClassifierSpec
        {
            VocabularySize = 37,
            LabelCount = 4,
            HiddenSize = Hidden,
        };
        using var model = ClassifierTwin.NewModel(spec);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Contains(
            "text 2 of 2 is empty",
            Assert.Throws<SettingsException>(() => model.Embed(["A", ""], cancellationToken: Token)).Message
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            model.Embed(
                [
                    [0, 37],
                ],
                cancellationToken: Token
            )
        );
        Assert.Throws<OperationCanceledException>(() => model.Embed(["A"], cancellationToken: cancelled.Token));
        Assert.Empty(model.Embed(Array.Empty<int[]>(), cancellationToken: Token));
    }

    [Fact]
    public void Embed_OfATrainedClassifier_PutsNamesOfOneLanguageNearerThanThoseOfTwo()
    {
        var settings = new ClassifierSettings
        {
            MaxSteps = 300,
            HiddenSize = 24,
            EmbeddingSize = 12,
        };
        using var trainer = ClassifierTrainer.Start(LabeledRecords.Embedded(), settings);
        trainer.Run(null, Token);
        LabeledRecord[] unseen = [.. trainer.Test!.Records.GroupBy(record => record.Label).SelectMany(g => g.Take(20))];

        float[][] vectors = trainer.Model.Embed([.. unseen.Select(record => record.Text)], cancellationToken: Token);

        double[] same = [.. Cosines(sameLabel: true)],
            other = [.. Cosines(sameLabel: false)];
        Assert.True(same.Average() > other.Average() + 0.1, $"{same.Average()}, {other.Average()}");

        IEnumerable<double> Cosines(bool sameLabel)
        {
            for (int i = 0; i < unseen.Length; i++)
            for (int k = 0; k < i; k++)
            {
                if (unseen[i].Label == unseen[k].Label == sameLabel)
                    yield return vectors[i].Zip(vectors[k], (a, b) => (double)a * b).Sum();
            }
        }
    }

    private static void AssertSame(float[][] expected, float[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Bits.AssertSame(expected[i], actual[i], $"text {i}");
    }
}
