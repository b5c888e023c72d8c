using System.Diagnostics;
using System.Text.Json;
using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

/// <summary>
/// Texts large enough for their ids to be kept: zeros but for their beginning, so that they take next to no room, read
/// as bytes.
/// </summary>
public sealed class LargeTextTests : IDisposable
{
    private const int Large = 17_000_000,
        Larger = 120_000_000;

    private static readonly string[] Train =
    [
        "train",
        "large.txt",
        "--encoding",
        "bytes",
        .. TrainingGround.Small,
        "--max-steps",
        "2",
        "--val-file",
        "few.txt",
        "--save-every",
        "0",
        "-o",
    ];

    private readonly TrainingGround _ground = new();
    private readonly Dictionary<string, string> _environment;

    public LargeTextTests()
    {
        _environment = new() { ["XDG_CACHE_HOME"] = _ground["cache"], ["TMPDIR"] = _ground.Root };
        // Scored at the end, the large text itself would take longer than all else.
        File.WriteAllBytes(_ground["few.txt"], Beginning.ToArray());
    }

    private static ReadOnlySpan<byte> Beginning => "a dragon slept\n"u8;

    public void Dispose() => _ground.Dispose();

    private string IdsFolder => _ground["cache/charrnn/ids"];

    private string[] Kept => Files("*.ids");

    private string[] Temporaries => Files("*.tmp");

    [Fact]
    public async Task FirstRun_SaysWhereTheIdsAreKept_AndTheNextSaysNothing()
    {
        MakeText(Large);
        var first = await TrainApartAsync("first");
        Assert.Equal(
            $"charrnn: hint: the text's ids are kept in {IdsFolder} (17 MB); while it does not change it need "
                + "not be read again.",
            Hint(first)
        );
        Assert.Single(Kept);
        var second = await TrainAsync("second");
        Assert.Null(Hint(second));
        Assert.Equal(_ground.ModelBytes("first"), _ground.ModelBytes("second"));

        var resumed = await _ground.RunAsync("train", "-o", "second", "--resume", "--max-steps", "3");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Null(Hint(resumed));
        Assert.Single(Kept);
    }

    [Theory]
    [InlineData("--no-cache")]
    [InlineData("CHARRNN_NO_CACHE")]
    public async Task WithoutCache_NothingIsKept_AndTheModelIsTheSame(string how)
    {
        MakeText(Large);
        Assert.Equal(0, (await TrainAsync("kept")).ExitCode);
        Directory.Delete(_ground["cache"], recursive: true);
        if (!how.StartsWith('-'))
            _environment[how] = "1";
        var outcome = await TrainApartAsync("unkept", how.StartsWith('-') ? [how] : []);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Null(Hint(outcome));
        Assert.False(Directory.Exists(_ground["cache"]));
        Assert.Equal(_ground.ModelBytes("kept"), _ground.ModelBytes("unkept"));
        Assert.Equal(
            ["few.txt", "kept", "large.txt", "text.txt", "unkept"],
            Directory
                .GetFileSystemEntries(_ground.Root)
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task ProgressNone_SaysNothingOfTheIds()
    {
        MakeText(Large);
        var outcome = await TrainAsync("run", "--progress", "none");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Single(Kept);
    }

    [Fact]
    public async Task TwoProcessesAtOnce_TrainTheSameModel_AndKeepOneFile()
    {
        MakeText(LongTests.Samples(Larger / 2, byDefault: Large));
        var outcomes = await Task.WhenAll(TrainApartAsync("one"), TrainApartAsync("two"));
        Assert.All(outcomes, outcome => Assert.Equal(0, outcome.ExitCode));
        Assert.Equal(_ground.ModelBytes("one"), _ground.ModelBytes("two"));
        Assert.Single(Kept);
        Assert.Empty(Temporaries);
    }

    [Fact]
    public async Task Kill_WhileTheIdsAreBuilt_LeavesATemporaryFileThatIsSweptAway()
    {
        MakeText(Larger);
        var process = await StartBuildingAsync();
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Kept);
        string left = Assert.Single(Temporaries);
        // The text was so large only to be caught while it is read.
        using (var text = File.OpenWrite(_ground["large.txt"]))
            text.SetLength(Large);

        Assert.Equal(0, (await TrainAsync("after")).ExitCode);
        File.Delete(Assert.Single(Kept));
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-1));
        Assert.Equal(0, (await TrainAsync("later")).ExitCode);
        Assert.Single(Kept);
        Assert.Empty(Temporaries);
        Assert.Equal(_ground.ModelBytes("after"), _ground.ModelBytes("later"));
    }

    [Fact]
    public async Task CtrlC_WhileTheIdsAreBuilt_IsCode130_AndLeavesNothing()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("signals are sent by kill");
        MakeText(Larger);
        var process = await StartBuildingAsync();
        await TrainingGround.SignalAsync(process, "INT");
        var outcome = await CharrnnProcess.EndAsync(process);
        Assert.Equal((130, ""), (outcome.ExitCode, outcome.Output));
        // On a slow machine what has been read so far was said before.
        string[] lines = outcome.Error.TrimEnd('\n').Split('\n');
        Assert.Equal("charrnn: interrupted", lines[^1]);
        Assert.All(lines[..^1], line => Assert.StartsWith("reading the text ", line));
        Assert.Empty(Kept);
        Assert.Empty(Temporaries);
        Assert.False(Directory.Exists(_ground["run"]));
    }

    [Fact]
    public async Task ADiskWithoutRoomForTheCache_CostsAHint_AndOneWithoutRoomForATemporaryFile_IsOneLineAndCode1()
    {
        MakeText(Large);
        using var disk = await SmallDisk.MountAsync(_ground["cache"]);
        var hinted = await TrainApartAsync("hinted");
        Assert.Equal(0, hinted.ExitCode);
        Assert.Equal(
            $"charrnn: hint: the text's ids cannot be kept in {IdsFolder}: 1 MB are free there, and 17 are "
                + "needed; a temporary file takes their place, and the text is read again next time.",
            Hint(hinted)
        );
        Assert.Empty(Kept);
        Assert.Empty(Temporaries);

        _environment["TMPDIR"] = _ground["cache"];
        var refused = await TrainApartAsync("refused");
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith(
            "charrnn: error: the text's ids need a file of 17 MB, which cannot be written in ",
            refused.Error
        );
        Assert.EndsWith(
            "1 MB are free there, and 17 are needed; make room, or name another folder in TMPDIR.\n",
            refused.Error
        );
        Assert.Single(refused.Error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(_ground["refused"]));
    }

    [Fact]
    public async Task ADiskThatFillsUpWhileTheIdsAreBuilt_CostsAHint_AndTheTextIsReadToItsEndAllTheSame()
    {
        MakeText(Large);
        using var disk = await SmallDisk.MountAsync(_ground["cache"], megabytes: 20);
        var filler = new FillOnce(_ground["cache/filler"], bytes: 10_000_000);
        var options = new CorpusOptions
        {
            Encoding = TextEncoding.Bytes,
            Cache = new IdCache(_ground["cache/ids"]),
            Progress = filler,
        };
        using var corpus = Corpus.Load([_ground["large.txt"]], options);
        using var whole = Corpus.Load([_ground["large.txt"]], new CorpusOptions { Encoding = TextEncoding.Bytes });
        Assert.Contains("the disk is full; a temporary file takes their place", Assert.Single(corpus.Hints));
        Assert.Equal((whole.Sha256, Large), (corpus.Sha256, corpus.Ids.Length));
        Assert.Equal(whole.Ids[Large - 1], corpus.Ids[Large - 1]);
        Assert.Empty(Directory.GetFiles(_ground["cache/ids"]));
    }

    [Fact]
    public void EvalAndStats_UseTheCacheOfTheirOwnReading()
    {
        using var shell = new TestShell();
        // Few enough to be scored in a moment, and in the cache all the same: what the vocabulary lacks is left out.
        string text = shell.Folder.File("text.txt");
        using (var file = new FileStream(text, FileMode.CreateNew))
        {
            file.Write("abc\nabc\n"u8);
            file.SetLength(Large);
            for (long place = 8; place < Large; place += 1 << 20)
            {
                file.Position = place;
                file.Write(
                    new byte[Math.Min(1 << 20, Large - place)]
                        .Select(_ => (byte)'-')
                        .ToArray()
                );
            }
        }
        string model = SuccessorModel.Save(shell.Folder.File("model.safetensors"), "abc\n");
        string ids = Path.Combine(shell.CacheFolder, "ids");
        for (int time = 0; time < 2; time++)
        {
            var outcome = shell.Run("eval", model, text, "--unknown", "skip", "--json");
            Assert.Equal(0, outcome.ExitCode);
            Assert.Equal(7, JsonDocument.Parse(outcome.Output).RootElement.GetProperty("chars").GetInt32());
            Assert.Contains("lacks them: 16,999,992", outcome.Error);
            Assert.Equal(time == 0, outcome.Error.Contains("are kept in"));
            Assert.Single(Directory.GetFiles(ids));
        }
        var stats = shell.Run("data", "stats", text, "--json");
        Assert.Equal(Large, JsonDocument.Parse(stats.Output).RootElement.GetProperty("chars").GetInt64());
        Assert.Equal(2, Directory.GetFiles(ids).Length);
        Assert.Equal(stats.Output, shell.Run("data", "stats", text, "--json", "--no-cache").Output);
    }

    private void MakeText(int length)
    {
        using var file = new FileStream(_ground["large.txt"], FileMode.CreateNew);
        file.Write(Beginning);
        file.SetLength(length);
    }

    private Task<Outcome> TrainAsync(string run, params string[] more) => _ground.RunAsync([.. Train, run, .. more]);

    /// <summary>The same in a process of its own, which finds cache and temporary folder by its environment.</summary>
    private Task<Outcome> TrainApartAsync(string run, params string[] more) =>
        _ground.RunAsync(_environment, [.. Train, run, .. more]);

    // The temporary file is there from the beginning of the second reading to its end.
    private async Task<Process> StartBuildingAsync()
    {
        var process = _ground.Start(_environment, [.. Train, "run"]);
        while (Temporaries.Length == 0)
        {
            Assert.False(process.HasExited, "the process ended before it built anything");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        return process;
    }

    private static string? Hint(Outcome outcome) =>
        outcome.Error.Split('\n').SingleOrDefault(line => line.Contains("ids"));

    private sealed class FillOnce(string path, int bytes) : IProgress<CorpusProgress>
    {
        public void Report(CorpusProgress value)
        {
            if (value.Phase == CorpusPhase.Encoding && !File.Exists(path))
                File.WriteAllBytes(path, new byte[bytes]);
        }
    }

    private string[] Files(string pattern) => Directory.Exists(IdsFolder) ? Directory.GetFiles(IdsFolder, pattern) : [];
}
