using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class LanguageModelFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void Load_AfterSave_GivesTheSameBits_AndSavesTheSameBytes(string cell)
    {
        foreach (int embedding in new[] { 0, 5 })
        {
            var provenance = new Dictionary<string, string> { ["corpus"] = "łódź\n", ["command"] = "charrnn train" };
            using var model = RandomModel.Make(
                cell,
                layers: 3,
                embedding: embedding,
                residual: true,
                provenance: provenance
            );
            model.Save(_scratch["first"]);
            using var loaded = LanguageModel.Load(_scratch["first"]);
            loaded.Save(_scratch["second"]);

            Assert.Equal(File.ReadAllBytes(_scratch["first"]), File.ReadAllBytes(_scratch["second"]));
            Assert.Equal(model.Spec, loaded.Spec);
            Assert.Equal(provenance, loaded.Provenance);
            Assert.Equal(model.Vocabulary.Symbols, loaded.Vocabulary.Symbols);
            NetworkState? before = null,
                after = null;
            int[] ids = RandomModel.Ids(20, 37);
            Assert.Equal(model.Forward(ids, 20, 1, ref before), loaded.Forward(ids, 20, 1, ref after));
        }
    }

    [Theory]
    [MemberData(nameof(Architectures.OfEveryCell), MemberType = typeof(Architectures))]
    public void Load_AfterSave_GivesTheSameBits_InEveryArchitecture(string cell, string architecture)
    {
        using var model = RandomModel.MakeIn(architecture, cell);
        model.Save(_scratch["first"]);
        using var loaded = LanguageModel.Load(_scratch["first"]);
        loaded.Save(_scratch["second"]);

        Assert.Equal(File.ReadAllBytes(_scratch["first"]), File.ReadAllBytes(_scratch["second"]));
        Assert.Equal(model.Spec, loaded.Spec);
        NetworkState? before = null,
            after = null;
        int[] ids = RandomModel.Ids(20, 37);
        Assert.Equal(model.Forward(ids, 20, 1, ref before), loaded.Forward(ids, 20, 1, ref after));
    }

    [Fact]
    public void Projections_HaveATensorForEachLayer_AndTheLayersAboveAndTheHeadTakeThemIn()
    {
        using var model = RandomModel.Make(
            new ModelSpec
            {
                Cell = "gru",
                VocabularySize = 11,
                HiddenSize = 6,
                NumLayers = 2,
                EmbeddingSize = 5,
                ProjectionSize = 4,
            }
        );
        model.Save(_scratch["model"]);
        var file = SafetensorsFile.Read(_scratch["model"]);
        Assert.Equal([18, 5], file.Require("rnn.weight_ih_l0").Shape);
        Assert.Equal([18, 4], file.Require("rnn.weight_ih_l1").Shape);
        Assert.Equal([18, 6], file.Require("rnn.weight_hh_l1").Shape);
        Assert.Equal([4, 6], file.Require("projection.weight_l0").Shape);
        Assert.Equal([4, 6], file.Require("projection.weight_l1").Shape);
        Assert.Equal([11, 4], file.Require("head.weight").Shape);

        Rewrite(
            _scratch["model"],
            _scratch["turned"],
            tensor =>
                tensor.Name == "projection.weight_l1"
                    ? Tensor.FromSingles(tensor.Name, tensor.ToSingles(), 6, 4)
                    : tensor
        );
        Assert.Contains(
            "projection.weight_l1 has the shape (6, 4); the network described in the metadata needs (4, 6)",
            Refused(_scratch["turned"])
        );
        SafetensorsFile.Write(
            _scratch["less"],
            file.Tensors.Values.Where(tensor => tensor.Name != "projection.weight_l0"),
            file.Metadata
        );
        Assert.Contains("'projection.weight_l0'", Refused(_scratch["less"]));
    }

    [Fact]
    public void Vocabulary_OfBytes_IsKept()
    {
        var vocabulary = new Vocabulary([0, 10, 200, 255], TextEncoding.Bytes);
        using var model = new LanguageModel(new() { VocabularySize = 4, HiddenSize = 3 }, vocabulary);
        model.Save(_scratch["bytes"]);
        using var loaded = LanguageModel.Load(_scratch["bytes"]);
        Assert.Equal(TextEncoding.Bytes, loaded.Vocabulary.Encoding);
        Assert.Equal([0, 10, 200, 255], loaded.Vocabulary.Symbols);
    }

    [Theory]
    [InlineData("rnn", 1)]
    [InlineData("gru", 3)]
    [InlineData("lstm", 4)]
    public void NamesAndShapes_ArePyTorchs(string cell, int gates)
    {
        using var model = RandomModel.Make(cell, symbols: 11, hidden: 6, layers: 2, embedding: 5);
        model.Save(_scratch["model"]);
        var shapes = SafetensorsFile
            .Read(_scratch["model"])
            .Tensors.ToDictionary(pair => pair.Key, pair => string.Join(",", pair.Value.Shape));
        int g = gates * 6;
        Assert.Equal(
            new()
            {
                ["embedding.weight"] = "11,5",
                ["rnn.weight_ih_l0"] = $"{g},5",
                ["rnn.weight_hh_l0"] = $"{g},6",
                ["rnn.bias_ih_l0"] = $"{g}",
                ["rnn.bias_hh_l0"] = $"{g}",
                ["rnn.weight_ih_l1"] = $"{g},6",
                ["rnn.weight_hh_l1"] = $"{g},6",
                ["rnn.bias_ih_l1"] = $"{g}",
                ["rnn.bias_hh_l1"] = $"{g}",
                ["head.weight"] = "11,6",
                ["head.bias"] = "11",
            },
            shapes
        );
    }

    [Fact]
    public void OneHotModels_HaveNoEmbedding()
    {
        using var model = RandomModel.Make(symbols: 11, hidden: 6, embedding: 0);
        model.Save(_scratch["model"]);
        var file = SafetensorsFile.Read(_scratch["model"]);
        Assert.DoesNotContain("embedding.weight", file.Tensors.Keys);
        Assert.Equal([24, 11], file.Require("rnn.weight_ih_l0").Shape);
    }

    [Fact]
    public void RecurrentBiases_AreZeroButForTheNewGateOfAGru()
    {
        foreach (string cell in new[] { "rnn", "gru", "lstm" })
        {
            using var model = RandomModel.Make(cell, hidden: 7, layers: 2);
            model.Save(_scratch["model"]);
            var file = SafetensorsFile.Read(_scratch["model"]);
            for (int layer = 0; layer < 2; layer++)
            {
                float[] bias = file.Require($"rnn.bias_hh_l{layer}").ToSingles();
                int zeros = cell == "gru" ? 14 : bias.Length;
                Assert.All(bias[..zeros], value => Assert.Equal(0, value));
                Assert.All(bias[zeros..], value => Assert.NotEqual(0, value));
                Assert.All(file.Require($"rnn.bias_ih_l{layer}").ToSingles(), value => Assert.NotEqual(0, value));
            }
        }
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void TwoTrainedBiases_FromElsewhere_CountAsTheirSum(string cell)
    {
        using var model = RandomModel.Make(cell);
        model.Save(_scratch["model"]);
        int shared = model.Spec.CellKind.SharedGates * 13;
        Rewrite(
            _scratch["model"],
            _scratch["split"],
            tensor =>
                tensor.Name switch
                {
                    // Halves and quarters are exact.
                    "rnn.bias_ih_l0" => Changed(tensor, (value, i) => i < shared ? value - 0.5f * value : value),
                    "rnn.bias_hh_l0" => Changed(
                        tensor,
                        (value, i) => i < shared ? 0.5f * Ih(_scratch["model"])[i] : value
                    ),
                    _ => tensor,
                }
        );
        using var split = LanguageModel.Load(_scratch["split"]);
        NetworkState? one = null,
            two = null;
        Assert.Equal(model.Forward([1, 2, 3], 3, 1, ref one), split.Forward([1, 2, 3], 3, 1, ref two));

        static float[] Ih(string path) => SafetensorsFile.Read(path).Require("rnn.bias_ih_l0").ToSingles();
    }

    [Fact]
    public void TensorsOfACheckpoint_AreLeftAlone_AndOthersAreNamed()
    {
        using var model = RandomModel.Make();
        model.Save(_scratch["model"]);
        var file = SafetensorsFile.Read(_scratch["model"]);
        SafetensorsFile.Write(
            _scratch["checkpoint"],
            [
                .. file.Tensors.Values,
                Tensor.FromSingles("optimizer.moment1.head.bias", new float[37], 37),
                Tensor.FromSingles("state.hidden_l0", [1]),
            ],
            file.Metadata
        );
        using var loaded = LanguageModel.Load(_scratch["checkpoint"]);
        Assert.Equal(model.ParameterCount, loaded.ParameterCount);

        SafetensorsFile.Write(
            _scratch["more"],
            [.. file.Tensors.Values, Tensor.FromInt64s("trainer.step", [7])],
            file.Metadata
        );
        Assert.Contains("does not use the file's tensor 'trainer.step'", Refused(_scratch["more"]));
    }

    [Theory]
    [InlineData("rnn.weight_hh_l0")]
    [InlineData("rnn.bias_hh_l0")]
    [InlineData("embedding.weight")]
    [InlineData("head.bias")]
    public void MissingTensors_AreNamed(string name)
    {
        RandomModel.Make().Save(_scratch["model"]);
        var file = SafetensorsFile.Read(_scratch["model"]);
        SafetensorsFile.Write(
            _scratch["less"],
            file.Tensors.Values.Where(tensor => tensor.Name != name),
            file.Metadata
        );
        Assert.Contains($"'{name}'", Refused(_scratch["less"]));
    }

    [Fact]
    public void WrongShapesAndKinds_AreToldWithBothShapes()
    {
        RandomModel.Make().Save(_scratch["model"]);
        Rewrite(
            _scratch["model"],
            _scratch["turned"],
            tensor =>
                tensor.Name == "head.weight" ? Tensor.FromSingles(tensor.Name, tensor.ToSingles(), 13, 37) : tensor
        );
        string message = Refused(_scratch["turned"]);
        Assert.Contains("head.weight", message);
        Assert.Contains("(13, 37)", message);
        Assert.Contains("(37, 13)", message);

        Rewrite(
            _scratch["model"],
            _scratch["whole"],
            tensor => tensor.Name == "head.bias" ? Tensor.FromInt64s(tensor.Name, new long[37], 37) : tensor
        );
        Assert.Contains(
            "head.bias holds I64, which is no type of weights; F32, F16, BF16 or F64 is needed",
            Refused(_scratch["whole"])
        );
    }

    [Theory]
    [InlineData("format", null, "metadata says no format")]
    [InlineData("format", "pt", "metadata says format 'pt'")]
    [InlineData("model", null, "'model'")]
    [InlineData("model", "null", "null")]
    [InlineData("model", "{", "cannot be used")]
    [InlineData("model", "{}", "cannot be used")]
    [InlineData("model", """{"cell":"qrnn","vocabulary_size":37}""", "no cell 'qrnn'")]
    [InlineData("model", """{"cell":"lstm","vocabulary_size":37,"hidden_size":-1}""", "'HiddenSize' is -1")]
    [InlineData(
        "model",
        """{"cell":"lstm","vocabulary_size":36,"hidden_size":13,"embedding_size":5}""",
        "36 symbols and the vocabulary 37"
    )]
    [InlineData(
        "model",
        """{"cell":"lstm","vocabulary_size":37,"hidden_size":65536,"num_layers":64,"embedding_size":65536}""",
        "needs (37, 65536)"
    )]
    [InlineData("vocabulary", null, "'vocabulary'")]
    [InlineData("vocabulary", "null", "null")]
    [InlineData("vocabulary", "[1,1]", "twice")]
    [InlineData("vocabulary", "\"abc\"", "cannot be used")]
    [InlineData("encoding", null, "'encoding'")]
    [InlineData("encoding", "latin-1", "its encoding is 'latin-1'; it must be one of utf-8, bytes")]
    public void ForeignMetadata_IsToldInOneLine(string key, string? text, string expected)
    {
        RandomModel.Make().Save(_scratch["model"]);
        var file = SafetensorsFile.Read(_scratch["model"]);
        var metadata = file.Metadata.Where(pair => pair.Key != key).ToDictionary();
        if (text is not null)
            metadata[key] = text;
        SafetensorsFile.Write(_scratch["foreign"], file.Tensors.Values, metadata);
        Assert.Contains(expected, Refused(_scratch["foreign"]));
    }

    [Fact]
    public void FilesThatAreNoModels_AreToldInOneLine()
    {
        RandomModel.Make().Save(_scratch["model"]);
        byte[] whole = File.ReadAllBytes(_scratch["model"]);
        foreach (int length in new[] { 0, 5, 100, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(_scratch["cut"], whole[..length]);
            Refused(_scratch["cut"]);
        }
        File.WriteAllText(_scratch["poem"], "Tyger Tyger, burning bright", Encoding.UTF8);
        Assert.Contains("a text file", Refused(_scratch["poem"]));
        Assert.Contains("there is no model", Refused(_scratch["nothing"]));
        Assert.Contains("is not a run", Refused(_scratch.Root));
    }

    private string Refused(string path)
    {
        string message = Assert.Throws<ModelException>(() => LanguageModel.Load(path)).Message;
        Assert.Contains(path, message);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static Tensor Changed(Tensor tensor, Func<float, int, float> change) =>
        Tensor.FromSingles(tensor.Name, [.. tensor.ToSingles().Select(change)], [.. tensor.Shape]);

    private static void Rewrite(string from, string to, Func<Tensor, Tensor> change)
    {
        var file = SafetensorsFile.Read(from);
        SafetensorsFile.Write(to, file.Tensors.Values.Select(change), file.Metadata);
    }
}
