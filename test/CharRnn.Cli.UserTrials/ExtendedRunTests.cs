using System.Globalization;
using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>A finished run that is given a larger limit goes on learning, as a run of that limit would have.</summary>
public sealed class ExtendedRunTests : IDisposable
{
    private const double LossTolerance = 0.03;

    /// <summary>A text that a hundred steps do not exhaust.</summary>
    private static readonly string Numbers = string.Concat(
        Enumerable.Range(1, 3000).Select(number => number.ToString(CultureInfo.InvariantCulture) + "\n")
    );

    private static readonly string[] Run =
    [
        "--hidden-size",
        "32",
        "--num-layers",
        "1",
        "--warmup-steps",
        "0",
        "--output-dropout",
        "0",
        "--sample-every",
        "0",
        "--json",
        "--progress",
        "none",
    ];

    private readonly TrainingGround _ground = new();

    public ExtendedRunTests() => File.WriteAllText(_ground["numbers.txt"], Numbers);

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData("linear")]
    [InlineData("cosine")]
    public async Task FinishedRun_WithMoreSteps_ReachesTheLossOfAFreshRun(string schedule)
    {
        string[] settings = [.. Run, "--val-frac", "0.1", "--schedule", schedule];
        await RunAsync(["train", "dragons", "-o", "extended", "--max-steps", "40", .. settings]);
        var extended = await RunAsync(["train", "-o", "extended", "--resume", "--max-steps", "400", "--json"]);
        var fresh = await RunAsync(["train", "dragons", "-o", "fresh", "--max-steps", "400", .. settings]);

        AssertNear(Loss(fresh), Loss(extended));
        // As a run of 60 steps it had all but stopped learning.
        Assert.NotEqual(_ground.ModelBytes("fresh"), _ground.ModelBytes("extended"));
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("step", "--lr-decay-start", "2")]
    public async Task FinishedRun_WhoseScheduleKnowsNoEnd_HasTheBitsOfAFreshRun(string schedule, params string[] more)
    {
        string[] settings = [.. Run, "--val-frac", "0", "--schedule", schedule, .. more];
        await RunAsync(["train", "numbers.txt", "-o", "extended", "--max-steps", "30", .. settings]);
        await RunAsync(["train", "-o", "extended", "--resume", "--max-steps", "90", "--json"]);
        await RunAsync(["train", "numbers.txt", "-o", "fresh", "--max-steps", "90", .. settings]);

        Assert.Equal(_ground.ModelBytes("fresh"), _ground.ModelBytes("extended"));
    }

    [Fact]
    public async Task FinishedRun_WithMoreEpochs_GoesOnAtTheRateOfAFreshRun()
    {
        await RunAsync(["train", "numbers.txt", "-o", "run", "--max-epochs", "4", "--val-frac", "0", .. Run]);
        var resumed = await _ground.RunAsync("train", "-o", "run", "--resume", "--max-epochs", "8");

        Assert.Contains("the limits have changed: the learning rate goes on at 0.003,", resumed.Error);
        Assert.Equal(0.003, RateAfter("run", step: 4 * StepsPerEpoch), tolerance: 2e-4);
    }

    [Fact]
    public async Task FinishedRun_WithMoreTime_GoesOnAtTheRateOfThatShareOfIt()
    {
        // So that the clock decides nothing but the end: 40 steps take far less than a minute.
        await RunAsync(["train", "numbers.txt", "-o", "run", "--max-steps", "40", "--max-time", "60s", .. Run]);
        var resumed = await _ground.RunAsync("train", "-o", "run", "--resume", "--max-steps", "80", "--max-time", "2m");

        Assert.Contains(
            "the limits have changed: the learning rate goes on at 0.003, as in a run of 80 steps",
            resumed.Error
        );
    }

    [Fact]
    public async Task ExtendedRun_ThatIsKilledAtOnce_StillKnowsItsNewLimit()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        await RunAsync(["train", "numbers.txt", "-o", "run", "--max-steps", "20", .. Run]);
        var process = _ground.Start(
            "train",
            "-o",
            "run",
            "--resume",
            "--max-steps",
            TrainingGround.Endless,
            "--save-every",
            "5"
        );
        await _ground.WaitForStepAfterAsync(20, "run", process);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var configuration = JsonDocument.Parse(File.ReadAllText(_ground["run/config.json"]));
        Assert.Equal(
            TrainingGround.Endless,
            configuration.RootElement.GetProperty("settings").GetProperty("max_steps").GetRawText()
        );
        Assert.False(File.Exists(_ground["run/result.json"]), "a run that goes on has no result");
    }

    [Fact]
    public async Task ExtendedRun_Replayed_HasTheSameBits()
    {
        await RunAsync(["train", "numbers.txt", "-o", "run", "--max-steps", "30", "--val-frac", "0", .. Run]);
        await RunAsync(["train", "-o", "run", "--resume", "--max-steps", "70", "--json"]);
        await RunAsync(["train", "--replay", "run", "-o", "again", "--json", "--progress", "none"]);

        Assert.Equal(_ground.ModelBytes("run"), _ground.ModelBytes("again"));
    }

    [Theory]
    [InlineData("--max-steps", "20", "A larger --max-steps goes on.")]
    [InlineData("--max-epochs", "2", "A larger --max-epochs goes on.")]
    public async Task FinishedRun_ResumedWithinItsLimit_SaysThatNothingIsLeftToDo(
        string flag,
        string limit,
        string advice
    )
    {
        await RunAsync(["train", "numbers.txt", "-o", "run", flag, limit, .. Run]);
        byte[] before = _ground.ModelBytes("run");
        var resumed = await _ground.RunAsync("train", "-o", "run", "--resume");

        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("charrnn: nothing is left to do: ", resumed.Error);
        Assert.Contains($"limits count from the run's start. {advice}", resumed.Error);
        Assert.Equal(before, _ground.ModelBytes("run"));
    }

    [Fact]
    public async Task FinishedClassifier_WithMoreEpochs_GoesOnLearning()
    {
        foreach (var (name, texts) in new[] { ("left", "ab\naab\nba\nabab\n"), ("right", "xy\nyx\nxxy\nyxyx\n") })
        {
            Directory.CreateDirectory(_ground["data"]);
            File.WriteAllText(_ground[$"data/{name}.txt"], texts);
        }
        string[] settings =
        [
            "--hidden-size",
            "8",
            "--test-frac",
            "0",
            "--val-frac",
            "0",
            "--progress",
            "none",
            "--json",
        ];
        await RunAsync(["classify", "train", "data", "-o", "run", "--max-steps", "10", .. settings]);
        byte[] before = _ground.ModelBytes("run");
        var resumed = await _ground.RunAsync("classify", "train", "-o", "run", "--resume", "--max-steps", "40");

        Assert.Contains("the limits have changed: the learning rate goes on at", resumed.Error);
        Assert.NotEqual(before, _ground.ModelBytes("run"));
    }

    // 32 streams of 64 steps in 13,893 characters.
    private const long StepsPerEpoch = 6;

    private static double Loss(JsonElement result) => result.GetProperty("val_loss").GetDouble();

    private static void AssertNear(double fresh, double extended) =>
        Assert.InRange(extended, fresh * (1 - LossTolerance), fresh * (1 + LossTolerance));

    /// <summary>The learning rate of the first line of metrics after a step.</summary>
    private double RateAfter(string run, long step)
    {
        foreach (string line in File.ReadLines(_ground[$"{run}/metrics.jsonl"]))
        {
            using var metrics = JsonDocument.Parse(line);
            if (metrics.RootElement.GetProperty("step").GetInt64() > step)
                return metrics.RootElement.GetProperty("learning_rate").GetDouble();
        }
        throw new InvalidOperationException($"no line after step {step}");
    }

    private async Task<JsonElement> RunAsync(string[] arguments)
    {
        var outcome = await _ground.RunAsync(arguments);
        Assert.Equal(0, outcome.ExitCode);
        return TrainingGround.Parsed(outcome.Output);
    }
}
