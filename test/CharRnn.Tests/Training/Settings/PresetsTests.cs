using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class PresetsTests
{
    [Fact]
    public void EveryPreset_HasANameOfItsOwn_AndUsableSettingsThatKnowIt()
    {
        Assert.Equal(Presets.All.Count, Presets.All.Select(preset => preset.Name).Distinct().Count());
        foreach (var preset in Presets.All)
        {
            preset.Settings.Validate();
            Assert.Equal(preset.Name, preset.Settings.Preset);
            Assert.Same(preset, Presets.Find(preset.Name));
            Assert.DoesNotContain('\n', preset.Description + preset.Origin);
        }

        Assert.Null(Presets.Find("char-rnn-2"));
    }

    [Fact]
    public void Default_IsWhatARunWithoutAPresetHas()
    {
        Assert.Equal(new TrainingSettings { Preset = Presets.Default }, Presets.Find(Presets.Default)!.Settings);
        Assert.Empty(Presets.Find(Presets.Default)!.Differences);
    }

    [Fact]
    public void Differences_AreNamedAndWrittenAsFlagsAre()
    {
        var differences = Presets
            .Find(Presets.MinCharRnn)!
            .Differences.ToDictionary(difference => difference.Name, difference => difference.Text);

        Assert.Equal(
            ("rnn", "100", "0"),
            (differences["cell"], differences["hidden-size"], differences["embedding-size"])
        );
        Assert.Equal(
            ("25", "1", "true"),
            (differences["seq-length"], differences["batch-size"], differences["until-stopped"])
        );
        Assert.Equal(
            ("adagrad", "0.1", "0"),
            (differences["optimizer"], differences["learning-rate"], differences["grad-clip-norm"])
        );
        Assert.Equal(
            ("10s", "100", "state"),
            (differences["save-every"], differences["sample-every"], differences["sample-from"])
        );
        Assert.DoesNotContain("preset", differences.Keys);
        Assert.DoesNotContain("seed", differences.Keys);
    }

    [Fact]
    public void MinCharRnn_IsTheHundredLineProgram()
    {
        var settings = Presets.Find(Presets.MinCharRnn)!.Settings;

        Assert.Equal(
            ("rnn", 1, 100, 0),
            (settings.Cell, settings.NumLayers, settings.HiddenSize, settings.EmbeddingSize)
        );
        Assert.Equal(
            (1, 25, EpochStart.Fixed, CarryState.Epoch),
            (settings.DefaultBatchSize, settings.DefaultSeqLength, settings.EpochStart, settings.CarryState)
        );
        Assert.Equal(
            ("adagrad", 0.1, LearningRateShape.Constant, 0),
            (settings.Optimizer.Name, settings.LearningRate, settings.Schedule, settings.WarmupSteps)
        );
        Assert.Equal(
            (5.0, null, LossReduction.Sum),
            (settings.GradClip, settings.GradClipNorm, settings.LossReduction)
        );
        Assert.Equal(
            ("normal:0.01", 0, 0, 0),
            (settings.Init, settings.Dropout, settings.OutputDropout, settings.ValFrac)
        );
        Assert.Null(settings.WithLimitFor(1_000_000).MaxTime);
    }

    [Fact]
    public void CharRnn_IsTorchsProgram()
    {
        var settings = Presets.Find("char-rnn")!.Settings;

        Assert.Equal(
            ("lstm", 2, 128, 0, BiasMode.Double),
            (settings.Cell, settings.NumLayers, settings.HiddenSize, settings.EmbeddingSize, settings.Biases)
        );
        Assert.Equal(
            (50, 50, EpochStart.Fixed, CarryState.Always),
            (settings.DefaultBatchSize, settings.DefaultSeqLength, settings.EpochStart, settings.CarryState)
        );
        Assert.Equal(
            ("rmsprop", 2e-3, "uniform:0.08", 1),
            (settings.Optimizer.Name, settings.LearningRate, settings.Init, settings.ForgetBias)
        );
        Assert.Equal(
            (5.0, null, LossReduction.Sum),
            (settings.GradClip, settings.GradClipNorm, settings.LossReduction)
        );
        Assert.Equal(
            (0.05, ValSplit.Interleaved, 50, 123ul),
            (settings.ValFrac, settings.ValSplit, settings.MaxEpochs, settings.Seed)
        );
        double[] rates =
        [
            .. new long[] { 0, 9, 10, 11 }.Select(epochs => LearningRateSchedule.At(settings, 1, 0.5, epochs)),
        ];
        Assert.Equal([2e-3, 2e-3, 2e-3 * 0.97, 2e-3 * 0.97 * 0.97], rates, (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void TorchRnn_HalvesItsRateAfterFourEpochsAndEveryFiveFromThenOn()
    {
        var settings = Presets.Find("torch-rnn")!.Settings;
        double[] rates =
        [
            .. new long[] { 0, 3, 4, 8, 9, 14 }.Select(epochs => LearningRateSchedule.At(settings, 1, 0.5, epochs)),
        ];

        Assert.Equal([2e-3, 2e-3, 1e-3, 1e-3, 5e-4, 2.5e-4], rates);
    }

    [Fact]
    public void Linux_HasTenMillionParameters() =>
        Assert.InRange(
            new ParameterLayout(Presets.Find("linux")!.Settings.ModelSpec(vocabularySize: 100)).ParameterCount,
            9_900_000,
            10_300_000
        );
}
