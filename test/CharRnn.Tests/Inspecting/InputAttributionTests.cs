using CharRnn.Inspecting;
using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

public sealed class InputAttributionTests
{
    private const int Symbols = 23,
        Hidden = 11,
        Length = 14,
        Target = 3;

    /// <summary>Networks by what they are, for each cell.</summary>
    public static TheoryData<string, string> Networks =>
        new(from cell in ReferenceCells.All.Keys from network in Shapes.Keys select (cell, network));

    private static readonly Dictionary<string, Func<ModelSpec, ModelSpec>> Shapes = new()
    {
        ["one layer"] = spec => spec,
        ["three residual layers"] = spec => spec with { NumLayers = 3, Residual = true, EmbeddingSize = Hidden },
        ["one-hot, two layers"] = spec => spec with { EmbeddingSize = 0, NumLayers = 2 },
        ["a projection, two biases"] = spec =>
            spec with
            {
                ProjectionSize = 5,
                NumLayers = 2,
                Biases = BiasMode.Double,
            },
        ["tanh after the embedding and before the head"] = spec =>
            spec with
            {
                EmbeddingActivation = Activation.Tanh,
                HeadActivation = Activation.Tanh,
            },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Norms_AreThoseOfFiniteDifferencesInTheReference(string cell, string network)
    {
        var spec = Shapes[network]
            (
                new ModelSpec
                {
                    Cell = cell,
                    VocabularySize = Symbols,
                    HiddenSize = Hidden,
                    EmbeddingSize = 7,
                }
            );
        using var twin = new EngineTwin(spec);
        using var model = ModelOf(twin);
        // Each symbol once: its embedding is the input vector of one step alone.
        int[] ids = [.. Enumerable.Range(Symbols - Length, Length)];
        double[] expected = [.. ids.Select(id => Difference(twin, ids, id))];
        double tolerance = 1e-4 * Math.Max(1e-3, expected.Max());
        foreach (int reach in (int[])[InputAttribution.DefaultReach, 6])
        {
            var influences = InputAttribution.Of(model, ids, Length - 1, Target, reach);
            Assert.Equal(Math.Min(reach, Length), influences.Length);
            foreach (var (position, norm) in influences)
                Assert.Equal(expected[position], norm, tolerance);
        }
    }

    [Fact]
    public void ABoundary_HidesWhatStandsBeforeIt()
    {
        using var model = RandomModel.Make(
            new ModelSpec
            {
                Cell = "gru",
                VocabularySize = 37,
                HiddenSize = 13,
                NumLayers = 2,
                ResetId = 0,
            }
        );
        var influences = InputAttribution.Of(model, [4, 5, 6, 0, 7, 8], position: 5, target: 2);
        Assert.All(influences[..3], influence => Assert.Equal(0, influence.Norm));
        Assert.All(influences[3..], influence => Assert.True(influence.Norm > 0));
    }

    /// <summary>‖∂ ln p(target) / ∂ x‖ of the step that reads a symbol.</summary>
    private static double Difference(EngineTwin twin, int[] ids, int symbol)
    {
        var (reference, embedding) = WithEmbedding(twin.Model);
        int width = reference.Spec.Embedding;
        double squares = 0;
        for (int i = 0; i < width; i++)
        {
            int index = symbol * width + i;
            double derivative = FiniteDifference.Derivative(() => LastLoss(reference, ids), embedding, index);
            double slope =
                reference.Spec.EmbeddingActivation == ReferenceActivation.Tanh
                    ? 1 - Math.Pow(Math.Tanh(embedding[index]), 2)
                    : 1;
            squares += Math.Pow(derivative / slope, 2);
        }
        return Math.Sqrt(squares);
    }

    /// <summary>
    /// The reference and its embeddings; those of a network without any are its one-hot vectors, written out.
    /// </summary>
    private static (ReferenceModel Reference, double[] Embedding) WithEmbedding(ReferenceModel model)
    {
        const string name = "embedding.weight";
        if (model.Spec.Embedding > 0)
            return (model, model.Parameters[name]);
        var twin = new ReferenceModel(model.Spec with { Embedding = Symbols });
        foreach (var (parameter, values) in model.Parameters)
            values.CopyTo(twin.Parameters[parameter], 0);
        for (int symbol = 0; symbol < Symbols; symbol++)
            twin.Parameters[name][symbol * Symbols + symbol] = 1;
        return (twin, twin.Parameters[name]);
    }

    /// <summary>−ln p(target) after the last symbol: what it adds to the loss of those before it.</summary>
    private static double LastLoss(ReferenceModel model, int[] ids)
    {
        return Loss(ids) - Loss(ids[..^1]);

        double Loss(int[] read) =>
            model
                .Run(
                    read,
                    [.. Enumerable.Repeat(Target, read.Length)],
                    read.Length,
                    b: 1,
                    model.NewState(1),
                    lossScale: 1,
                    backward: false
                )
                .Loss;
    }

    private static LanguageModel ModelOf(EngineTwin twin)
    {
        var spec = twin.Layout.Spec;
        var vocabulary = new Vocabulary(Enumerable.Range('a', spec.VocabularySize), TextEncoding.Utf8);
        var model = new LanguageModel(spec, vocabulary);
        foreach (var tensor in twin.Layout.Tensors)
            tensor.CopyTo(
                Array.ConvertAll(EngineTwin.OfTensor(twin.Model.Parameters, tensor), value => (float)value),
                model.Weights
            );
        return model;
    }
}
