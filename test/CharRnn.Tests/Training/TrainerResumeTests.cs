using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class TrainerResumeTests : IDisposable
{
    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    public static TheoryData<string> EverythingThatIsCarried => new(Variants.Keys);

    private static TrainingSettings Interleaved { get; } =
        SmallRun.Settings with
        {
            SeqLength = 32,
            ValFrac = 0.2,
            ValSplit = ValSplit.Interleaved,
            EvalEvery = Cadence.EverySteps(6),
        };

    private static Dictionary<string, TrainingSettings> Variants { get; } =
        new()
        {
            ["rnn"] = SmallRun.Settings with { Cell = "rnn" },
            ["gru"] = SmallRun.Settings with { Cell = "gru" },
            ["lstm"] = SmallRun.Settings with { Cell = "lstm" },
            ["one-hot"] = SmallRun.Settings with { EmbeddingSize = 0 },
            ["random windows"] = SmallRun.Settings with { Sampling = WindowSampling.Random },
            ["dropout"] = SmallRun.Settings with { NumLayers = 2, Dropout = 0.3 },
            ["residual"] = SmallRun.Settings with { Cell = "lstm", NumLayers = 3, Residual = true, Dropout = 0.3 },
            ["activations and projections"] = SmallRun.Settings with
            {
                NumLayers = 2,
                Residual = true,
                Dropout = 0.3,
                OutputDropout = 0.3,
                EmbeddingActivation = Activation.Tanh,
                HeadActivation = Activation.Relu,
                ProjectionSize = 5,
            },
            ["two biases"] = SmallRun.Settings with { Biases = BiasMode.Double },
            ["summed losses"] = SmallRun.Settings with
            {
                LossReduction = LossReduction.Sum,
                GradClip = 1,
                GradClipNorm = null,
            },
            ["sgd"] = SmallRun.Settings with { Optimizer = new() { Name = "sgd" } },
            ["adagrad"] = SmallRun.Settings with { Optimizer = new() { Name = "adagrad" } },
            ["rmsprop"] = SmallRun.Settings with { Optimizer = new() { Name = "rmsprop" } },
            ["adam"] = SmallRun.Settings with { Optimizer = new() { Name = "adam" } },
            ["adamw"] = SmallRun.Settings with
            {
                Optimizer = new() { Name = "adamw", WeightDecay = 0.01 },
            },
            ["cosine"] = SmallRun.Settings with { Schedule = LearningRateShape.Cosine },
            ["step"] = SmallRun.Settings with
            {
                Schedule = LearningRateShape.Step,
                MaxSteps = null,
                MaxEpochs = 1.5,
                LrDecayStart = 0,
            },
            ["across epochs"] = SmallRun.Settings with { SeqLength = 64, BatchSize = 4 },
            ["from the text's beginning, the state carried on across epochs"] = SmallRun.Settings with
            {
                SeqLength = 64,
                BatchSize = 4,
                EpochStart = EpochStart.Fixed,
                CarryState = CarryState.Always,
            },
            ["interleaved, the state carried on across epochs"] = Interleaved with { CarryState = CarryState.Always },
            ["interleaved, random windows"] = Interleaved with { Sampling = WindowSampling.Random },
        };

    [Theory]
    [MemberData(nameof(EverythingThatIsCarried))]
    public void Resume_AfterStops_GivesTheSameBitsAsAnUninterruptedRun(string variant)
    {
        var settings = Variants[variant];
        var (whole, wholeResult) = _runs.Train("whole", settings);
        var (stopped, stoppedResult) = _runs.TrainWithStops("stopped", settings, 1, 7, 8, 23);
        Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(stopped));
        Assert.Equal(SmallRun.LastTensors(whole), SmallRun.LastTensors(stopped));
        Assert.Equal(
            (wholeResult.Steps, wholeResult.Chars, wholeResult.TrainLoss, wholeResult.Stopped),
            (stoppedResult.Steps, stoppedResult.Chars, stoppedResult.TrainLoss, stoppedResult.Stopped)
        );
    }

    [Theory]
    [InlineData(WindowSampling.Stateful)]
    [InlineData(WindowSampling.Random)]
    public void Resume_OfRecords_AcrossEpochs_GivesTheSameBitsAsAnUninterruptedRun(WindowSampling sampling)
    {
        var settings = SmallRun.Settings with
        {
            Cell = "lstm",
            NumLayers = 2,
            Dropout = 0.3,
            OutputDropout = 0.3,
            ProjectionSize = 5,
            Biases = BiasMode.Double,
            Sampling = sampling,
            SeqLength = 32,
            ValFrac = 0.2,
            EvalEvery = Cadence.EverySteps(6),
        };
        var (whole, wholeResult) = _runs.Train("whole", settings, SmallRun.Records);
        var (stopped, stoppedResult) = _runs.TrainWithStops("stopped", settings, SmallRun.Records, 1, 9, 10, 31);
        using (var model = LanguageModel.Load(whole.ModelPath))
            Assert.NotNull(model.Spec.ResetId);
        Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(stopped));
        Assert.Equal(SmallRun.LastTensors(whole), SmallRun.LastTensors(stopped));
        Assert.Equal(
            (wholeResult.ValLoss, wholeResult.BestValLoss, wholeResult.BestStep),
            (stoppedResult.ValLoss, stoppedResult.BestValLoss, stoppedResult.BestStep)
        );
    }

    [Theory]
    [InlineData(5)]
    [InlineData(19)]
    [InlineData(31)]
    public void Resume_AfterAKill_GivesTheSameBitsAsAnUninterruptedRun(long killedAt)
    {
        var settings = SmallRun.Settings with
        {
            ValFrac = 0.2,
            EvalEvery = Cadence.EverySteps(3),
            NumLayers = 2,
            Dropout = 0.3,
        };
        var (whole, wholeResult) = _runs.Train("whole", settings);
        _runs.TrainUntilKilled("killed", settings, killedAt);
        var (killed, killedResult) = _runs.Resume("killed", settings);
        Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(killed));
        Assert.Equal(SmallRun.LastTensors(whole), SmallRun.LastTensors(killed));
        Assert.Equal(
            (wholeResult.ValLoss, wholeResult.BestValLoss, wholeResult.BestStep),
            (killedResult.ValLoss, killedResult.BestValLoss, killedResult.BestStep)
        );
    }

    [Fact]
    public void Resume_WithAnotherNumberOfThreads_GivesTheSameBits()
    {
        var (whole, _) = _runs.Train("whole", SmallRun.Settings with { Threads = 1 });
        _runs.TrainUntilKilled("killed", SmallRun.Settings with { Threads = 5 }, 17);
        var (killed, _) = _runs.Resume("killed", SmallRun.Settings with { Threads = 2 });
        Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(killed));
    }

    [Fact]
    public void Resume_WithMoreSteps_GivesTheBitsOfARunThatHadThemFromTheStart()
    {
        var (whole, _) = _runs.Train("whole", SmallRun.Settings with { MaxSteps = 30 });
        _runs.Train("longer", SmallRun.Settings with { MaxSteps = 12 });
        var (longer, result) = _runs.Resume("longer", SmallRun.Settings with { MaxSteps = 30 });
        Assert.Equal(30, result.Steps);
        Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(longer));
    }

    [Fact]
    public void Resume_OfAFinishedRun_TrainsNothingAndLeavesModelAndMetricsAsTheyWere()
    {
        var settings = SmallRun.Settings with { ValFrac = 0.2, EvalEvery = Cadence.EverySteps(10) };
        var (run, before) = _runs.Train("run", settings);
        byte[] model = SmallRun.ModelBytes(run);
        string metrics = File.ReadAllText(run.MetricsPath);
        var (_, after) = _runs.Resume("run", settings);
        Assert.Equal((before.Steps, before.ValLoss, before.Stopped), (after.Steps, after.ValLoss, after.Stopped));
        Assert.Equal(model, SmallRun.ModelBytes(run));
        Assert.Equal(metrics, File.ReadAllText(run.MetricsPath));
    }

    [Fact]
    public void Resume_AfterAKill_CutsTheLogsBackToTheCheckpointAndSaysSo()
    {
        var settings = SmallRun.Settings with
        {
            ValFrac = 0.2,
            EvalEvery = Cadence.EverySteps(2),
            SampleEvery = Cadence.EverySteps(2),
            LearningRate = 0,
        };
        var run = _runs.TrainUntilKilled("run", settings, 17);
        Assert.Equal(10, run.LastStep);
        Assert.Contains("\"step\":16,", File.ReadAllText(run.MetricsPath));
        using var trainer = Trainer.Resume(SmallRun.Text, settings, run);
        foreach (string log in new[] { run.MetricsPath, run.SamplesPath })
        {
            Assert.Contains("\"step\":10,", File.ReadAllText(log));
            Assert.DoesNotContain("\"step\":12,", File.ReadAllText(log));
        }
        var overview = new Overview();
        trainer.Run(overview, TestContext.Current.CancellationToken);
        Assert.Contains(
            "after step 10 were dropped",
            Assert.Single(overview.Seen!.Notes, note => note.Contains("dropped"))
        );
        Assert.Equal(10, overview.Seen.ResumedAtStep);
    }

    [Fact]
    public void Resume_AfterAKillBetweenABetterCheckpointAndItsPointer_StillKeepsThatCheckpoint()
    {
        var settings = SmallRun.Settings with
        {
            ValFrac = 0.2,
            EvalEvery = Cadence.EverySteps(5),
            SaveEvery = Cadence.Never,
        };
        var run = _runs.TrainUntilKilled("run", settings, 17);
        long best = run.BestStep!.Value;
        Assert.Equal(best, run.LastStep);
        File.WriteAllText(Path.Combine(run.Path, "best"), "checkpoints/step-0.safetensors\n");
        var frozen = settings with { EvalEvery = Cadence.Never, SaveEvery = Cadence.EverySteps(1) };
        using (var trainer = Trainer.Resume(SmallRun.Text, frozen, run))
            Assert.Equal(best, run.BestStep);
        using (var trainer = Trainer.Resume(SmallRun.Text, frozen with { MaxSteps = best + 3 }, run))
        {
            using var request = new CancellationTokenSource();
            trainer.Run(new At(best + 2, request.Cancel), request.Token);
        }
        Assert.Equal((best, best + 2), (run.BestStep, run.LastStep));
        Assert.True(File.Exists(run.CheckpointPath(best)));
        using var again = Trainer.Resume(SmallRun.Text, frozen, run);
    }

    [Fact]
    public void Interrupted_BeforeAnythingWasScored_TheNewestModelIsKept()
    {
        var settings = SmallRun.Settings with { ValFrac = 0.2 };
        using var request = new CancellationTokenSource();
        var run = RunFolder.Create(_runs["run"]);
        using var trainer = Trainer.Start(SmallRun.Text, settings, run);
        var result = trainer.Run(new At(13, request.Cancel), request.Token);
        Assert.Equal((13, null, 13), (result.Steps, result.ValLoss, result.BestStep));
        var last = SmallRun.LastTensors(run);
        Assert.All(
            SafetensorsFile.Read(run.ModelPath).Tensors,
            tensor => Assert.Equal(last[tensor.Key], tensor.Value.ToSingles())
        );
    }

    [Fact]
    public void Resume_WithAnotherText_IsRefused()
    {
        _runs.Train("run", SmallRun.Settings);
        var other = Corpus.FromText("small", SmallText.Of(2000, seed: 8));
        Assert.Contains(
            "is not the text",
            Assert
                .Throws<CorpusException>(() => Trainer.Resume(other, SmallRun.Settings, RunFolder.Open(_runs["run"])))
                .Message
        );
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("\0\0\0\0")]
    public void Resume_OfARunWithADamagedConfiguration_IsRefusedByItsName(string config)
    {
        var (run, _) = _runs.Train("run", SmallRun.Settings);
        File.WriteAllText(run.ConfigPath, config);
        Assert.StartsWith(
            run.ConfigPath,
            Assert.Throws<ModelException>(() => Trainer.Resume(SmallRun.Text, SmallRun.Settings, run)).Message
        );
    }

    [Theory]
    [InlineData("\"settings\": {", "\"settings\": null, \"was\": {")]
    [InlineData("\"hidden_size\": 16", "\"hidden_size\": -16")]
    [InlineData("\"hidden_size\": 16", "\"hidden_size\": \"many\"")]
    [InlineData("\"cell\": \"gru\"", "\"cell\": null")]
    [InlineData("\"cell\": \"gru\"", "\"cell\": \"abacus\"")]
    [InlineData("\"save_every\": \"10\"", "\"save_every\": 10")]
    [InlineData("\"save_every\": \"10\"", "\"save_every\": \"often\"")]
    [InlineData("\"batch_size\": 5", "\"batch_size\": 0")]
    public void Resume_OfARunWithAConfigurationChangedToNonsense_IsRefusedByItsName(string was, string became)
    {
        var (run, _) = _runs.Train("run", SmallRun.Settings);
        string config = run.ReadConfig();
        Assert.Contains(was, config);
        File.WriteAllText(run.ConfigPath, config.Replace(was, became));
        string message = Assert
            .Throws<ModelException>(() => Trainer.Resume(SmallRun.Text, SmallRun.Settings, run))
            .Message;
        Assert.StartsWith(run.ConfigPath, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Resume_OfACheckpointCutAtAnyPlace_IsRefusedAndFreesTheRun()
    {
        var (run, _) = _runs.Train("run", SmallRun.Settings);
        string checkpoint = run.CheckpointPath(run.LastStep!.Value);
        byte[] whole = File.ReadAllBytes(checkpoint);
        foreach (int length in new[] { 0, 1, 7, 8, 100, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(checkpoint, whole[..length]);
            Assert.StartsWith(
                checkpoint,
                Assert.Throws<ModelException>(() => Trainer.Resume(SmallRun.Text, SmallRun.Settings, run)).Message
            );
            Assert.False(File.Exists(Path.Combine(run.Path, "run.lock")));
        }
        File.WriteAllBytes(checkpoint, whole);
        using var trainer = Trainer.Resume(SmallRun.Text, SmallRun.Settings, run);
    }

    [Fact]
    public void Resume_OfACheckpointThatIsOnlyAModelOrOfAnotherNetwork_IsRefused()
    {
        var (run, _) = _runs.Train("run", SmallRun.Settings);
        string checkpoint = run.CheckpointPath(run.LastStep!.Value);
        File.Copy(run.ModelPath, checkpoint, overwrite: true);
        Assert.StartsWith(
            checkpoint,
            Assert.Throws<ModelException>(() => Trainer.Resume(SmallRun.Text, SmallRun.Settings, run)).Message
        );
        var (other, _) = _runs.Train("other", SmallRun.Settings with { HiddenSize = 24 });
        File.Copy(other.CheckpointPath(other.LastStep!.Value), checkpoint, overwrite: true);
        Assert.Contains(
            "the run's configuration needs",
            Assert.Throws<ModelException>(() => Trainer.Resume(SmallRun.Text, SmallRun.Settings, run)).Message
        );
    }

    private sealed class Overview : ITrainingObserver
    {
        public TrainingOverview? Seen { get; private set; }

        public void OnStarted(TrainingOverview overview) => Seen = overview;
    }
}
