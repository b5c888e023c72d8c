using CharRnn.Checkpoints;
using CharRnn.Models;

namespace CharRnn.Cli.Tests.Commands;

public sealed class TrainKillTests : IDisposable
{
    private const int WholeKills = 50;
    private const int LongestDelay = 120, LongestStart = 700;

    private static readonly string[] Train =
    [
        "train", "text.txt", .. TrainingGround.Small, "--val-frac", "0.1", "--eval-every", "7", "--save-every", "5", "--progress", "none", "--json", "-o",
    ];

    private readonly TrainingGround ground = new();

    public void Dispose() => ground.Dispose();

    [Fact]
    public async Task Kill_AtRandomMoments_LeavesAWholeModelEachTime_AndResumingGivesTheBitsOfAnUninterruptedRun()
    {
        // In this order a tenth of the kills is as good a mixture as all of them.
        var random = new Random(2024);
        for (var kill = 0; kill < LongTests.Times(WholeKills); kill++)
        {
            var before = ground.LastStep("killed");
            var process = ground.Start([.. Train, "killed", "--max-steps", TrainingGround.Endless, .. before is null ? Array.Empty<string>() : ["--resume"]]);
            var isAtTheStart = kill % 3 == 2;
            // Some fall while the run is opened and put in order, most among its savings.
            if (!isAtTheStart)
                await ground.WaitForStepAfterAsync(before, "killed", process);
            await Task.Delay(random.Next(isAtTheStart ? LongestStart : LongestDelay), TestContext.Current.CancellationToken);
            Assert.False(process.HasExited, "the process ended by itself");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            AssertWhole();
        }

        var total = ((ground.LastStep("killed") ?? 0) + 13).ToString();
        string[] resume = ground.LastStep("killed") is null ? [] : ["--resume"];
        var resumed = await ground.RunAsync([.. Train, "killed", "--max-steps", total, .. resume]);
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        var whole = await ground.RunAsync([.. Train, "whole", "--max-steps", total]);
        Assert.Equal((0, ""), (whole.ExitCode, whole.Error));
        Assert.Equal(ground.ModelBytes("whole"), ground.ModelBytes("killed"));
        Assert.Equal(TrainingGround.Parsed(whole.Output).GetProperty("best_step").GetInt64(), RunFolder.Open(ground["killed"]).BestStep);
        // What kills left is gone, and nothing else was kept.
        Assert.Equal(Names("whole"), Names("killed"));
    }

    private void AssertWhole()
    {
        // A kill before the first checkpoint was saved leaves no run, and the same command begins it anew.
        if (!File.Exists(ground["killed/config.json"]))
            return;
        using var model = LanguageModel.Load(ground["killed"]);
        Assert.All(SafetensorsFile.Read(ground["killed/model.safetensors"]).Tensors.Values, tensor => Assert.All(tensor.ToSingles(), value => Assert.True(float.IsFinite(value))));
        var run = RunFolder.Open(ground["killed"]);
        Assert.NotNull(run.LastStep);
        Assert.NotNull(run.BestStep);
        Assert.True(File.Exists(run.CheckpointPath(run.BestStep.Value)));
        foreach (var checkpoint in Directory.GetFiles(run.CheckpointsPath, "*.safetensors"))
            Assert.Contains("training", SafetensorsFile.Read(checkpoint).Metadata.Keys);
    }

    private string[] Names(string run) =>
        [.. Directory.EnumerateFileSystemEntries(ground[run], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(ground[run], path)).Order(StringComparer.Ordinal)];
}
