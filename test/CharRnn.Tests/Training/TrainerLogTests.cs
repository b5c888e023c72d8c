using System.Text.Json;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class TrainerLogTests : IDisposable
{
    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Metrics_HaveTheDocumentedKeysInEveryLine()
    {
        var settings = SmallRun.Settings with { ValFrac = 0.1, TestFrac = 0.1, EvalEvery = Cadence.EverySteps(10) };
        var (run, result) = _runs.Train("run", settings);
        var lines = Lines(run.MetricsPath);
        string[] keys =
        [
            "step",
            "epoch",
            "split",
            "loss",
            "bpc",
            "learning_rate",
            "grad_norm",
            "chars_per_sec",
            "seconds",
        ];
        string[] trainKeys = [.. keys[..7], "clipped_share", "saturated_share", .. keys[7..]];
        Assert.All(
            lines,
            line =>
                Assert.Equal(
                    line.GetProperty("split").GetString() == "train" ? trainKeys : keys,
                    line.EnumerateObject().Select(property => property.Name)
                )
        );
        Assert.Equal(
            ["test", "train", "val"],
            lines.Select(line => line.GetProperty("split").GetString()).Distinct().Order()
        );
        Assert.Equal(
            [10L, 20, 30, 40],
            lines
                .Where(line => line.GetProperty("split").GetString() == "val")
                .Select(line => line.GetProperty("step").GetInt64())
        );
        Assert.All(
            lines,
            line =>
                Assert.Equal(
                    line.GetProperty("loss").GetDouble() / Math.Log(2),
                    line.GetProperty("bpc").GetDouble(),
                    1e-12
                )
        );
        Assert.Equal(result.TestLoss, lines[^1].GetProperty("loss").GetDouble());
    }

    [Fact]
    public void LossesSummedOverSteps_ShowInTheGradientsNorm_AndNotInTheLoss()
    {
        JsonElement FirstLine(LossReduction reduction) =>
            Lines(
                _runs
                    .Train($"{reduction}", SmallRun.Settings with { LossReduction = reduction, MaxSteps = 1 })
                    .Run.MetricsPath
            )[0];
        var (mean, sum) = (FirstLine(LossReduction.Mean), FirstLine(LossReduction.Sum));
        Assert.Equal(mean.GetProperty("loss").GetDouble(), sum.GetProperty("loss").GetDouble());
        double steps = SmallRun.Settings.SeqLength!.Value,
            norm = mean.GetProperty("grad_norm").GetDouble();
        Assert.Equal(steps * norm, sum.GetProperty("grad_norm").GetDouble(), 1e-5 * steps * norm);
    }

    [Fact]
    public void Samples_HaveTheDocumentedKeysAndLength()
    {
        var settings = SmallRun.Settings with
        {
            SampleEvery = Cadence.EverySteps(15),
            SampleLength = 33,
            Prompt = "żółw ",
        };
        var (run, _) = _runs.Train("run", settings);
        var lines = Lines(run.SamplesPath);
        Assert.Equal([15L, 30], lines.Select(line => line.GetProperty("step").GetInt64()));
        Assert.All(
            lines,
            line =>
            {
                Assert.Equal(
                    ["step", "prompt", "temperature", "text"],
                    line.EnumerateObject().Select(property => property.Name)
                );
                Assert.Equal("żółw ", line.GetProperty("prompt").GetString());
                Assert.Equal(33, line.GetProperty("text").GetString()!.EnumerateRunes().Count());
            }
        );
    }

    [Fact]
    public void Samples_ComeAtTheStepsAtWhichMostIsLearnt_AndTenTimesARun_WithTheSamePromptAndSeed()
    {
        var settings = SmallRun.Settings with
        {
            SampleEvery = null,
            SaveEvery = Cadence.Never,
            MaxSteps = 2500,
            LearningRate = 0,
            SampleLength = 12,
            Prompt = "the ",
        };
        var (run, _) = _runs.Train("run", settings);
        var lines = Lines(run.SamplesPath);
        Assert.Equal(
            [100L, 250, 300, 500, 700, 750, 1000, 1200, 1250, 1500, 1750, 2000, 2250, 2500],
            lines.Select(line => line.GetProperty("step").GetInt64())
        );
        // A model that learns nothing writes the same each time.
        Assert.Single(lines.Select(line => line.GetProperty("text").GetString()).Distinct());
    }

    [Fact]
    public void Configuration_SaysWhatItTakesToRunAgain()
    {
        var (run, _) = _runs.Train("run", SmallRun.Settings);
        using var parsed = JsonDocument.Parse(run.ReadConfig());
        var config = parsed.RootElement;
        Assert.Equal(SavedConfiguration.ThisVersion, config.GetProperty("version").GetString());
        Assert.Equal("charrnn train", config.GetProperty("command").GetString());
        Assert.Equal(SmallRun.Text.Sha256, config.GetProperty("corpus").GetProperty("sha256").GetString());
        Assert.Equal(2000, config.GetProperty("corpus").GetProperty("characters").GetInt32());
        Assert.Equal(
            (8, 5),
            (config.GetProperty("seq_length").GetInt32(), config.GetProperty("batch_size").GetInt32())
        );
        var settings = config.GetProperty("settings");
        Assert.Equal("gru", settings.GetProperty("cell").GetString());
        Assert.Equal(SmallRun.Settings.Seed, settings.GetProperty("seed").GetUInt64());
        Assert.Equal("10", settings.GetProperty("save_every").GetString());
        Assert.Equal(40, config.GetProperty("plan")[0].GetProperty("planned_steps").GetInt64());
        Assert.Equal(SmallRun.Settings, RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath).Settings);
    }

    [Fact]
    public void Configuration_KeepsEverySettingThroughItsFile()
    {
        var settings = SmallRun.Settings with
        {
            MaxTime = TimeSpan.FromSeconds(0.75),
            MaxEpochs = 1.5,
            MaxSteps = 1,
            Sampling = WindowSampling.Random,
            Schedule = LearningRateShape.Cosine,
            Optimizer = new()
            {
                Name = "adamw",
                Beta1 = 0.8,
                WeightDecay = 0.1,
            },
            GradClip = 5,
            GradClipNorm = null,
            EvalEvery = Cadence.Every(TimeSpan.FromSeconds(30)),
            Seed = ulong.MaxValue,
            Threads = 2,
            Patience = 4,
            ValSplit = ValSplit.Interleaved,
            ValFrac = 0.1,
            TrainFraction = 0.5,
            EvalChars = 0,
            Prompt = "the żółw.\n",
        };
        var (run, _) = _runs.Train("run", settings);
        Assert.Equal(settings, RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath).Settings);
    }

    [Fact]
    public void ATimedRun_RecordsItsPlan_AndReplayingThePlanGivesItsLearningRates()
    {
        var settings = SmallRun.Settings with
        {
            MaxSteps = null,
            MaxTime = TimeSpan.FromSeconds(2),
            Schedule = LearningRateShape.Linear,
        };
        var (run, result) = _runs.Train("run", settings);
        Assert.Equal(StopReason.MaxTime, result.Stopped);
        var changes = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath).Plan;
        Assert.NotEmpty(changes);
        var replayed = Lines(run.MetricsPath)
            .Select(line =>
            {
                long before = line.GetProperty("step").GetInt64() - 1;
                var plan = new TrainingPlan();
                foreach (var change in changes.Where(change => change.Step <= before))
                    plan.Change(change);
                return LearningRateSchedule.At(settings, before, plan.ProgressAt(before), epochs: 0);
            });
        Assert.Equal(Lines(run.MetricsPath).Select(line => line.GetProperty("learning_rate").GetDouble()), replayed);
    }

    [Fact]
    public void ATimedRun_ThatStopsAndGoesOn_KeepsThePlanItHad()
    {
        var settings = SmallRun.Settings with
        {
            MaxSteps = null,
            MaxTime = TimeSpan.FromHours(1),
            Schedule = LearningRateShape.Linear,
        };
        var (run, before) = Stopped(settings, step: 200);
        Assert.Equal((StopReason.Interrupted, 200), (before.Stopped, before.Steps));
        var plan = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath).Plan;
        Assert.NotEmpty(plan);
        using var trained = JsonDocument.Parse(run.ReadCheckpoint(200).Metadata["training"]);
        double secondsBefore = trained.RootElement.GetProperty("SecondsBefore").GetDouble();
        using var request = new CancellationTokenSource();
        using (var trainer = Trainer.Resume(SmallRun.Text, settings, run))
            Assert.True(
                trainer.Run(new At(210, request.Cancel), request.Token).Seconds > secondsBefore && secondsBefore > 0
            );
        Assert.Equal(plan, RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath).Plan.Take(plan.Count));
    }

    private (CharRnn.RunFolder Run, TrainingResult Result) Stopped(TrainingSettings settings, long step)
    {
        using var request = new CancellationTokenSource();
        var run = CharRnn.RunFolder.Create(_runs["run"]);
        using var trainer = Trainer.Start(SmallRun.Text, settings, run);
        return (run, trainer.Run(new At(step, request.Cancel), request.Token));
    }

    private static List<JsonElement> Lines(string path) =>
        [
            .. File.ReadLines(path)
                .Select(line =>
                {
                    using var parsed = JsonDocument.Parse(line);
                    return parsed.RootElement.Clone();
                }),
        ];
}
