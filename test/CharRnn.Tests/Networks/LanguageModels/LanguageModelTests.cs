using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class LanguageModelTests
{
    [Fact]
    public void NewModel_IsInitialised_AndItsSeedDecidesHow()
    {
        var vocabulary = new Vocabulary(Enumerable.Range('a', 9), TextEncoding.Utf8);
        var spec = new ModelSpec
        {
            VocabularySize = 9,
            HiddenSize = 6,
            EmbeddingSize = 4,
        };
        using var first = new LanguageModel(spec, vocabulary);
        using var again = new LanguageModel(spec, vocabulary, seed: 1);
        using var other = new LanguageModel(spec, vocabulary, seed: 2);
        Assert.Equal(Logits(first), Logits(again));
        Assert.NotEqual(Logits(first), Logits(other));
        Assert.All(
            first.Layout.Tensors,
            tensor => Assert.Contains(tensor.CopyFrom(first.Weights), weight => weight != 0)
        );

        static float[] Logits(LanguageModel model)
        {
            NetworkState? state = null;
            return model.Forward([1, 2], 2, 1, ref state);
        }
    }

    [Fact]
    public void VocabularyOfAnotherSize_IsRefused()
    {
        var vocabulary = new Vocabulary([1, 2], TextEncoding.Utf8);
        Assert.Contains(
            "3 symbols and the vocabulary 2",
            Assert.Throws<SettingsException>(() => new LanguageModel(new() { VocabularySize = 3 }, vocabulary)).Message
        );
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void ParameterCount_IsWhatTheFormulaSays(string cell)
    {
        var kind = CellCatalog.Get(cell);
        using var model = RandomModel.Make(cell, symbols: 37, hidden: 13, layers: 2, embedding: 5);
        // One bias a gate, and one more for each gate that is split.
        int gates = kind.Gates * 13,
            biases = gates + kind.SplitGates * 13;
        Assert.Equal(
            37 * 5 + gates * (5 + 13) + biases + gates * (13 + 13) + biases + 37 * 13 + 37,
            model.ParameterCount
        );
    }
}
