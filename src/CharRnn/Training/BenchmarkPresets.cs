namespace CharRnn.Training;

/// <summary>A configuration to measure, under the name it is known by.</summary>
/// <param name="Name">The name.</param>
/// <param name="Settings">The network, the window and the optimiser; without dropout.</param>
public sealed record BenchmarkPreset(string Name, TrainingSettings Settings);

/// <summary>
/// The configurations that character-level networks are usually measured with. Speed depends on the cell, the sizes, the window and the optimiser alone,
/// so nothing else of them is set here.
/// </summary>
public static class BenchmarkPresets
{
    private const double ElementClip = 5;

    /// <summary>All of them, from the smallest to the largest of each kind.</summary>
    public static IReadOnlyList<BenchmarkPreset> All { get; } =
    [
        new("min-char-rnn", Make("rnn", layers: 1, hidden: 100, embedding: 0, streams: 1, steps: 25, "adagrad") with { GradClip = ElementClip }),
        new("char-rnn", StackedLstm(layers: 2, hidden: 128)),
        new("gru-lm", Make("gru", layers: 1, hidden: 512, embedding: 512, streams: 16, steps: 40, "adam")),
        new("gru-lm-128", Make("gru", layers: 1, hidden: 128, embedding: 128, streams: 16, steps: 40, "adam")),
        new("residual-gru", Make("gru", layers: 8, hidden: 128, embedding: 128, streams: 16, steps: 40, "adam") with { Residual = true }),
        new("paul-graham", StackedLstm(layers: 2, hidden: 512)),
        new("shakespeare", StackedLstm(layers: 3, hidden: 512)),
    ];

    private static TrainingSettings StackedLstm(int layers, int hidden) =>
        Make("lstm", layers, hidden, embedding: 0, streams: 50, steps: 50, "rmsprop") with { GradClip = ElementClip };

    private static TrainingSettings Make(string cell, int layers, int hidden, int embedding, int streams, int steps, string optimizer) => new()
    {
        Cell = cell,
        NumLayers = layers,
        HiddenSize = hidden,
        EmbeddingSize = embedding,
        BatchSize = streams,
        SeqLength = steps,
        Optimizer = new() { Name = optimizer },
        Dropout = 0,
        OutputDropout = 0,
        GradClipNorm = null,
    };
}
