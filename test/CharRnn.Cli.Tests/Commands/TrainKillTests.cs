using CharRnn.Checkpoints;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

public sealed class TrainKillTests : IDisposable
{
    private const int WholeKills = 50,
        WholeKillsOfAVariant = 10;
    private const int LongestDelay = 120,
        LongestStart = 700;

    private static readonly string[] Train =
    [
        "train",
        "text.txt",
        .. TrainingGround.Small,
        "--val-frac",
        "0.1",
        "--eval-every",
        "7",
        "--save-every",
        "5",
        "--progress",
        "none",
        "--json",
        "-o",
    ];

    private readonly TrainingGround _ground = new();

    private static readonly (string Name, string[] Flags)[] Windows =
    [
        ("stateful", []),
        ("random", ["--sampling", "random"]),
        ("interleaved", ["--val-split", "interleaved"]),
        ("records", ["--records"]),
        ("random records", ["--records", "--sampling", "random"]),
    ];

    /// <summary>
    /// Every optimiser with every way to take windows from the text, or by default with one of them, so that each is
    /// there: name and flags, in place of the small network's where it has them too.
    /// </summary>
    public static TheoryData<string, string[]> Variants =>
        new(
            from optimizer in OptimizerSettings.Names.Index()
            from windows in Windows.Index()
            where LongTests.AreAsked || windows.Index % OptimizerSettings.Names.Count == optimizer.Index
            select (
                $"{optimizer.Item}, {windows.Item.Name}",
                (string[])["--optimizer", optimizer.Item, .. windows.Item.Flags]
            )
        );

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task Kill_AtRandomMoments_LeavesAWholeModelEachTime_AndResumingGivesTheBitsOfAnUninterruptedRun()
    {
        // By default two among its savings and one at the start.
        var random = new Random(2024);
        for (int kill = 0; kill < LongTests.Samples(WholeKills, byDefault: 3); kill++)
            await KillAsync(Train, isAtTheStart: kill % 3 == 2, random);
        await EndsAsIfNeverStoppedAsync(Train);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Kill_AtRandomMoments_AndResuming_GivesTheBitsOfAnUninterruptedRun_WithDropout(
        string name,
        string[] flags
    )
    {
        string[] dropout = ["--num-layers", "2", "--dropout", "0.3", "--output-dropout", "0.2"];
        string[] variant = [.. flags, .. dropout];
        string[] train =
        [
            .. Train.Take(2),
            .. variant,
            .. Train.Skip(2).Chunk(2).Where(pair => !variant.Contains(pair[0])).SelectMany(pair => pair),
        ];
        // A seed of its own for each, the same each time.
        var random = new Random(name.Aggregate(0, (seed, letter) => (seed * 31) + letter));
        for (int kill = 0; kill < LongTests.Times(WholeKillsOfAVariant); kill++)
            await KillAsync(train, isAtTheStart: false, random);
        await EndsAsIfNeverStoppedAsync(train);
    }

    /// <summary>
    /// Begins or resumes the run, and kills it: most fall among its savings, those at the start while it is opened and
    /// put in order.
    /// </summary>
    private async Task KillAsync(string[] train, bool isAtTheStart, Random random)
    {
        long? before = _ground.LastStep("killed");
        var process = _ground.Start([
            .. train,
            "killed",
            "--max-steps",
            TrainingGround.Endless,
            .. before is null ? Array.Empty<string>() : ["--resume"],
        ]);
        if (!isAtTheStart)
            await _ground.WaitForStepAfterAsync(before, "killed", process);
        await Task.Delay(
            random.Next(isAtTheStart ? LongestStart : LongestDelay),
            TestContext.Current.CancellationToken
        );
        Assert.False(process.HasExited, "the process ended by itself");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        AssertWhole();
    }

    private async Task EndsAsIfNeverStoppedAsync(string[] train)
    {
        string total = ((_ground.LastStep("killed") ?? 0) + 13).ToString();
        string[] resume = _ground.LastStep("killed") is null ? [] : ["--resume"];
        var resumed = await _ground.RunAsync([.. train, "killed", "--max-steps", total, .. resume]);
        resumed.AssertEndedQuietly();
        var whole = await _ground.RunAsync([.. train, "whole", "--max-steps", total]);
        whole.AssertEndedQuietly();
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("killed"));
        Assert.Equal(LastTensors("whole"), LastTensors("killed"));
        Assert.Equal(
            TrainingGround.Parsed(whole.Output).GetProperty("best_step").GetInt64(),
            RunFolder.Open(_ground["killed"]).BestStep
        );
        // What kills left is gone, and nothing else was kept.
        Assert.Equal(Names("whole"), Names("killed"));
    }

    /// <summary>Weights, moments and carried state of the last checkpoint. (Its metadata has times.)</summary>
    private SortedDictionary<string, float[]> LastTensors(string run)
    {
        var folder = RunFolder.Open(_ground[run]);
        return new(
            folder
                .ReadCheckpoint(folder.LastStep!.Value)
                .Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.ToSingles()),
            StringComparer.Ordinal
        );
    }

    private void AssertWhole()
    {
        // A kill before the first checkpoint was saved leaves no run, and the same command begins it anew.
        if (!File.Exists(_ground["killed/config.json"]))
            return;
        using var model = LanguageModel.Load(_ground["killed"]);
        Assert.All(
            SafetensorsFile.Read(_ground["killed/model.safetensors"]).Tensors.Values,
            tensor => Assert.All(tensor.ToSingles(), value => Assert.True(float.IsFinite(value)))
        );
        var run = RunFolder.Open(_ground["killed"]);
        Assert.NotNull(run.LastStep);
        Assert.NotNull(run.BestStep);
        Assert.True(File.Exists(run.CheckpointPath(run.BestStep.Value)));
        foreach (string checkpoint in Directory.GetFiles(run.CheckpointsPath, "*.safetensors"))
            Assert.Contains("training", SafetensorsFile.Read(checkpoint).Metadata.Keys);
    }

    private string[] Names(string run) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(_ground[run], "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(_ground[run], path))
                .Order(StringComparer.Ordinal),
        ];
}
