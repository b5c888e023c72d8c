using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Benchmarking;

/// <summary>
/// Presets as they are measured. Speed depends on the cell, the sizes, the window and the optimiser alone, so nothing
/// else of them is set, and where other programs are known for their figures at another size, that is what is measured.
/// </summary>
public static class PresetBenchmarks
{
    /// <summary>Those that are usually measured.</summary>
    public static IReadOnlyList<Preset> Usual { get; } =
    [
        .. (
            (string[])
                [Presets.MinCharRnn, "char-rnn", "gru-lm", "gru-lm-128", "residual-gru", "paul-graham", "shakespeare"]
        ).Select(name => Presets.Find(name)!),
    ];

    /// <summary>The network, the window and the optimiser of a preset; without dropout.</summary>
    public static TrainingSettings SettingsOf(Preset preset)
    {
        var settings = preset.Settings;
        var measured = new TrainingSettings
        {
            Cell = settings.Cell,
            NumLayers = settings.NumLayers,
            HiddenSize = settings.HiddenSize,
            EmbeddingSize = settings.EmbeddingSize,
            Residual = settings.Residual,
            DefaultBatchSize = settings.DefaultBatchSize,
            DefaultSeqLength = settings.DefaultSeqLength,
            Optimizer = settings.Optimizer,
            GradClip = settings.GradClip,
            GradClipNorm = settings.GradClipNorm,
            Dropout = 0,
            OutputDropout = 0,
        };
        return preset.Name switch
        {
            "residual-gru" => measured with { HiddenSize = 128, EmbeddingSize = 128 },
            "paul-graham" => measured with { DefaultBatchSize = 50, DefaultSeqLength = 50 },
            _ => measured,
        };
    }
}
