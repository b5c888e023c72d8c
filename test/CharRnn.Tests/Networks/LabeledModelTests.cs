using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>Models whose first layer is fed a label beside every symbol.</summary>
public sealed class LabeledModelTests : IDisposable
{
    private const int Symbols = 37,
        Steps = 9;
    private static readonly string[] Labels = ["one", "two", "three"];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, int, int> EveryCellAndInput()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (string cell in RandomModel.Cells.Select(row => row.Data))
        foreach (int embedding in new[] { 0, 5 })
        foreach (int labelEmbedding in new[] { 0, 4 })
            cases.Add(cell, embedding, labelEmbedding);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryCellAndInput))]
    public void ASession_GivesTheBitsOfAWindowWithItsLabel_AndOtherLabelsOthers(
        string cell,
        int embedding,
        int labelEmbedding
    )
    {
        using var model = Make(cell, embedding, labelEmbedding);
        int[] ids = RandomModel.Ids(Steps, Symbols);
        var windows = new List<float[]>();
        for (int label = 0; label < Labels.Length; label++)
        {
            NetworkState? state = null;
            float[] window = model.Forward(ids, Steps, 1, ref state, [label]);
            windows.Add(window);
            using var session = model.NewSession(label: LabelBlend.Of(label, Labels));
            for (int step = 0; step < Steps; step++)
                Bits.AssertSame(
                    window.AsSpan(step * Symbols, Symbols),
                    session.Step(ids[step]),
                    $"{cell}, label {label}, step {step}"
                );
        }
        Assert.NotEqual(windows[0], windows[1]);
        Assert.NotEqual(windows[1], windows[2]);
    }

    [Fact]
    public void ASession_OfAVocabularyTooLargeForAWholeTable_GivesTheSameBitsToo()
    {
        const int Many = 4200;
        using var model = Make("gru", embedding: 3, labelEmbedding: 2, symbols: Many);
        int[] ids = [5, 4199, 17];
        NetworkState? state = null;
        float[] window = model.Forward(ids, ids.Length, 1, ref state, [1]);

        using var session = model.NewSession(label: LabelBlend.Of(1, Labels));

        for (int step = 0; step < ids.Length; step++)
            Bits.AssertSame(window.AsSpan(step * Many, Many), session.Step(ids[step]), $"step {step}");
    }

    [Fact]
    public void StreamsOfAWindow_HaveEachTheirOwnLabel()
    {
        using var model = Make("lstm", embedding: 5, labelEmbedding: 4);
        int[] labels = [2, 0, 1, 2],
            ids = RandomModel.Ids(Steps, Symbols);
        int[] together = [.. ids.SelectMany(id => labels.Select(_ => id))];
        NetworkState? state = null;

        float[] logits = model.Forward(together, Steps, labels.Length, ref state, labels);

        for (int stream = 0; stream < labels.Length; stream++)
        {
            NetworkState? alone = null;
            float[] expected = model.Forward(ids, Steps, 1, ref alone, [labels[stream]]);
            for (int step = 0; step < Steps; step++)
                Bits.AssertSame(
                    expected.AsSpan(step * Symbols, Symbols),
                    logits.AsSpan((step * labels.Length + stream) * Symbols, Symbols),
                    $"stream {stream}, step {step}"
                );
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void ABlend_IsWhatALabelWithTheBlendedEmbeddingWouldBe(int labelEmbedding)
    {
        using var model = Make("gru", embedding: 5, labelEmbedding);
        using var blended = Make("gru", embedding: 5, labelEmbedding);
        // One-hot labels are blended where their columns of the input weights are.
        string name = labelEmbedding > 0 ? "label_embedding.weight" : "rnn.weight_ih_l0";
        var tensor = blended.Layout.Tensors.Single(tensor => tensor.Name == name);
        float[] values = tensor.CopyFrom(blended.Weights);
        int count = labelEmbedding > 0 ? labelEmbedding : tensor.Rows;
        for (int i = 0; i < count; i++)
        {
            int At(int label) => labelEmbedding > 0 ? label * labelEmbedding + i : i * tensor.Columns + 5 + label;
            values[At(0)] = 0.25f * values[At(0)] + 0.75f * values[At(2)];
        }
        tensor.CopyTo(values, blended.Weights);

        using var session = model.NewSession(label: LabelBlend.Parse("one=1,three=3", Labels));
        using var expected = blended.NewSession(label: LabelBlend.Of(0, Labels));

        foreach (int id in RandomModel.Ids(Steps, Symbols))
        {
            float[] logits = session.Step(id).ToArray(),
                wanted = expected.Step(id).ToArray();
            Assert.All(logits.Zip(wanted), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        }
    }

    [Fact]
    public void SetLabel_ChangesWhatIsReadFromThenOn_AndKeepsTheState()
    {
        using var model = Make("lstm", embedding: 5, labelEmbedding: 4);
        int[] ids = RandomModel.Ids(4, Symbols);
        NetworkState? state = null;
        model.Forward(ids.AsSpan(0, 2), 2, 1, ref state, [0]);
        float[] expected = model.Forward(ids.AsSpan(2), 2, 1, ref state, [1]);

        using var session = model.NewSession(label: LabelBlend.Of(0, Labels));
        session.Step(ids[0]);
        session.Step(ids[1]);
        session.SetLabel(LabelBlend.Of(1, Labels));

        Bits.AssertSame(expected.AsSpan(0, Symbols), session.Step(ids[2]), "the first after the change");
        Bits.AssertSame(expected.AsSpan(Symbols), session.Step(ids[3]), "the second");
    }

    [Theory]
    [MemberData(nameof(EveryCellAndInput))]
    public void AFile_KeepsLabelsAndWeights_AndJoinsThemAsPyTorchWould(string cell, int embedding, int labelEmbedding)
    {
        using var model = Make(cell, embedding, labelEmbedding);
        model.Save(_scratch["first"]);
        using var loaded = LanguageModel.Load(_scratch["first"]);
        loaded.Save(_scratch["second"]);

        Assert.Equal(File.ReadAllBytes(_scratch["first"]), File.ReadAllBytes(_scratch["second"]));
        Assert.Equal(Labels, loaded.Labels);
        Assert.Equal(model.Spec, loaded.Spec);
        var file = SafetensorsFile.Read(_scratch["first"]);
        int columns = (embedding > 0 ? embedding : Symbols) + (labelEmbedding > 0 ? labelEmbedding : Labels.Length);
        Assert.Equal(columns, file.Require("rnn.weight_ih_l0").Shape[1]);
        Assert.Equal(labelEmbedding > 0, file.Tensors.ContainsKey("label_embedding.weight"));
    }

    [Fact]
    public void AFileWithoutLabels_SaysNothingOfThem()
    {
        using var model = RandomModel.Make();
        model.Save(_scratch["plain"]);
        var file = SafetensorsFile.Read(_scratch["plain"]);
        Assert.DoesNotContain(
            file.Metadata,
            pair =>
                pair.Key.Contains("label", StringComparison.Ordinal)
                || pair.Value.Contains("label", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void ALabelThatIsMissing_OrTooMuch_IsRefused()
    {
        using var labeled = Make("gru", embedding: 5, labelEmbedding: 4);
        using var plain = RandomModel.Make();
        NetworkState? state = null;

        Assert.Equal(
            "the model writes what a label says; give one of one, two, three.",
            Assert.Throws<SettingsException>(() => labeled.NewSession()).Message
        );
        Assert.Contains(
            "was trained without labels",
            Assert.Throws<SettingsException>(() => plain.NewSession(label: LabelBlend.Of(0, Labels))).Message
        );
        Assert.Contains(
            "needs 2",
            Assert.Throws<ArgumentException>(() => labeled.Forward([1, 2], 1, 2, ref state, [0])).Message
        );
        Assert.Contains(
            "labels[1] is 3",
            Assert.Throws<ArgumentOutOfRangeException>(() => labeled.Forward([1, 2], 1, 2, ref state, [0, 3])).Message
        );
        using var evaluator = new Evaluator(labeled);
        var text = SymbolIds.Pack([1, 2, 3], Symbols);
        Assert.Contains(
            "this text has none",
            Assert
                .Throws<SettingsException>(() =>
                    evaluator.Run(text, new IdRange(0, 3), cancellationToken: TestContext.Current.CancellationToken)
                )
                .Message
        );
        Assert.Contains(
            "has 3 labels, and 0 are given",
            Assert.Throws<SettingsException>(() => new LanguageModel(labeled.Spec, labeled.Vocabulary)).Message
        );
    }

    private static LanguageModel Make(string cell, int embedding, int labelEmbedding, int symbols = Symbols) =>
        new(
            new ModelSpec
            {
                Cell = cell,
                VocabularySize = symbols,
                HiddenSize = 13,
                EmbeddingSize = embedding,
                LabelCount = Labels.Length,
                LabelEmbeddingSize = labelEmbedding,
            },
            new Vocabulary(Enumerable.Range(' ', symbols), TextEncoding.Utf8),
            Initialization.Parse("uniform:0.7"),
            seed: 5,
            Labels
        );
}
