using CharRnn.Benchmarking;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class PresetBenchmarksTests
{
    [Theory]
    [InlineData("min-char-rnn", "rnn", 1, 100, 0, false, 1, 25, "adagrad", 5.0)]
    [InlineData("char-rnn", "lstm", 2, 128, 0, false, 50, 50, "rmsprop", 5.0)]
    [InlineData("gru-lm", "gru", 1, 512, 512, false, 16, 40, "adam", null)]
    [InlineData("gru-lm-128", "gru", 1, 128, 128, false, 16, 40, "adam", null)]
    [InlineData("residual-gru", "gru", 8, 128, 128, true, 16, 40, "adam", null)]
    [InlineData("paul-graham", "lstm", 2, 512, 0, false, 50, 50, "rmsprop", 5.0)]
    [InlineData("shakespeare", "lstm", 3, 512, 0, false, 50, 50, "rmsprop", 5.0)]
    public void DefaultPreset_IsMeasuredAsTheFiguresOfOtherProgramsAre(
        string name,
        string cell,
        int layers,
        int hidden,
        int embedding,
        bool residual,
        int streams,
        int steps,
        string optimizer,
        double? clip
    )
    {
        var settings = PresetBenchmarks.SettingsOf(PresetBenchmarks.Defaults.Single(preset => preset.Name == name));
        settings.Validate();
        Assert.Equal(
            (cell, layers, hidden, embedding, residual),
            (settings.Cell, settings.NumLayers, settings.HiddenSize, settings.EmbeddingSize, settings.Residual)
        );
        Assert.Equal(
            (streams, steps, optimizer),
            (settings.DefaultBatchSize, settings.DefaultSeqLength, settings.Optimizer.Name)
        );
        Assert.Equal((clip, null), (settings.GradClip, settings.GradClipNorm));
        Assert.Equal((0, 0), (settings.Dropout, settings.OutputDropout));
    }
}
