using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class WeightTransferTests
{
    private static readonly Vocabulary Old = new("bdfh".Select(c => (int)c), TextEncoding.Utf8);
    private static readonly Vocabulary New = new("abcdefgh".Select(c => (int)c), TextEncoding.Utf8);

    [Theory]
    [InlineData("gru", 6)]
    [InlineData("gru", 0)]
    [InlineData("lstm", 0)]
    [InlineData("rnn", 3)]
    public void Copy_PutsWhatBelongsToASymbolWhereItsIdIsNow_AndLeavesAddedSymbolsFresh(string cell, int embedding)
    {
        var spec = new ModelSpec
        {
            Cell = cell,
            VocabularySize = 4,
            HiddenSize = 5,
            NumLayers = 2,
            EmbeddingSize = embedding,
        };
        using var source = new LanguageModel(spec, Old, seed: 1);
        using LanguageModel destination = new(spec with { VocabularySize = 8, Dropout = 0.5 }, New, seed: 2),
            fresh = new(spec with { VocabularySize = 8 }, New, seed: 2);
        WeightTransfer.Copy(source, destination);

        int[] added = [.. "aceg".Select(c => Id(New, c))];
        foreach (var tensor in destination.Layout.Tensors)
        {
            var from = source.Layout.Tensors.Single(other => other.Name == tensor.Name);
            float[] old = from.CopyFrom(source.Weights),
                now = tensor.CopyFrom(destination.Weights);
            bool ofSymbols =
                tensor.Name is "embedding.weight" or "head.weight" or "head.bias"
                || (tensor.Name == "rnn.weight_ih_l0" && embedding == 0);
            if (!ofSymbols)
            {
                Assert.Equal(old, now);
                continue;
            }
            bool byColumn = tensor.Name == "rnn.weight_ih_l0";
            foreach (char c in "bdfh")
                Assert.Equal(
                    Slice(old, from.Columns, Id(Old, c), byColumn),
                    Slice(now, tensor.Columns, Id(New, c), byColumn)
                );
            float[] drawn = fresh.Layout.Tensors.Single(other => other.Name == tensor.Name).CopyFrom(fresh.Weights);
            Assert.All(
                added,
                id => Assert.Equal(Slice(drawn, tensor.Columns, id, byColumn), Slice(now, tensor.Columns, id, byColumn))
            );
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3)]
    [InlineData(4, 0)]
    [InlineData(4, 3)]
    public void Copy_PutsWhatBelongsToALabelWhereItIsNow_AndLeavesOutOnesThatAreGone(int embedding, int labelEmbedding)
    {
        string[] before = ["Greek", "Polish", "Russian"],
            now = ["Irish", "Russian", "Spanish", "Greek"];
        var spec = new ModelSpec
        {
            Cell = "gru",
            VocabularySize = 4,
            HiddenSize = 5,
            EmbeddingSize = embedding,
            LabelCount = 3,
            LabelEmbeddingSize = labelEmbedding,
        };
        var larger = spec with { VocabularySize = 8, LabelCount = 4 };
        using var source = new LanguageModel(spec, Old, seed: 1, labels: before);
        using LanguageModel destination = new(larger, New, seed: 2, labels: now),
            fresh = new(larger, New, seed: 2, labels: now);

        WeightTransfer.Copy(source, destination);

        var (ofSource, ofDestination) = (Columns(source, before), Columns(destination, now));
        Assert.Equal(ofSource["Greek"], ofDestination["Greek"]);
        Assert.Equal(ofSource["Russian"], ofDestination["Russian"]);
        Assert.Equal(Columns(fresh, now)["Spanish"], ofDestination["Spanish"]);
        Dictionary<string, float[]> Columns(LanguageModel model, string[] labels)
        {
            var tensor = model.Layout.Tensors.Single(tensor =>
                tensor.Name == (labelEmbedding > 0 ? "label_embedding.weight" : "rnn.weight_ih_l0")
            );
            float[] values = tensor.CopyFrom(model.Weights);
            int symbols = embedding > 0 ? embedding : model.Vocabulary.Count;
            return labels
                .Index()
                .ToDictionary(
                    pair => pair.Item,
                    pair =>
                        labelEmbedding > 0
                            ? Slice(values, tensor.Columns, pair.Index, byColumn: false)
                            : Slice(values, tensor.Columns, symbols + pair.Index, byColumn: true)
                );
        }
    }

    [Fact]
    public void Copy_BetweenNetworksThatDiffer_OrToAVocabularyThatLacksASymbol_IsRefused()
    {
        var spec = new ModelSpec
        {
            Cell = "gru",
            VocabularySize = 4,
            HiddenSize = 8,
            NumLayers = 2,
            EmbeddingSize = 8,
        };
        using var source = new LanguageModel(spec, Old);
        foreach (
            var other in new[]
            {
                spec with
                {
                    Residual = true,
                },
                spec with
                {
                    Cell = "rnn",
                },
                spec with
                {
                    NumLayers = 1,
                },
                spec with
                {
                    HiddenSize = 9,
                },
            }
        )
        {
            using var destination = new LanguageModel(other, Old);
            Assert.Contains(
                "they must be the same",
                Assert.Throws<SettingsException>(() => WeightTransfer.Copy(source, destination)).Message
            );
        }
        using var lacking = new LanguageModel(spec, new Vocabulary("bdfx".Select(c => (int)c), TextEncoding.Utf8));
        Assert.Contains("'h'", Assert.Throws<SettingsException>(() => WeightTransfer.Copy(source, lacking)).Message);
    }

    private static int Id(Vocabulary vocabulary, char symbol) =>
        vocabulary.TryGetId(symbol, out int id) ? id : throw new InvalidOperationException();

    private static float[] Slice(float[] values, int columns, int index, bool byColumn) =>
        byColumn
            ? [.. values.Where((_, i) => i % columns == index)]
            : values[(index * columns)..((index + 1) * columns)];
}
