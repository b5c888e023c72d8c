using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

/// <summary>A small reference model with seeded weights, ids, state and dropout, for tests to run.</summary>
public sealed class SmallModel
{
    public const int Vocabulary = 7;
    public const int Hidden = 5;
    public const int Embedding = 4;
    public const int Steps = 6;
    public const int Streams = 3;

    private const double KeptScale = 4.0 / 3;

    public SmallModel(
        string cell,
        int layers = 1,
        bool residual = false,
        bool embedding = false,
        ulong seed = 1,
        bool twoBiases = false,
        int? resetId = null
    )
        : this(
            new ReferenceSpec(cell, Vocabulary, Hidden, layers, embedding ? Embedding : 0, residual)
            {
                HasTwoBiases = twoBiases,
                ResetId = resetId,
            },
            seed
        ) { }

    public SmallModel(ReferenceSpec spec, ulong seed = 1)
    {
        var random = new SplitMix(seed);
        Model = new ReferenceModel(spec);
        State = Model.NewState(Streams);
        foreach (double[] values in (IEnumerable<double[]>)[.. Model.Parameters.Values, .. State.Hidden, .. State.Cell])
            for (int i = 0; i < values.Length; i++)
                values[i] = 0.7 * random.NextUniform();
        Inputs = Ids(random);
        Targets = Ids(random);
        Labels = spec.Labels > 0 ? [.. Targets.Select((id, i) => (id + i) % spec.Labels)] : [];
    }

    public ReferenceModel Model { get; }
    public ReferenceState State { get; }
    public int[] Inputs { get; }
    public int[] Targets { get; }
    public int[] Labels { get; }

    public ReferenceResult Run(double lossScale = 0.5, bool dropout = false, bool backward = true) =>
        Model.Run(
            Inputs,
            Targets,
            Steps,
            Streams,
            State,
            lossScale,
            dropout ? Dropout : null,
            backward,
            dropout ? OutputDropout : null,
            Labels,
            dropout ? LogitDropout : null
        );

    /// <summary>Drops a quarter of the units, by a fixed pattern.</summary>
    public static double Dropout(int layer, int t, int b, int unit) =>
        (layer + t + 2 * b + 3 * unit) % 4 == 0 ? 0 : KeptScale;

    /// <summary>The same of what goes into the head, by another.</summary>
    public static double OutputDropout(int t, int b, int unit) => (t + 3 * b + unit) % 4 == 1 ? 0 : KeptScale;

    /// <summary>The same of the logits, by a third.</summary>
    public static double LogitDropout(int t, int b, int symbol) => (2 * t + b + symbol) % 4 == 2 ? 0 : KeptScale;

    private static int[] Ids(SplitMix random) =>
        [.. Enumerable.Range(0, Steps * Streams).Select(_ => (int)(random.Next() % Vocabulary))];
}
