using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class InitializationTests
{
    private static readonly ModelSpec Spec = new()
    {
        Cell = "lstm",
        VocabularySize = 90,
        HiddenSize = 40,
        NumLayers = 2,
        EmbeddingSize = 30,
    };

    [Fact]
    public void PyTorchsScheme_IsUniformWithinOneOverRootH_ANormalEmbedding_AndAForgetBiasOfOne()
    {
        var tensors = Fill("pytorch");
        float bound = (float)(1 / Math.Sqrt(Spec.HiddenSize));

        foreach (
            var (name, values) in tensors.Where(tensor =>
                tensor.Key.StartsWith("rnn.weight") || tensor.Key == "head.weight"
            )
        )
        {
            Assert.All(values, value => Assert.InRange(value, -bound, bound));
            AssertMoments(values, 0, bound / Math.Sqrt(3), name);
        }
        AssertMoments(tensors["embedding.weight"], 0, 1, "embedding.weight");
        float[] bias = tensors["rnn.bias_ih_l1"];
        Assert.All(bias[40..80], value => Assert.Equal(1, value));
        Assert.All([.. bias[..40], .. bias[80..]], value => Assert.InRange(value, -bound, bound));
    }

    [Fact]
    public void Orthogonal_GivesEachGateAnOrthogonalMatrix_AndTheRestAsPyTorch()
    {
        var tensors = Fill("orthogonal");
        float[] weights = tensors["rnn.weight_hh_l1"];
        for (int gate = 0; gate < 4; gate++)
        {
            for (int i = 0; i < 40; i++)
            {
                for (int j = 0; j < 40; j++)
                {
                    double dot = Enumerable
                        .Range(0, 40)
                        .Sum(k => (double)weights[(gate * 40 + i) * 40 + k] * weights[(gate * 40 + j) * 40 + k]);
                    Assert.Equal(i == j ? 1 : 0, dot, 1e-5);
                }
            }
        }
        Assert.Equal(Fill("pytorch")["rnn.weight_ih_l1"], tensors["rnn.weight_ih_l1"]);
    }

    [Theory]
    [InlineData("pytorch")]
    [InlineData("orthogonal")]
    public void Projections_AreUniformWithinOneOverRootH_AndTheHeadWithinOneOverTheRootOfItsInputs(string scheme)
    {
        var tensors = Fill(scheme, spec: Spec with { ProjectionSize = 10 });

        AssertUniform(tensors["projection.weight_l0"], 1 / Math.Sqrt(40), "projection.weight_l0");
        AssertUniform(tensors["projection.weight_l1"], 1 / Math.Sqrt(40), "projection.weight_l1");
        AssertUniform(tensors["head.weight"], 1 / Math.Sqrt(10), "head.weight");
        AssertUniform(tensors["rnn.weight_ih_l1"], 1 / Math.Sqrt(40), "rnn.weight_ih_l1");
    }

    [Fact]
    public void Projections_FollowUniformAndNormal()
    {
        var spec = Spec with { ProjectionSize = 10 };
        AssertUniform(Fill("uniform:0.08", spec: spec)["projection.weight_l1"], 0.08, "uniform");
        AssertMoments(Fill("normal:0.01", spec: spec)["projection.weight_l1"], 0, 0.01, "normal");
    }

    [Fact]
    public void UniformAndNormal_TakeTheirScaleFromTheText()
    {
        Assert.All(
            Fill("uniform:0.08")
                .Where(tensor => !tensor.Key.StartsWith("rnn.bias_ih"))
                .SelectMany(tensor => tensor.Value),
            value => Assert.InRange(value, -0.08f, 0.08f)
        );
        var normal = Fill("normal:0.01");
        AssertMoments(normal["head.weight"], 0, 0.01, "head.weight");
        Assert.All(normal["head.bias"], value => Assert.Equal(0, value));
    }

    [Fact]
    public void TorchRnnsScheme_IsNormalByALayersInputsAndUnits_WithoutBiasesButTheForgetGates()
    {
        var tensors = Fill("torch-rnn");
        AssertMoments(tensors["rnn.weight_ih_l0"], 0, 1 / Math.Sqrt(30 + 40), "rnn.weight_ih_l0");
        AssertMoments(tensors["rnn.weight_hh_l0"], 0, 1 / Math.Sqrt(30 + 40), "rnn.weight_hh_l0");
        AssertMoments(tensors["rnn.weight_ih_l1"], 0, 1 / Math.Sqrt(40 + 40), "rnn.weight_ih_l1");
        AssertMoments(tensors["rnn.weight_hh_l1"], 0, 1 / Math.Sqrt(40 + 40), "rnn.weight_hh_l1");
        foreach (int layer in new[] { 0, 1 })
        {
            float[] bias = tensors[$"rnn.bias_ih_l{layer}"];
            Assert.All(bias[40..80], value => Assert.Equal(1, value));
            Assert.All([.. bias[..40], .. bias[80..]], value => Assert.Equal(0, value));
        }
        Assert.Equal(Fill("pytorch")["embedding.weight"], tensors["embedding.weight"]);
        Assert.Equal(Fill("pytorch")["head.weight"], tensors["head.weight"]);
    }

    [Fact]
    public void EveryWeight_IsAFunctionOfSeedTensorAndElement()
    {
        Assert.Equal(Fill("pytorch")["head.weight"], Fill("pytorch")["head.weight"]);
        Assert.NotEqual(Fill("pytorch")["head.weight"], Fill("pytorch", seed: 2)["head.weight"]);
        Assert.NotEqual(Fill("pytorch")["rnn.weight_hh_l0"], Fill("pytorch")["rnn.weight_hh_l1"]);
    }

    [Theory]
    [InlineData("xavier")]
    [InlineData("uniform")]
    [InlineData("uniform:")]
    [InlineData("uniform:NaN")]
    [InlineData("normal:-1")]
    [InlineData("normal:0.1:2")]
    [InlineData("pytorch:1")]
    public void AnUnknownScheme_IsRefused_AndTheKnownOnesAreListed(string text)
    {
        var refused = Assert.Throws<SettingsException>(() => Initialization.Parse(text));

        Assert.Contains($"'{text}'", refused.Message);
        Assert.Contains(Initialization.Schemes, refused.Message);
    }

    private static Dictionary<string, float[]> Fill(string scheme, ulong seed = 1, ModelSpec? spec = null)
    {
        var layout = new ParameterLayout(spec ?? Spec);
        using var weights = new Arena(layout.Arena);
        Initialization.Parse(scheme).Fill(layout, weights, seed);
        return layout.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.CopyFrom(weights));
    }

    private static void AssertUniform(float[] values, double bound, string what)
    {
        Assert.All(values, value => Assert.InRange(value, -bound, bound));
        AssertMoments(values, 0, bound / Math.Sqrt(3), what);
    }

    private static void AssertMoments(float[] values, double mean, double deviation, string what)
    {
        const double Deviations = 5;
        double average = values.Average(value => (double)value),
            error = Deviations * deviation / Math.Sqrt(values.Length);
        Assert.True(Math.Abs(average - mean) <= error, $"{what}: the mean is {average}");
        double spread = Math.Sqrt(values.Average(value => (value - average) * (value - average)));
        Assert.True(
            Math.Abs(spread - deviation) <= error,
            $"{what}: the deviation is {spread}; {deviation} was expected"
        );
    }
}
