using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>Networks that train both of PyTorch's biases.</summary>
public sealed class TwoBiasesTests : IDisposable
{
    private const int Symbols = 37,
        Hidden = 13;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void Files_HoldBothBiasesByPyTorchsNames_AndGiveThemBackToTheBit(string cell)
    {
        using var model = Make(cell);
        model.Save(_scratch["first"]);
        using var loaded = LanguageModel.Load(_scratch["first"]);
        loaded.Save(_scratch["second"]);

        Assert.Equal(File.ReadAllBytes(_scratch["first"]), File.ReadAllBytes(_scratch["second"]));
        var file = SafetensorsFile.Read(_scratch["first"]);
        foreach (string name in new[] { "rnn.bias_ih_l0", "rnn.bias_hh_l0", "rnn.bias_ih_l1", "rnn.bias_hh_l1" })
        {
            float[] bias = file.Require(name).ToSingles();
            Assert.Equal(model.Spec.CellKind.Gates * Hidden, bias.Length);
            Assert.All(bias, value => Assert.NotEqual(0, value));
        }
        Assert.Equal(
            model.ParameterCount,
            file.Tensors.Values.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size))
        );
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void TheForwardPass_SeesTheirSum(string cell)
    {
        using var two = Make(cell);
        using var one = new LanguageModel(two.Spec with { Biases = BiasMode.Single }, two.Vocabulary);
        int shared = two.Spec.CellKind.SharedGates * Hidden;
        foreach (var tensor in one.Layout.Tensors)
        {
            // b_hn, which is a tensor of its own where one bias is trained, is the last part of b_hh.
            string name = tensor.Name.Replace("bias_hn", "bias_hh");
            float[] values = ValuesOf(two, name)[^tensor.Count..];
            if (name.StartsWith("rnn.bias_ih", StringComparison.Ordinal))
            {
                float[] second = ValuesOf(two, name.Replace("bias_ih", "bias_hh"));
                for (int i = 0; i < shared; i++)
                    values[i] += second[i];
            }
            tensor.CopyTo(values, one.Weights);
        }
        NetworkState? stateOfOne = null,
            stateOfTwo = null;

        float[] expected = one.Forward(RandomModel.Ids(40, Symbols), 5, 8, ref stateOfOne);

        Bits.AssertSame(expected, two.Forward(RandomModel.Ids(40, Symbols), 5, 8, ref stateOfTwo), "logits");
    }

    [Fact]
    public void TheForgetBias_GoesIntoTheInputsBias_AsInCharRnn()
    {
        using var model = new LanguageModel(
            new ModelSpec
            {
                VocabularySize = Symbols,
                HiddenSize = Hidden,
                Biases = BiasMode.Double,
            },
            VocabularyOf(Symbols),
            Initialization.Parse("uniform:0.08", forgetBias: 1)
        );

        Assert.All(ValuesOf(model, "rnn.bias_ih_l0")[Hidden..(2 * Hidden)], value => Assert.Equal(1, value));
        Assert.All(ValuesOf(model, "rnn.bias_hh_l0"), value => Assert.InRange(value, -0.08f, 0.08f));
        Assert.NotEqual(ValuesOf(model, "rnn.bias_ih_l0")[..Hidden], ValuesOf(model, "rnn.bias_hh_l0")[..Hidden]);
    }

    private static LanguageModel Make(string cell) =>
        new(
            new ModelSpec
            {
                Cell = cell,
                VocabularySize = Symbols,
                HiddenSize = Hidden,
                NumLayers = 2,
                EmbeddingSize = 5,
                Biases = BiasMode.Double,
            },
            VocabularyOf(Symbols),
            Initialization.Parse("uniform:0.7"),
            seed: 5
        );

    private static Vocabulary VocabularyOf(int symbols) => new(Enumerable.Range(' ', symbols), TextEncoding.Utf8);

    private static float[] ValuesOf(LanguageModel model, string name) =>
        model.Layout.Tensors.Single(tensor => tensor.Name == name).CopyFrom(model.Weights);
}
