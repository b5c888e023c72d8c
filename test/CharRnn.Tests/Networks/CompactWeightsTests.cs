using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>Models loaded with compact weights: near those that were trained, smaller, and not to be trained on.</summary>
public sealed class CompactWeightsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private static readonly WeightFormat[] Compact = [WeightFormat.BF16, WeightFormat.Int8];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Architectures.OfEveryCell), MemberType = typeof(Architectures))]
    public void ALanguageModel_IsNearTheOneThatWasTrained(string cell, string architecture)
    {
        using var trained = RandomModel.MakeIn(architecture, cell);
        int[] ids = RandomModel.Ids(40, trained.Spec.VocabularySize);
        float[] expected = Logits(trained, ids, streams: 4);
        foreach (var format in Compact)
        {
            using var model = Reloaded(trained, format);

            float[] logits = Logits(model, ids, streams: 4);

            Assert.Equal(format, model.WeightFormat);
            Assert.NotEqual(expected, logits);
            double largest = expected.Max(Math.Abs),
                error = logits.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
            Assert.True(error < 0.1 * largest, $"{format} {cell} {architecture}: {error} of {largest}");
        }
    }

    [Theory]
    [InlineData("lstm", 264, 16)]
    [InlineData("gru", 600, 0)]
    public void AStep_GivesTheBitsOfAWindow_ForAnyStreamsAndThreads(string cell, int hidden, int embedding)
    {
        using var trained = RandomModel.Make(cell, hidden: hidden, layers: 2, embedding: embedding);
        const int Steps = 3,
            Streams = 9;
        int[] ids = RandomModel.Ids(Steps * Streams, trained.Spec.VocabularySize);
        foreach (var format in Compact)
        {
            using var model = Reloaded(trained, format);
            float[] window = Logits(model, ids, Streams);
            foreach (int threads in new[] { 1, 2, 3 })
            {
                using var session = model.NewSession(Streams, threads);
                using var alone = model.NewSession(1, threads);
                for (int step = 0; step < Steps; step++)
                {
                    session.Step(ids.AsSpan(step * Streams, Streams));
                    for (int stream = 0; stream < Streams; stream++)
                        Bits.AssertSame(
                            Row(step * Streams + stream),
                            session.Logits(stream),
                            $"{format}, {threads} threads, step {step}, stream {stream}"
                        );
                    Bits.AssertSame(Row(step * Streams), alone.Step(ids[step * Streams]), $"{format}, one stream");
                }
            }

            float[] Row(int row) => window[(row * model.Spec.VocabularySize)..((row + 1) * model.Spec.VocabularySize)];
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(5, 3)]
    public void AModelWithLabels_IsNearTheOneThatWasTrained(int embedding, int labelEmbedding)
    {
        var spec = new ModelSpec
        {
            VocabularySize = 20,
            HiddenSize = 13,
            NumLayers = 2,
            EmbeddingSize = embedding,
            LabelCount = 3,
            LabelEmbeddingSize = labelEmbedding,
        };
        using var trained = new LanguageModel(
            spec,
            new Vocabulary(Enumerable.Range(' ', spec.VocabularySize), TextEncoding.Utf8),
            Initialization.Parse("uniform:0.4"),
            labels: ["a", "b", "c"]
        );
        NetworkState? state = null;
        int[] ids = RandomModel.Ids(12, spec.VocabularySize);
        float[] expected = trained.Forward(ids, steps: 4, streams: 3, ref state, labels: [0, 1, 2]);
        foreach (var format in Compact)
        {
            using var model = Reloaded(trained, format);
            state = null;

            float[] logits = model.Forward(ids, steps: 4, streams: 3, ref state, labels: [0, 1, 2]);

            Assert.All(logits.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 0.05));
        }
    }

    [Theory]
    [InlineData(Pooling.Attention, true)]
    [InlineData(Pooling.Mean, false)]
    public void AClassifier_IsNearTheOneThatWasTrained_ForAnyThreads(Pooling pooling, bool bidirectional)
    {
        var spec = new ClassifierSpec
        {
            VocabularySize = 30,
            LabelCount = 4,
            HiddenSize = 21,
            NumLayers = 2,
            EmbeddingSize = 6,
            Bidirectional = bidirectional,
            Pooling = pooling,
        };
        using var twin = new ClassifierTwin(spec);
        string[] texts =
        [
            .. ClassifierTwin
                .Records(spec, steps: 11, streams: 40)
                .Select(record => twin.Engine.Vocabulary.Decode(record.Ids)),
        ];
        float[][] expected = twin.Engine.Predict(texts);
        string path = _scratch["classifier.safetensors"];
        twin.Engine.Save(path);
        foreach (var format in Compact)
        {
            using var model = SequenceClassifier.Load(path, format);

            float[][] together = model.Predict(texts);

            for (int i = 0; i < texts.Length; i++)
            {
                Bits.AssertSame(together[i], model.Predict([texts[i], texts[0]], threads: 2)[0], $"{format}, text {i}");
                Assert.All(together[i].Zip(expected[i]), pair => Assert.Equal(pair.Second, pair.First, 0.05));
            }
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(0)]
    public void Weights_AreHalfAndAQuarterAsLarge(int embedding)
    {
        using var trained = RandomModel.Make(symbols: 92, hidden: 512, layers: 3, embedding: embedding);
        using var half = Reloaded(trained, WeightFormat.BF16);
        using var quarter = Reloaded(trained, WeightFormat.Int8);

        Assert.Equal(trained.Weights.Length * sizeof(float), trained.WeightBytes);
        Assert.InRange(half.WeightBytes, 0.5 * trained.WeightBytes, 0.505 * trained.WeightBytes);
        Assert.InRange(quarter.WeightBytes, 0.25 * trained.WeightBytes, 0.255 * trained.WeightBytes);
        Assert.Equal(trained.ParameterCount, quarter.ParameterCount);
    }

    [Fact]
    public void AModelWithCompactWeights_IsNeitherTrainedNorSaved_AndSaysWhy()
    {
        using var trained = RandomModel.Make();
        foreach (var format in Compact)
        {
            using var model = Reloaded(trained, format);
            string copy = _scratch["copy.safetensors"];

            string reason = Assert.Throws<SettingsException>(() => model.Save(copy)).Message;

            Assert.Contains($"weights in {format}", reason, StringComparison.Ordinal);
            Assert.Contains("WeightFormat.F32", reason, StringComparison.Ordinal);
            Assert.False(File.Exists(copy));
            Assert.Throws<SettingsException>(() => WeightTransfer.Copy(model, trained));
            Assert.Throws<SettingsException>(() => model.Weights);
        }
    }

    [Fact]
    public void ADamagedFile_IsRefusedAlike()
    {
        using var trained = RandomModel.Make();
        var tensor = trained.Layout.Tensors.Single(tensor => tensor.Name == "rnn.weight_hh_l0");
        float[] values = tensor.CopyFrom(trained.Weights);
        values[9] = float.NaN;
        tensor.CopyTo(values, trained.Weights);
        string path = _scratch["damaged.safetensors"];
        trained.Save(path);
        string expected = Assert.Throws<ModelException>(() => LanguageModel.Load(path)).Message;

        foreach (var format in Compact)
            Assert.Equal(expected, Assert.Throws<ModelException>(() => LanguageModel.Load(path, format)).Message);
    }

    private LanguageModel Reloaded(LanguageModel model, WeightFormat format)
    {
        string path = _scratch["model.safetensors"];
        model.Save(path);
        return LanguageModel.Load(path, format);
    }

    private static float[] Logits(LanguageModel model, int[] ids, int streams)
    {
        NetworkState? state = null;
        return model.Forward(ids, ids.Length / streams, streams, ref state);
    }
}
