using System.Text.Json;

namespace CharRnn.Cli.Tests;

public sealed class TrainResumeTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Resume_AfterASignal_GivesTheSameBitsAsAnUninterruptedRun(string signal, int code)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        string[] train =
        [
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--val-frac",
            "0.1",
            "--eval-every",
            "6",
            "--json",
            "--progress",
            "none",
        ];
        var process = _ground.Start([
            .. train,
            "--max-steps",
            TrainingGround.Endless,
            "--save-every",
            "50",
            "-o",
            "stopped",
        ]);
        await _ground.WaitForStepAfterAsync(0, "stopped", process);
        await TrainingGround.SignalAsync(process, signal);
        var outcome = await CharrnnProcess.EndAsync(process);
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Error));
        var interrupted = TrainingGround.Parsed(outcome.Output);
        Assert.Equal("interrupted", interrupted.GetProperty("stopped").GetString());
        long steps = interrupted.GetProperty("steps").GetInt64();
        Assert.Equal(steps, _ground.LastStep("stopped"));
        Assert.False(File.Exists(_ground["stopped/run.lock"]));

        string total = (steps + 25).ToString();
        var resumed = await _ground.RunAsync(
            "train",
            "-o",
            "stopped",
            "--resume",
            "--max-steps",
            total,
            "--json",
            "--progress",
            "none"
        );
        resumed.AssertEndedQuietly();
        var whole = await _ground.RunAsync([.. train, "--max-steps", total, "--save-every", "0", "-o", "whole"]);
        whole.AssertEndedQuietly();
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("stopped"));
        foreach (string? key in new[] { "steps", "chars", "train_loss", "val_loss", "best_val_loss", "best_step" })
            Assert.Equal(
                TrainingGround.Parsed(whole.Output).GetProperty(key).GetRawText(),
                TrainingGround.Parsed(resumed.Output).GetProperty(key).GetRawText()
            );
    }

    [Fact]
    public async Task Resume_SaysWhereItGoesOn_AndWhatTheNextCommandIsWhenStopped()
    {
        await _ground.TrainAsync("--max-steps", "1200", "-o", "run");
        var outcome = await _ground.RunAsync("train", "-o", "run", "--resume", "--max-steps", "1210");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("charrnn: going on from step 1,200", outcome.Error);
    }

    [Theory]
    [InlineData("--hidden-size", "17")]
    [InlineData("--cell", "lstm")]
    [InlineData("--seed", "2")]
    [InlineData("--learning-rate", "0.1")]
    [InlineData("--val-frac", "0.3")]
    [InlineData("--encoding", "bytes")]
    public async Task Resume_WithAnotherSettingOfTheRunItself_IsRefusedByItsFlag(string flag, string value)
    {
        await _ground.TrainAsync("--max-steps", "2", "-o", "run");
        string[] before = _ground.Everything();
        var outcome = await _ground.RunAsync("train", "-o", "run", "--resume", flag, value);
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"charrnn: error: {flag} differs from the run that is resumed", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Equal(before, _ground.Everything());
    }

    [Theory]
    [InlineData(
        "--hidden-size",
        "17",
        "differs from the run that is replayed; leave it out, or train without --replay."
    )]
    [InlineData("--seed", "2", "differs from the run that is replayed; leave it out, or train without --replay.")]
    [InlineData("--max-steps", "9", "is a limit, and a replay takes just as many steps as the run did; leave it out.")]
    [InlineData("--max-time", "9s", "is a limit, and a replay takes just as many steps as the run did; leave it out.")]
    public async Task Replay_WithAnotherSetting_IsRefusedByItsFlag(string flag, string value, string why)
    {
        await _ground.TrainAsync("--max-steps", "2", "-o", "run");
        var outcome = await _ground.RunAsync("train", "--replay", "run", flag, value);
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"charrnn: error: {flag} {why}", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Resume_MayChangeLimitsThreadsAndDisplay()
    {
        await _ground.TrainAsync("--max-steps", "2", "--val-frac", "0.1", "-o", "run");
        var outcome = await _ground.RunAsync(
            "train",
            "-o",
            "run",
            "--resume",
            "--max-steps",
            "4",
            "--max-time",
            "1h",
            "--threads",
            "1",
            "--eval-every",
            "1",
            "--eval-chars",
            "50",
            "--save-every",
            "1",
            "--sample-every",
            "1",
            "--sample-length",
            "5",
            "--prompt",
            "the",
            "--patience",
            "9",
            "--show-predictions",
            "--progress",
            "plain"
        );
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(4, _ground.LastStep("run"));
        Assert.Contains("--- step 3, ", outcome.Error);
    }

    [Fact]
    public async Task Resume_MayRepeatTheRunsOwnSettings()
    {
        await _ground.TrainAsync("--max-steps", "2", "-o", "run");
        Assert.Equal(
            4,
            (await _ground.TrainAsync("--max-steps", "4", "-o", "run", "--resume")).GetProperty("steps").GetInt64()
        );
    }

    [Fact]
    public async Task Resume_OfAFolderOfTexts_NeedsNoNameAndGivesTheSameBits()
    {
        Directory.CreateDirectory(_ground["texts/deeper"]);
        File.WriteAllText(_ground["texts/a.txt"], TrainingGround.Text(1000));
        File.WriteAllText(_ground["texts/deeper/b.txt"], TrainingGround.Text(500));
        File.WriteAllText(_ground["texts/empty.txt"], "");
        string[] train = ["train", "texts", .. TrainingGround.Small, "--json", "--progress", "none"];
        await EndsWellAsync([.. train, "--max-steps", "30", "-o", "whole"]);
        await EndsWellAsync([.. train, "--max-steps", "10", "-o", "stopped"]);
        await EndsWellAsync("train", "-o", "stopped", "--resume", "--max-steps", "30", "--progress", "none");
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("stopped"));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("bytes")]
    public async Task Resume_OfTheEmbeddedCorpus_ReadsItAsItWasRead(string encoding)
    {
        string[] train =
        [
            "train",
            .. TrainingGround.Small,
            "--encoding",
            encoding,
            "--val-frac",
            "0",
            "--json",
            "--progress",
            "none",
        ];
        await EndsWellAsync([.. train, "--max-steps", "3", "-o", "stopped"]);
        var resumed = await EndsWellAsync(
            "train",
            "-o",
            "stopped",
            "--resume",
            "--max-steps",
            "6",
            "--json",
            "--progress",
            "none"
        );
        Assert.Equal(6, TrainingGround.Parsed(resumed.Output).GetProperty("steps").GetInt64());
        await EndsWellAsync([.. train, "--max-steps", "6", "-o", "whole"]);
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("stopped"));
    }

    [Fact]
    public async Task Resume_OfAFileNamedLikeTheEmbeddedCorpus_ReadsTheFile()
    {
        File.Copy(_ground["text.txt"], _ground["dragons.txt"]);
        await EndsWellAsync([
            "train",
            "dragons.txt",
            .. TrainingGround.Small,
            "--max-steps",
            "2",
            "-o",
            "run",
            "--progress",
            "none",
        ]);
        await EndsWellAsync("train", "-o", "run", "--resume", "--max-steps", "4", "--progress", "none");
        Assert.Equal(4, _ground.LastStep("run"));
    }

    [Fact]
    public async Task Configuration_HoldsTheCommandAsItWasTyped()
    {
        File.Copy(_ground["text.txt"], _ground["a text.txt"]);
        // What was typed is the process's.
        var outcome = await _ground.RunAsync(
            new Dictionary<string, string>(),
            ["train", "a text.txt", .. TrainingGround.Small, "--max-steps", "1", "-o", "run", "--progress", "none"]
        );
        outcome.AssertEndedQuietly();
        using var config = JsonDocument.Parse(File.ReadAllText(_ground["run/config.json"]));
        Assert.StartsWith(
            "charrnn train 'a text.txt' --cell gru",
            config.RootElement.GetProperty("command").GetString()
        );
    }

    private async Task<Outcome> EndsWellAsync(params string[] arguments)
    {
        var outcome = await _ground.RunAsync(arguments);
        outcome.AssertEndedQuietly();
        return outcome;
    }
}
