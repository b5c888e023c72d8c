using CharRnn.Engine;

namespace CharRnn.Cli.Tests;

public sealed class TrainFullDiskTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task ADiskThatFillsUpInTraining_IsOneLineAndCode1_AndWhatWasSavedLoads()
    {
        using var disk = await SmallDisk.MountAsync(_ground["disk"]);
        // A checkpoint and a model take about three quarters of the disk: the first fit, the second do not.
        var outcome = await TrainAsync("--hidden-size", "104");
        Assert.Contains("disk/run/checkpoints/step-5.safetensors: the disk is full", outcome.Error);
        using var model = LanguageModel.Load(_ground["disk/run"]);
        Assert.Equal(0, _ground.LastStep("disk/run"));
        Assert.Equal(
            [
                "best",
                "checkpoints",
                "checkpoints/step-0.safetensors",
                "config.json",
                "last",
                "metrics.jsonl",
                "model.safetensors",
            ],
            Names(_ground["disk/run"])
        );
        Assert.Contains("the disk is full", (await ResumeAsync()).Error);
    }

    [Fact]
    public async Task ADiskTooSmallForTheFirstCheckpoint_IsOneLineAndCode1_AndNothingIsLeft()
    {
        using var disk = await SmallDisk.MountAsync(_ground["disk"]);
        var outcome = await TrainAsync("--hidden-size", "200");
        Assert.Contains("disk/run/checkpoints/step-0.safetensors: the disk is full", outcome.Error);
        Assert.Empty(Names(_ground["disk"]));
    }

    private static string[] Names(string folder) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path))
                .Order(StringComparer.Ordinal),
        ];

    private Task<Outcome> TrainAsync(params string[] more)
    {
        var flags = TrainingGround
            .Small.Chunk(2)
            .Where(pair => pair[0] is not ("--hidden-size" or "--cell"))
            .SelectMany(pair => pair);
        return FailedAsync([
            "train",
            "text.txt",
            .. flags,
            "--cell",
            "lstm",
            "--max-steps",
            "50",
            "--save-every",
            "5",
            "--val-frac",
            "0",
            "--progress",
            "none",
            "-o",
            "disk/run",
            .. more,
        ]);
    }

    private Task<Outcome> ResumeAsync() => FailedAsync("train", "-o", "disk/run", "--resume", "--progress", "none");

    private async Task<Outcome> FailedAsync(params string[] arguments)
    {
        var outcome = await _ground.RunAsync(arguments);
        // Before it may come what is told in every mode: a warning about the network, steps that are done again.
        string[] lines = outcome.Error.TrimEnd().Split('\n');
        Assert.StartsWith("charrnn: error: ", lines[^1]);
        Assert.Single(lines, line => line.Contains(": error: "));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        return outcome;
    }
}
