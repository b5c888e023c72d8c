using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class TrainerReplayTests : IDisposable
{
    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Replay_OfATimedRun_GivesItsModelsBytes()
    {
        var settings = SmallRun.Settings with
        {
            MaxSteps = null,
            MaxTime = TimeSpan.FromSeconds(1.5),
            Schedule = LearningRateShape.Linear,
            ValFrac = 0.1,
            EvalEvery = null,
        };
        var (timed, result) = _runs.Train("timed", settings);
        Assert.Equal(StopReason.MaxTime, result.Stopped);
        var plan = RunConfiguration.Parse(timed.ReadConfig(), timed.ConfigPath).Plan;
        Assert.Equal(result.Steps, plan[^1].PlannedSteps);

        var (again, replayed) = _runs.Train("again", settings with { Replay = plan });
        Assert.Equal(
            (result.Steps, result.TrainLoss, result.ValLoss),
            (replayed.Steps, replayed.TrainLoss, replayed.ValLoss)
        );
        Assert.Equal(File.ReadAllBytes(timed.ModelPath), File.ReadAllBytes(again.ModelPath));
    }

    [Fact]
    public void Replay_StoppedAndResumed_GivesTheSameBytes()
    {
        PlanChange[] plan = [new(5, 60), new(20, 45), new(31, 40), new(38, 38)];
        var settings = SmallRun.Settings with { MaxSteps = null, Replay = plan, Schedule = LearningRateShape.Cosine };
        var (whole, result) = _runs.Train("whole", settings);
        Assert.Equal(38, result.Steps);
        var (stopped, _) = _runs.TrainWithStops("stopped", settings, 3, 20, 33);
        Assert.Equal(File.ReadAllBytes(whole.ModelPath), File.ReadAllBytes(stopped.ModelPath));
        Assert.Equal(plan, RunConfiguration.Parse(stopped.ReadConfig(), stopped.ConfigPath).Plan);
    }

    [Fact]
    public void Replay_WithoutAPlan_IsRefused()
    {
        var refusal = Assert.Throws<SettingsException>(() => (SmallRun.Settings with { Replay = [] }).Validate());
        Assert.Contains("'Replay'", refusal.Message);
    }
}
