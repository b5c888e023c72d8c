using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class TrainerTests : IDisposable
{
    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("rnn", 25)]
    [InlineData("gru", 25)]
    [InlineData("lstm", 25)]
    [InlineData("lstm", 1)]
    public void ModelFile_HasTheSameBytesForAnyNumberOfThreads(string cell, int streams)
    {
        var settings = SmallRun.Settings with
        {
            Cell = cell,
            BatchSize = streams,
            NumLayers = 2,
            HiddenSize = 21,
            Dropout = 0.3,
            Residual = true,
            MaxSteps = 12,
        };
        var models = new[] { 1, 2, 5 }
            .Select(threads =>
                SmallRun.ModelBytes(_runs.Train($"on-{threads}", settings with { Threads = threads }).Run)
            )
            .ToList();
        Assert.Equal(models[0], models[1]);
        Assert.Equal(models[0], models[2]);
    }

    [Fact]
    public void ModelFile_DependsOnTheSeed()
    {
        var settings = SmallRun.Settings with { MaxSteps = 3 };
        byte[] one = SmallRun.ModelBytes(_runs.Train("one", settings).Run),
            two = SmallRun.ModelBytes(_runs.Train("two", settings with { Seed = 2 }).Run);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void EvaluatingSamplingAndSavingMoreOften_ChangesNoWeight()
    {
        var settings = SmallRun.Settings with { ValFrac = 0.1, NumLayers = 2, Dropout = 0.3 };
        var (seldom, _) = _runs.Train("seldom", settings);
        var (often, _) = _runs.Train(
            "often",
            settings with
            {
                EvalEvery = Cadence.EverySteps(1),
                SampleEvery = Cadence.EverySteps(3),
                SaveEvery = Cadence.EverySteps(2),
                SampleLength = 30,
                Prompt = "the dragon",
            }
        );
        Assert.Equal(SmallRun.LastTensors(seldom), SmallRun.LastTensors(often));
    }

    [Fact]
    public void Patience_EndsARunThatGetsNoBetter()
    {
        // With a rate of 0 the first evaluation stays the best.
        var settings = SmallRun.Settings with
        {
            ValFrac = 0.2,
            LearningRate = 0,
            EvalEvery = Cadence.EverySteps(5),
            Patience = 3,
        };
        var (run, result) = _runs.Train("run", settings);
        Assert.Equal((StopReason.Patience, 20, 5), (result.Stopped, result.Steps, result.BestStep));
        Assert.Equal((5, 20), (run.BestStep, run.LastStep));
    }

    [Fact]
    public void Patience_WithNothingToGoBy_IsSaidToHaveNoEffect()
    {
        var notes = new Notes();
        _runs.Train("run", SmallRun.Settings with { Patience = 1, MaxSteps = 2 }, observer: notes);
        Assert.Contains(notes.Seen, note => note.Contains("'Patience'"));
    }

    [Theory]
    [InlineData(1e3, 0.0)]
    [InlineData(1e3, 0.2)]
    [InlineData(1e30, 0.0)]
    [InlineData(1e38, 0.2)]
    [InlineData(1e300, 0.0)]
    [InlineData(1e300, 0.2)]
    public void Divergence_IsCaughtAndTheLastGoodModelKept(double rate, double validation)
    {
        var settings = SmallRun.Settings with
        {
            LearningRate = rate,
            GradClipNorm = null,
            WarmupSteps = 0,
            Optimizer = new() { Name = "sgd" },
            ValFrac = validation,
            SaveEvery = Cadence.EverySteps(1),
            EvalEvery = Cadence.EverySteps(1),
            SampleEvery = Cadence.EverySteps(1),
            MaxSteps = 1000,
        };
        var (run, result) = _runs.Train("run", settings);
        Assert.Equal(StopReason.Diverged, result.Stopped);
        Assert.InRange(result.Steps, 0, 999);
        Assert.True(result.TrainLoss is null || double.IsFinite(result.TrainLoss.Value));
        using var model = LanguageModel.Load(run.Path);
        Assert.True(SmallRun.IsFinite(model));
        Assert.All(
            SmallRun.LastTensors(run).Values,
            values => Assert.All(values, value => Assert.True(float.IsFinite(value)))
        );
        if (File.Exists(run.MetricsPath))
            Assert.All(File.ReadLines(run.MetricsPath), line => JsonDocument.Parse(line).Dispose());
        Assert.Equal(StopReason.Diverged, _runs.Resume("run", settings).Result.Stopped);
    }

    [Fact]
    public void Divergence_OnTheVeryLastStep_IsCaughtToo()
    {
        var settings = SmallRun.Settings with
        {
            LearningRate = 1e300,
            WarmupSteps = 0,
            MaxSteps = 1,
            SaveEvery = Cadence.Never,
            Optimizer = new() { Name = "sgd" },
        };
        var (run, result) = _runs.Train("run", settings);
        Assert.Equal((StopReason.Diverged, 0), (result.Stopped, run.LastStep));
    }

    [Fact]
    public void BestAndLast_NameTheCheckpointsTheyShould_AndOnlyThoseAreKept()
    {
        // Trained on one kind of text and scored on another, the loss goes down and up again.
        var corpus = Corpus.FromText(
            "turning",
            string.Concat(Enumerable.Repeat("abcabc", 300))
                + new string([.. Enumerable.Range(0, 450).Select(i => "abc"[i * i * 7 % 31 % 3])])
        );
        var settings = SmallRun.Settings with
        {
            ValFrac = 0.2,
            EvalEvery = Cadence.EverySteps(4),
            MaxSteps = 120,
            LearningRate = 2e-2,
        };
        var losses = new Losses();
        var (run, result) = _runs.Train("run", settings, corpus, losses);

        var best = losses.Seen.MinBy(seen => seen.Loss);
        Assert.InRange(best.Step, 1, 119);
        Assert.Equal((best.Step, best.Loss), (result.BestStep, result.BestValLoss));
        Assert.Equal((best.Step, 120), (run.BestStep, run.LastStep));
        var kept = Directory
            .GetFiles(run.CheckpointsPath)
            .Select(file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal);
        Assert.Equal(
            new[] { $"step-{best.Step}.safetensors", "step-120.safetensors" }.Order(StringComparer.Ordinal),
            kept
        );

        using var model = LanguageModel.Load(run.Path);
        using var checkpoint = LanguageModel.Load(run.CheckpointPath(best.Step));
        Assert.All(
            model.Layout.Tensors,
            tensor => Assert.Equal(tensor.CopyFrom(checkpoint.Weights), tensor.CopyFrom(model.Weights))
        );
        using var inTraining = new Evaluator(model, streams: 32);
        var validation = CorpusSplit.Contiguous(corpus.Ids.Length, 0.2, 0).Validation.Ranges[0];
        Assert.Equal(
            best.Loss,
            inTraining.Run(corpus.Ids, validation, cancellationToken: TestContext.Current.CancellationToken).NatsPerChar
        );
        using var atTheEnd = new Evaluator(model);
        Assert.Equal(
            result.ValLoss,
            atTheEnd.Run(corpus.Ids, validation, cancellationToken: TestContext.Current.CancellationToken).NatsPerChar
        );
    }

    [Fact]
    public void TheModelAtTheStart_IsSavedAtStepZero()
    {
        var (run, result) = _runs.Train("run", SmallRun.Settings with { MaxSteps = 0 });
        Assert.Equal((0L, null, StopReason.MaxSteps), (result.Steps, result.TrainLoss, result.Stopped));
        Assert.Equal((0, 0), (run.LastStep, run.BestStep));
        using var untrained = new LanguageModel(
            SmallRun.Settings.ModelSpec(SmallRun.Text.Vocabulary.Count),
            SmallRun.Text.Vocabulary,
            Initialization.Parse(SmallRun.Settings.Init),
            SmallRun.Settings.Seed
        );
        using var saved = LanguageModel.Load(run.Path);
        Assert.All(
            saved.Layout.Tensors,
            tensor => Assert.Equal(tensor.CopyFrom(untrained.Weights), tensor.CopyFrom(saved.Weights))
        );
    }

    [Fact]
    public void MaxEpochs_CountsWindows()
    {
        var (_, result) = _runs.Train("run", SmallRun.Settings with { MaxSteps = null, MaxEpochs = 0.5 });
        long windows = (SmallRun.Text.Ids.Length - 1) / 5 / 8;
        Assert.Equal((StopReason.MaxEpochs, (long)Math.Ceiling(windows / 2.0)), (result.Stopped, result.Steps));
    }

    [Fact]
    public void Dispose_FreesTheRun_AndTwiceIsFine()
    {
        var run = RunFolder.Create(_runs["run"]);
        var trainer = Trainer.Start(SmallRun.Text, SmallRun.Settings with { MaxSteps = 1 }, run);
        Assert.Throws<CharRnnException>(() => Trainer.Start(SmallRun.Text, SmallRun.Settings, run));
        trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Throws<InvalidOperationException>(() =>
            trainer.Run(cancellationToken: TestContext.Current.CancellationToken)
        );
        trainer.Dispose();
        trainer.Dispose();
        Assert.False(File.Exists(Path.Combine(run.Path, "run.lock")));
        using var next = Trainer.Resume(SmallRun.Text, SmallRun.Settings, run);
    }

    [Fact]
    public void Start_ThatIsRefused_FreesTheRunAndLeavesNothing()
    {
        foreach (
            var refused in new[]
            {
                SmallRun.Settings with
                {
                    Prompt = "Ω",
                },
                SmallRun.Settings with
                {
                    BatchSize = 100_000,
                },
                SmallRun.Settings with
                {
                    TestFrac = 1e-6,
                },
            }
        )
        {
            var run = RunFolder.Create(_runs["deep/er/run"]);
            Assert.Throws<SettingsException>(() => Trainer.Start(SmallRun.Text, refused, run));
            Assert.False(File.Exists(Path.Combine(run.Path, "run.lock")));
            run.DeleteIfUnused();
            Assert.False(Directory.Exists(_runs["deep"]));
        }
    }

    [Fact]
    public void ASetting_ThatIsNonsense_IsRefusedByItsFlag()
    {
        var settings = SmallRun.Settings;
        (string Flag, TrainingSettings Refused)[] nonsense =
        [
            ("'HiddenSize'", settings with { HiddenSize = -1 }),
            ("'NumLayers'", settings with { NumLayers = 0 }),
            ("'EmbeddingSize'", settings with { EmbeddingSize = -5 }),
            ("'Dropout'", settings with { Dropout = 1.5 }),
            ("'Dropout'", settings with { Dropout = double.NaN }),
            ("'Init'", settings with { Init = "magic" }),
            ("'LearningRate'", settings with { LearningRate = double.NaN }),
            ("'LearningRate'", settings with { LearningRate = -1 }),
            ("'Epsilon'", settings with { Optimizer = new() { Epsilon = double.NaN } }),
            ("'Beta1'", settings with { Optimizer = new() { Beta1 = 1 } }),
            ("'WeightDecay'", settings with { Optimizer = new() { WeightDecay = double.PositiveInfinity } }),
            ("'GradClip'", settings with { GradClip = double.NaN }),
            ("'MaxEpochs'", settings with { MaxEpochs = double.NaN }),
            ("'MaxSteps'", settings with { MaxSteps = -1 }),
            ("'MaxTime'", settings with { MaxTime = TimeSpan.Zero }),
            ("'WarmupSteps'", settings with { WarmupSteps = -1 }),
            ("'SeqLength'", settings with { SeqLength = 0 }),
            ("'Threads'", settings with { Threads = 0 }),
            ("'ValFrac'", settings with { ValFrac = double.NaN }),
            ("'TestFrac'", settings with { TestFrac = -0.1 }),
            ("'Patience'", settings with { Patience = 0 }),
            ("'SampleLength'", settings with { SampleLength = 0 }),
        ];
        foreach (var (flag, refused) in nonsense)
            Assert.Contains(
                flag,
                Assert.Throws<SettingsException>(() => Trainer.Start(SmallRun.Text, refused)).Message
            );
    }

    private sealed class Losses : ITrainingObserver
    {
        public List<(long Step, double Loss)> Seen { get; } = [];

        public void OnEvaluated(ValidationReport report) => Seen.Add((report.Progress.Step, report.Loss));
    }

    private sealed class Notes : ITrainingObserver
    {
        public IReadOnlyList<string> Seen { get; private set; } = [];

        public void OnStarted(TrainingOverview overview) => Seen = overview.Notes;
    }
}
