using CharRnn.Checkpoints;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class RunHistoryTests : IDisposable
{
    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void History_IsWhatTheTrainerWrote()
    {
        var settings = SmallRun.Settings with
        {
            ValFrac = 0.1,
            EvalEvery = Cadence.EverySteps(20),
            SampleEvery = Cadence.EverySteps(20),
            Prompt = "the ",
        };
        var (run, result) = _runs.Train("a", settings);
        var history = RunHistory.Read(run);
        Assert.Equal([20, 40], history.Metrics.Where(line => line.Split == "val").Select(line => line.Step));
        Assert.Equal(result.BestValLoss, history.Metrics.Where(line => line.Split == "val").Min(line => line.Loss));
        var last = history.Metrics.Last(line => line.Split == "train");
        Assert.Equal((40, result.TrainLoss, 5e-3), (last.Step, last.Loss, last.LearningRate));
        Assert.True(last is { Epoch: > 0, GradientNorm: > 0, CharsPerSecond: > 0, Seconds: > 0 });
        Assert.Equal(
            [(20, "the ", 10), (40, "the ", 10)],
            history.Samples.Select(sample => (sample.Step, sample.Prompt, sample.Text.EnumerateRunes().Count()))
        );
    }

    [Fact]
    public void LinesThatLackSomething_AreReadAllTheSame()
    {
        var (run, _) = _runs.Train("a", SmallRun.Settings with { MaxSteps = 0 });
        run.AppendMetrics(
            """{"step":7,"split":"train","loss":null,"grad_norm":"NaN","clipped_share":0.5,"something":1}"""
        );
        run.AppendMetrics("""{"step":8,"loss":1e999}""");
        run.AppendSample("""{"step":7,"text":"\ud83d"}""");
        File.AppendAllText(run.MetricsPath, """{"step":9,"split":"tr""");
        var history = RunHistory.Read(run);
        Assert.Equal(
            [
                new MetricsLine(7, "train", null, null, null, null, 0.5, null, null, null),
                new MetricsLine(8, "", null, null, null, null, null, null, null, null),
            ],
            history.Metrics
        );
        Assert.Equal("\uFFFD", history.Samples.Single().Text);
    }

    [Fact]
    public void ARunWithoutLogs_HasAnEmptyHistory()
    {
        var (run, _) = _runs.Train("a", SmallRun.Settings with { MaxSteps = 0 });
        var history = RunHistory.Read(run);
        Assert.Equal((0, 0), (history.Metrics.Count, history.Samples.Count));
    }

    [Fact]
    public void ALineThatIsNone_IsRefusedWithItsNumber()
    {
        var (run, _) = _runs.Train("a", SmallRun.Settings);
        File.WriteAllText(run.MetricsPath, "{\"step\":1}\n[2]\n{\"step\":3}\n");
        Assert.Contains(
            "metrics.jsonl line 2 is not",
            Assert.Throws<ModelException>(() => RunHistory.Read(run)).Message
        );
    }

    [Fact]
    public void Lock_SeemsHeldAsLongAsItIs()
    {
        var (run, _) = _runs.Train("a", SmallRun.Settings with { MaxSteps = 0 });
        Assert.False(RunLock.SeemsHeld(run));
        using (RunLock.Acquire(run))
            Assert.True(RunLock.SeemsHeld(run));
        Assert.False(RunLock.SeemsHeld(run));
        // What a killed trainer leaves; no process has this number.
        File.WriteAllText(Path.Combine(run.Path, "run.lock"), $"{int.MaxValue}\n");
        Assert.False(RunLock.SeemsHeld(run));
    }
}
