using System.Text.Json;

namespace CharRnn.Cli.Tests;

public sealed class TrainPresetTests : IDisposable
{
    private readonly TestShell _shell = new();

    public TrainPresetTests() => File.WriteAllText(Text, TrainingGround.Text(3000));

    private string Text => _shell.Folder.File("text.txt");

    private string Run => _shell.Folder.File("run");

    public void Dispose() => _shell.Dispose();

    private Outcome Train(params string[] flags) =>
        _shell.Run(["train", Text, "-o", Run, "--progress", "none", .. flags]);

    /// <summary>What the run was trained with.</summary>
    private JsonElement Settings() =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(Run, "config.json"))).GetProperty("settings");

    [Fact]
    public void Values_AreTheFlagsThenTheVariablesThenThePresetsThenTheDefaults()
    {
        _shell.Environment["CHARRNN_LEARNING_RATE"] = "0.05";
        _shell.Environment["CHARRNN_HIDDEN_SIZE"] = "11";
        var outcome = Train("--preset", "min-char-rnn", "--hidden-size", "7", "--max-steps", "2");
        outcome.AssertEndedQuietly();
        var settings = Settings();
        Assert.Equal("min-char-rnn", settings.GetProperty("preset").GetString());
        Assert.Equal(7, settings.GetProperty("hidden_size").GetInt32());
        Assert.Equal(0.05, settings.GetProperty("learning_rate").GetDouble());
        Assert.Equal("rnn", settings.GetProperty("cell").GetString());
        Assert.Equal("state", settings.GetProperty("sample_from").GetString());
        Assert.Equal(200, settings.GetProperty("sample_length").GetInt32());
    }

    [Fact]
    public void ThePresetItself_IsAFlagOrAVariable()
    {
        _shell.Environment["CHARRNN_PRESET"] = "gru-lm";
        Assert.Equal(0, Train("--hidden-size", "8", "--embedding-size", "8", "--max-steps", "1").ExitCode);
        Assert.Equal("gru-lm", Settings().GetProperty("preset").GetString());
        Directory.Delete(Run, recursive: true);
        Assert.Equal(0, Train("--preset", "torch-rnn", "--hidden-size", "8", "--max-steps", "1").ExitCode);
        Assert.Equal("torch-rnn", Settings().GetProperty("preset").GetString());
    }

    [Theory]
    [InlineData(true, "--preset: there is no preset 'char-rn' among default, min-char-rnn, ")]
    [InlineData(false, "CHARRNN_PRESET: there is no preset 'char-rn' among default, min-char-rnn, ")]
    public void UnknownPreset_IsOneLineWithTheNearestName(bool byFlag, string expected)
    {
        if (!byFlag)
            _shell.Environment["CHARRNN_PRESET"] = "char-rn";
        var outcome = byFlag ? Train("--preset", "char-rn") : Train();
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"charrnn: error: {expected}", outcome.Error);
        Assert.EndsWith("; did you mean 'char-rnn'?", outcome.Error.TrimEnd());
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(Run));
    }

    [Theory]
    [InlineData("--resume")]
    [InlineData("--replay")]
    public void AnotherPresetThanTheRunBeganAs_IsRefused(string how)
    {
        Assert.Equal(0, Train("--preset", "char-rnn", "--hidden-size", "8", "--max-steps", "1").ExitCode);
        string[] again =
            how == "--resume" ? ["--resume", "-o", Run] : ["--replay", Run, "-o", _shell.Folder.File("again")];
        string before = File.ReadAllText(Path.Combine(Run, "config.json"));
        var outcome = _shell.Run(["train", .. again, "--preset", "min-char-rnn", "--progress", "none"]);
        Assert.Equal(
            (
                2,
                "charrnn: error: --preset is min-char-rnn, and differs from the run, which began as char-rnn; "
                    + $"leave it out, or start a new run.{Environment.NewLine}"
            ),
            (outcome.ExitCode, outcome.Error)
        );
        Assert.Equal(before, File.ReadAllText(Path.Combine(Run, "config.json")));
    }

    [Fact]
    public void TheRunsOwnPreset_MayBeRepeated()
    {
        Assert.Equal(0, Train("--preset", "char-rnn", "--hidden-size", "8", "--max-steps", "1").ExitCode);
        _shell.Environment["CHARRNN_PRESET"] = "gru-lm";
        var outcome = _shell.Run(
            "train",
            "-o",
            Run,
            "--resume",
            "--preset",
            "char-rnn",
            "--max-steps",
            "2",
            "--progress",
            "none",
            "--json"
        );
        outcome.AssertEndedQuietly();
        Assert.Equal("char-rnn", Settings().GetProperty("preset").GetString());
    }

    [Fact]
    public void SizesOfAPreset_ShrinkForASmallText_AndThoseOfFlagsAreRefused()
    {
        var shrunk = _shell.Run(
            "train",
            Text,
            "-o",
            Run,
            "--preset",
            "paul-graham",
            "--hidden-size",
            "8",
            "--val-frac",
            "0",
            "--max-steps",
            "1"
        );
        Assert.Equal(0, shrunk.ExitCode);
        Assert.Contains("the text is small: windows are 29 streams of 100 steps.", shrunk.Error);
        Directory.Delete(Run, recursive: true);
        var refused = Train("--preset", "paul-graham", "--val-frac", "0", "--batch-size", "100", "--seq-length", "100");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("3000 characters in 100 streams of 100 steps are 0 windows", refused.Error);
    }

    [Fact]
    public async Task MinCharRnn_HasNoLimitOfItsOwn_AndIsSavedWhenStopped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var ground = new TrainingGround();
        var process = ground.Start("train", "text.txt", "--preset", "min-char-rnn", "--save-every", "100", "-o", "run");
        await ground.WaitForStepAfterAsync(0, "run", process);
        await TrainingGround.SignalAsync(process, "INT");
        var outcome = await CharrnnProcess.EndAsync(process);
        Assert.Equal(ExitCode.Interrupted, outcome.ExitCode);
        Assert.StartsWith("data has 3000 characters, ", outcome.Error);
        var settings = JsonElement.Parse(File.ReadAllText(ground["run/config.json"])).GetProperty("settings");
        Assert.All(
            ["max_time", "max_steps", "max_epochs"],
            limit => Assert.Equal(JsonValueKind.Null, settings.GetProperty(limit).ValueKind)
        );
    }
}
