using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

public sealed class SequenceClassifierTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, Pooling, bool> EveryCellPoolingAndDirection()
    {
        var cases = new TheoryData<string, Pooling, bool>();
        foreach (var cell in CellCatalog.All)
        foreach (var pooling in Enum.GetValues<Pooling>())
        foreach (bool bidirectional in new[] { false, true })
            cases.Add(cell.Name, pooling, bidirectional);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryCellPoolingAndDirection))]
    public void Predict_GivesTheReferencesProbabilities_AndTheSameBitsAloneAndInAnyBatch(
        string cell,
        Pooling pooling,
        bool bidirectional
    )
    {
        var spec = Spec(cell, pooling, bidirectional);
        using var twin = new ClassifierTwin(spec);
        var records = ClassifierTwin.Records(spec, steps: 23, streams: 301);
        string[] texts = [.. records.Select(record => twin.Engine.Vocabulary.Decode(record.Ids))];

        float[][] together = twin.Engine.Predict(texts);

        double[][] expected = twin.Reference.Run(records[..20]).Probabilities;
        for (int i = 0; i < expected.Length; i++)
        for (int k = 0; k < spec.LabelCount; k++)
            Assert.Equal(expected[i][k], together[i][k], 1e-5);
        foreach (int threads in new[] { 2, 3, 5 })
            AssertSame(together, twin.Engine.Predict(texts, threads));
        for (int i = 0; i < 12; i++)
            Bits.AssertSame(together[i], twin.Engine.Predict(texts[i]), $"text {i} alone");
        AssertSame(together[40..53], twin.Engine.Predict(texts[40..53], threads: 2));
        AssertSame([.. together.Reverse()], twin.Engine.Predict([.. texts.Reverse()], threads: 2));
    }

    [Fact]
    public void Predict_OfARecordLongerThanABatch_GivesTheSameBitsToo()
    {
        using var model = ClassifierTwin.NewModel(
            Spec("rnn", Pooling.Mean, bidirectional: true) with
            {
                HiddenSize = 3,
            }
        );
        string text = string.Concat(Enumerable.Repeat("A BAD (1) DB. ", 1300));

        float[][] together = model.Predict(["AB", text, "C"]);

        Bits.AssertSame(model.Predict(text), together[1], "the long one");
        Bits.AssertSame(model.Predict("AB"), together[0], "the short one");
    }

    [Fact]
    public void Predict_OfNoTexts_IsNothing_AndAnEmptyTextIsRefusedWithItsPlace()
    {
        using var model = ClassifierTwin.NewModel(Spec("lstm", Pooling.Last, bidirectional: true));

        Assert.Empty(model.Predict(Array.Empty<string>()));
        Assert.Contains(
            "text 2 of 3 is empty",
            Assert.Throws<SettingsException>(() => model.Predict(["A", "", "B"])).Message
        );
    }

    [Fact]
    public void Encode_PreparesATextAsTheOnesThatWereLearnt_AndWhatTheVocabularyLacksIsItsUnknownSymbol()
    {
        var vocabulary = new Vocabulary(['a', 'e', Vocabulary.UnknownSymbol], TextEncoding.Utf8);
        using var model = new SequenceClassifier(
            new()
            {
                VocabularySize = 3,
                LabelCount = 2,
                HiddenSize = 3,
            },
            vocabulary,
            ["x", "y"]
        )
        {
            Preparation = new TextPreparation { Fold = Folding.Ascii },
        };

        Assert.Equal([0, 1, 2], model.Encode("áez"));
        Assert.Equal(model.Predict("aez"), model.Predict("áéq"));
    }

    [Theory]
    [MemberData(nameof(EveryCellPoolingAndDirection))]
    public void Load_AfterSave_GivesTheSameBits_AndSavesTheSameBytes(string cell, Pooling pooling, bool bidirectional)
    {
        foreach (var biases in Enum.GetValues<BiasMode>())
        {
            var spec = Spec(cell, pooling, bidirectional) with
            {
                Biases = biases,
                EmbeddingSize = biases == BiasMode.Double ? 0 : 5,
                Dropout = 0.1,
                OutputDropout = 0.2,
                EmbeddingDropout = 0.3,
            };
            var provenance = new Dictionary<string, string> { ["corpus"] = "łódź\n" };
            using var model = ClassifierTwin.NewModel(
                spec,
                provenance,
                new TextPreparation { Normalize = Normalization.Nfc }
            );
            model.Save(_scratch["first"]);
            using var loaded = SequenceClassifier.Load(_scratch["first"]);
            loaded.Save(_scratch["second"]);

            Assert.Equal(File.ReadAllBytes(_scratch["first"]), File.ReadAllBytes(_scratch["second"]));
            Assert.Equal((spec, model.Preparation), (loaded.Spec, loaded.Preparation));
            Assert.Equal(model.Labels, loaded.Labels);
            Assert.Equal(provenance, loaded.Provenance);
            string[] texts = ["ABBA", "(0)", "7"];
            AssertSame(model.Predict(texts), loaded.Predict(texts));
        }
    }

    [Fact]
    public void NamesAndShapes_ArePyTorchs()
    {
        using var model = ClassifierTwin.NewModel(
            Spec("gru", Pooling.Attention, bidirectional: true) with
            {
                HiddenSize = 6,
                EmbeddingSize = 5,
                VocabularySize = 11,
                LabelCount = 4,
            }
        );
        model.Save(_scratch["model"]);
        var file = SafetensorsFile.Read(_scratch["model"]);

        Assert.Equal(
            [
                "attention.weight 1,12",
                "embedding.weight 11,5",
                "head.bias 4",
                "head.weight 4,12",
                "rnn.bias_hh_l0 18",
                "rnn.bias_hh_l0_reverse 18",
                "rnn.bias_hh_l1 18",
                "rnn.bias_hh_l1_reverse 18",
                "rnn.bias_ih_l0 18",
                "rnn.bias_ih_l0_reverse 18",
                "rnn.bias_ih_l1 18",
                "rnn.bias_ih_l1_reverse 18",
                "rnn.weight_hh_l0 18,6",
                "rnn.weight_hh_l0_reverse 18,6",
                "rnn.weight_hh_l1 18,6",
                "rnn.weight_hh_l1_reverse 18,6",
                "rnn.weight_ih_l0 18,5",
                "rnn.weight_ih_l0_reverse 18,5",
                "rnn.weight_ih_l1 18,12",
                "rnn.weight_ih_l1_reverse 18,12",
            ],
            file.Tensors.Select(pair => $"{pair.Key} {string.Join(",", pair.Value.Shape)}")
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal("charrnn.sequence-classifier.1", file.Metadata["format"]);
        Assert.Equal("""["label 0","label 1","label 2","label 3"]""", file.Metadata["labels"]);
    }

    [Fact]
    public void ForeignAndMangledFiles_AreRefusedInOneLine()
    {
        using var model = ClassifierTwin.NewModel(Spec("gru", Pooling.Attention, bidirectional: true));
        model.Save(_scratch["model"]);
        var file = SafetensorsFile.Read(_scratch["model"]);
        string Changed(string key, string value)
        {
            SafetensorsFile.Write(
                _scratch["changed"],
                file.Tensors.Values,
                new SortedDictionary<string, string>(file.Metadata.ToDictionary(), StringComparer.Ordinal)
                {
                    [key] = value,
                }
            );
            return Refused(_scratch["changed"]);
        }
        string Without(string tensor)
        {
            SafetensorsFile.Write(
                _scratch["less"],
                file.Tensors.Values.Where(other => other.Name != tensor),
                file.Metadata
            );
            return Refused(_scratch["less"]);
        }

        Assert.Contains(
            " is a language model, and a classifier is needed",
            Changed("format", "charrnn.language-model.1")
        );
        Assert.Contains("has 4 labels, and 2 are named", Changed("labels", """["a","b"]"""));
        Assert.Contains("labels in its metadata cannot be used", Changed("labels", """["a","a","b","c"]"""));
        Assert.Contains(
            "pooling is 'median'; it must be one of last, mean, attention",
            Changed("model", file.Metadata["model"].Replace("attention", "median"))
        );
        Assert.Contains(
            "the number of labels is 1",
            Changed("model", file.Metadata["model"].Replace("\"label_count\":4", "\"label_count\":1"))
        );
        Assert.Contains(
            "has the shape",
            Changed("model", file.Metadata["model"].Replace("\"bidirectional\":true", "\"bidirectional\":false"))
        );
        Assert.Contains("'rnn.weight_hh_l1_reverse'", Without("rnn.weight_hh_l1_reverse"));
        Assert.Contains("'attention.weight'", Without("attention.weight"));

        using var other = RandomModel.Make();
        other.Save(_scratch["language"]);
        Assert.Contains("a classifier is needed", Refused(_scratch["language"]));
        Assert.Contains(
            "a language model is needed",
            Assert.Throws<ModelException>(() => LanguageModel.Load(_scratch["model"])).Message
        );
        File.WriteAllText(_scratch["text"], "not a model");
        Refused(_scratch["text"]);
    }

    [Theory]
    [InlineData("two labels alike", 37, new[] { "a", "b", "a", "c" }, "label 'a' is given twice")]
    [InlineData("too few", 37, new[] { "a" }, "has 4 labels, and 1 are given")]
    [InlineData("another vocabulary", 36, new[] { "a", "b", "c", "d" }, "has 36 symbols and the vocabulary 37")]
    public void WhatDoesNotFit_IsRefused(string why, int symbols, string[] labels, string message)
    {
        var spec = Spec("gru", Pooling.Last, bidirectional: true) with { VocabularySize = symbols };
        var refused = Assert.Throws<SettingsException>(() =>
            new SequenceClassifier(spec, new Vocabulary(Enumerable.Range(' ', 37), TextEncoding.Utf8), labels)
        );
        Assert.True(refused.Message.Contains(message), $"{why}: {refused.Message}");
    }

    [Fact]
    public void ForgetGates_OfBothDirections_BeginAtOne()
    {
        using var model = new SequenceClassifier(
            new()
            {
                VocabularySize = 2,
                LabelCount = 2,
                HiddenSize = 3,
                NumLayers = 2,
            },
            new Vocabulary(['a', 'b'], TextEncoding.Utf8),
            ["x", "y"]
        );

        foreach (string suffix in new[] { "l0", "l0_reverse", "l1", "l1_reverse" })
        {
            float[] bias = model
                .Layout.Tensors.Single(tensor => tensor.Name == $"rnn.bias_ih_{suffix}")
                .CopyFrom(model.Weights);
            Assert.All(bias[3..6], value => Assert.Equal(1, value));
            Assert.All(bias[..3], value => Assert.NotEqual(1, value));
        }
    }

    [Theory]
    [InlineData("orthogonal")]
    [InlineData("torch-rnn")]
    [InlineData("normal:0.1")]
    public void EverySchemeOfFirstWeights_GoesForBothDirections(string scheme)
    {
        var vocabulary = new Vocabulary(['a', 'b'], TextEncoding.Utf8);
        using var model = new SequenceClassifier(
            new()
            {
                VocabularySize = 2,
                LabelCount = 2,
                HiddenSize = 3,
                NumLayers = 2,
                Pooling = Pooling.Attention,
            },
            vocabulary,
            ["x", "y"],
            Initialization.Parse(scheme)
        );

        foreach (var tensor in model.Layout.Tensors.Where(tensor => tensor.Shape.Count > 1))
            Assert.All(tensor.CopyFrom(model.Weights), value => Assert.NotEqual(0, value));
    }

    private static ClassifierSpec Spec(string cell, Pooling pooling, bool bidirectional) =>
        new()
        {
            Cell = cell,
            VocabularySize = 37,
            LabelCount = 4,
            HiddenSize = 13,
            EmbeddingSize = 5,
            NumLayers = 2,
            Pooling = pooling,
            Bidirectional = bidirectional,
        };

    private static string Refused(string path)
    {
        string message = Assert.Throws<ModelException>(() => SequenceClassifier.Load(path)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static void AssertSame(float[][] expected, float[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Bits.AssertSame(expected[i], actual[i], $"text {i}");
    }
}
