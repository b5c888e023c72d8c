using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

/// <summary>
/// A network in the engine and its twin in double with the same weights. Weights are floats in both, so that only the
/// arithmetic differs.
/// </summary>
internal sealed class EngineTwin : IDisposable
{
    private const double WeightScale = 1.5;

    public EngineTwin(ModelSpec spec, ulong seed = 1)
    {
        Layout = new ParameterLayout(spec);
        Weights = new Arena(Layout.Arena);
        Model = ReferenceOf(spec);
        var random = new SplitMix(seed);
        foreach (string name in Model.Parameters.Keys)
        {
            int[] shape = Model.Shapes[name];
            float[] values = Bits.Uniform(
                random,
                Model.Parameters[name].Length,
                shape.Length > 1 ? WeightScale / Math.Sqrt(shape[1]) : 0.5
            );
            Array.ConvertAll(values, value => (double)value).CopyTo(Model.Parameters[name], 0);
        }
        TakeReferenceWeights();
    }

    /// <summary>The same network in double, all its weights zero.</summary>
    public static ReferenceModel ReferenceOf(ModelSpec spec) =>
        new(
            new ReferenceSpec(
                spec.Cell,
                spec.VocabularySize,
                spec.HiddenSize,
                spec.NumLayers,
                spec.EmbeddingSize,
                spec.Residual
            )
            {
                Projection = spec.ProjectionSize,
                EmbeddingActivation = Enum.Parse<ReferenceActivation>(spec.EmbeddingActivation.ToString()),
                HeadActivation = Enum.Parse<ReferenceActivation>(spec.HeadActivation.ToString()),
                HasTwoBiases = spec.Biases == BiasMode.Double,
                ResetId = spec.ResetId,
                ConditionOnFirstSymbol = spec.ConditionOnFirstSymbol,
                Feedback = spec.FeedbackSize,
                Labels = spec.LabelCount,
                LabelEmbedding = spec.LabelCount > 0 ? spec.LabelEmbeddingSize : 0,
            }
        );

    public ParameterLayout Layout { get; }

    public Arena Weights { get; }

    public ReferenceModel Model { get; }

    /// <summary>Gives the engine the reference's weights.</summary>
    public void TakeReferenceWeights()
    {
        foreach (var tensor in Layout.Tensors)
            tensor.CopyTo(Array.ConvertAll(OfTensor(Model.Parameters, tensor), value => (float)value), Weights);
    }

    /// <summary>
    /// The reference's values for a tensor of the engine. Gates with a bias of their own have it last in the
    /// reference's recurrent bias.
    /// </summary>
    public static double[] OfTensor(SortedDictionary<string, double[]> byName, ParameterTensor tensor) =>
        PlaceOf(byName, tensor).ToArray();

    /// <summary>Where the reference has them.</summary>
    public static Span<double> PlaceOf(SortedDictionary<string, double[]> byName, ParameterTensor tensor)
    {
        const string Split = "rnn.bias_hn_l",
            Recurrent = "rnn.bias_hh_l";
        return tensor.Name.StartsWith(Split, StringComparison.Ordinal)
            ? byName[Recurrent + tensor.Name[Split.Length..]].AsSpan()[^tensor.Count..]
            : byName[tensor.Name];
    }

    /// <summary>A state that is nowhere zero, the same in both.</summary>
    public (NetworkState Engine, ReferenceState Reference) NewState(int streams, ulong seed = 2)
    {
        var engine = new NetworkState(Layout.Spec, streams);
        var reference = Model.NewState(streams);
        var random = new SplitMix(seed);
        for (int layer = 0; layer < engine.Layers; layer++)
        {
            Fill(engine.Hidden(layer), reference.Hidden[layer]);
            if (engine.HasCell)
                Fill(engine.Cell(layer), reference.Cell[layer]);
        }
        return (engine, reference);

        void Fill(Span<float> floats, double[] doubles)
        {
            Bits.Uniform(random, doubles.Length, 0.8).CopyTo(floats);
            for (int i = 0; i < doubles.Length; i++)
                doubles[i] = floats[i];
        }
    }

    public static int[] Ids(int count, int vocabulary, ulong seed)
    {
        var random = new SplitMix(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (int)(random.Next() % (ulong)vocabulary))];
    }

    public void Dispose() => Weights.Dispose();
}
