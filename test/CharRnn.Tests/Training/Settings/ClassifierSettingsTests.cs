using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class ClassifierSettingsTests
{
    public static TheoryData<string, ClassifierSettings> Bad =>
        new()
        {
            {
                "'HiddenSize'",
                new() { HiddenSize = 0 }
            },
            {
                "cell",
                new() { Cell = "perceptron" }
            },
            {
                "'EmbeddingDropout'",
                new() { EmbeddingDropout = 1 }
            },
            {
                "'OutputDropout'",
                new() { OutputDropout = -0.1 }
            },
            {
                "'CharDropout'",
                new() { CharDropout = 1 }
            },
            {
                "'LabelSmoothing'",
                new() { LabelSmoothing = double.NaN }
            },
            {
                "'ClassWeights'",
                new() { ClassWeights = new(double.PositiveInfinity) }
            },
            {
                "'BatchSize'",
                new() { BatchSize = 0 }
            },
            {
                "'MaxEpochs'",
                new() { MaxEpochs = 0 }
            },
            {
                "'Patience'",
                new() { Patience = 0 }
            },
            {
                "'LearningRate'",
                new() { LearningRate = -1 }
            },
            {
                "'TestFrac'",
                new() { TestFrac = 1 }
            },
            {
                "'ValFrac'",
                new() { ValFrac = -0.1 }
            },
            {
                "'Threads'",
                new() { Threads = 0 }
            },
            {
                "optimizer",
                new() { Optimizer = new() { Name = "lion" } }
            },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public void BadSetting_IsRefusedByItsName(string name, ClassifierSettings settings)
    {
        var refusal = Assert.Throws<SettingsException>(settings.Validate);
        Assert.Contains(name, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData(1000, ClassifierSettings.DefaultMaxEpochs)]
    [InlineData(10, ClassifierSettings.DefaultMinSteps / 10)]
    public void WithoutALimit_FewRecordsAreSeenMoreOften(long batches, double epochs) =>
        Assert.Equal(epochs, new ClassifierSettings().WithLimitFor(batches).MaxEpochs);

    [Fact]
    public void ALimit_StandsAlone()
    {
        Assert.Null(
            new ClassifierSettings { MaxSteps = 5 }
                .WithLimitFor(10)
                .MaxEpochs
        );
        Assert.Null(
            new ClassifierSettings { MaxTime = TimeSpan.FromSeconds(1) }
                .WithLimitFor(10)
                .MaxEpochs
        );
    }

    [Fact]
    public void Configuration_KeepsEverySetting()
    {
        var settings = SmallRecords.Settings with
        {
            ClassWeights = new(0.8),
            MaxTime = TimeSpan.FromSeconds(90),
            Patience = 3,
            GradClip = 5,
            Optimizer = new() { Name = "adamw", WeightDecay = 0.01 },
        };
        var configuration = new ClassifierConfiguration
        {
            Version = "1",
            Data = LabeledDataRecord.Of(SmallRecords.Names),
            Settings = settings,
        };
        var read = ClassifierConfiguration.Parse(configuration.ToJson(), "config.json");
        Assert.Equal(settings, read.Settings);
        Assert.Equal(
            (ClassifierConfiguration.ClassifierKind, SmallRecords.Names.Sha256),
            (read.Kind, read.Data.Sha256)
        );
        Assert.Equal(
            SmallRecords.Names.CountByLabel,
            SmallRecords.Names.Labels.Select(label => read.Data.Labels[label])
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("no json")]
    public void AnotherConfiguration_IsRefused(string json) =>
        Assert.Contains(
            "is not the configuration of a classifier's run",
            Assert.Throws<ModelException>(() => ClassifierConfiguration.Parse(json, "config.json")).Message
        );

    [Fact]
    public void Presets_HaveNamesOfTheirOwn_AndUsableSettingsThatKnowThem()
    {
        var names = Presets
            .Classifiers.Select(preset => preset.Name)
            .Concat(Presets.All.Select(preset => preset.Name))
            .ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        foreach (var preset in Presets.Classifiers)
        {
            preset.Settings.Validate();
            Assert.Equal(preset.Name, preset.Settings.Preset);
            Assert.NotEmpty(preset.Differences);
        }
    }

    [Fact]
    public void TutorialClassifier_IsTheTutorials()
    {
        var settings = Presets.Classifiers.Single(preset => preset.Name == "tutorial-classifier").Settings;
        var spec = settings.ModelSpec(vocabularySize: 58, labelCount: 18);
        Assert.Equal(
            ("rnn", 128, 1, 0, false),
            (spec.Cell, spec.HiddenSize, spec.NumLayers, spec.EmbeddingSize, spec.Bidirectional)
        );
        Assert.Equal(
            ("sgd", 0.15, 64, 27.0, 3.0),
            (
                settings.Optimizer.Name,
                settings.LearningRate,
                settings.BatchSize,
                settings.MaxEpochs,
                settings.GradClipNorm
            )
        );
        Assert.Equal((0.15, 0, true), (settings.TestFrac, settings.ValFrac, settings.ClassWeights.IsNone));
        Assert.All([0L, 1000], step => Assert.Equal(0.15, LearningRateSchedule.At(settings, step, 0.9, 20)));
        Assert.Equal(
            (0, 0, 0, 0, 0),
            (
                settings.EmbeddingDropout,
                settings.Dropout,
                settings.OutputDropout,
                settings.CharDropout,
                settings.LabelSmoothing
            )
        );
    }
}
