using System.Text.Json;
using CharRnn.Checkpoints;

namespace CharRnn.Cli.Tests;

public sealed class RunsCommandTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void List_SaysWhatEachRunReachedAndWhetherItIsDone()
    {
        string done = Train("done", maxSteps: 20);
        string stopped = Train("stopped", maxSteps: 1000, stopAfter: 10);
        var runs = List();
        Assert.Equal(["done", "stopped"], runs.Select(run => Text(run, "name")).Order());
        var first = runs.Single(run => Text(run, "name") == "done");
        Assert.Equal(
            ("finished", "language model", "gru 1×8", "text"),
            (Text(first, "state"), Text(first, "kind"), Text(first, "model"), Text(first, "corpus"))
        );
        Assert.Equal(20, first.GetProperty("steps").GetInt64());
        Assert.True(first.GetProperty("best_val_loss").GetDouble() > 0);
        Assert.Equal("interrupted", Text(runs.Single(run => Text(run, "name") == "stopped"), "state"));
        using (RunLock.Acquire(RunFolder.Open(stopped)))
            Assert.Equal("running", Text(List().Single(run => Text(run, "name") == "stopped"), "state"));
        File.WriteAllText(Path.Combine(done, "config.json"), "{}");
        Assert.Equal("unreadable", Text(List().Single(run => Text(run, "name") == "done"), "state"));
    }

    [Fact]
    public void List_IsSortedAndPlainWhereItIsNotLookedAt()
    {
        Train("b", maxSteps: 30);
        Train("a", maxSteps: 10);
        string[] bySteps = Lines("runs", "list", Runs, "--sort", "steps");
        Assert.StartsWith("NAME", bySteps[0]);
        Assert.Equal(["a", "b"], bySteps[1..].Select(line => line.Split(' ')[0]));
        Assert.Equal(["a", "b"], Lines("runs", "list", Runs, "--sort", "name")[1..].Select(line => line.Split(' ')[0]));
        Assert.DoesNotContain('\e', string.Concat(bySteps));
        _shell.IsOutputTerminal = true;
        Assert.Contains("╭", _shell.Run("runs", "list", Runs).Output);
    }

    [Fact]
    public void List_OfNothing_IsNoError()
    {
        Directory.CreateDirectory(Runs);
        var outcome = _shell.Run("runs", "list", Runs);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("there are no runs", outcome.Error);
        Assert.Equal(3, _shell.Run("runs", "list", Runs + "-not").ExitCode);
        Assert.Equal(2, _shell.Run("runs", "--sort", "beauty").ExitCode);
    }

    [Fact]
    public void Compare_ShowsOnlySettingsThatDiffer()
    {
        string a = Train("a", maxSteps: 10),
            b = Train("b", maxSteps: 20);
        string output = _shell.Run("runs", "compare", a, b).Output;
        Assert.Matches(@"(?m)^max_steps +10 +20\r?$", output);
        Assert.Matches(@"(?m)^steps +10 +20\r?$", output);
        Assert.DoesNotContain("hidden_size", output);
        var json = TrainingGround.Parsed(_shell.Run("runs", "compare", a, b, "--json").Output).GetProperty("runs");
        Assert.Equal("20", Text(json[1].GetProperty("settings"), "max_steps"));
        Assert.Equal(2, _shell.Run("runs", "compare", a).ExitCode);
        Assert.Equal(2, _shell.Run("runs", "compare", a, a).ExitCode);
    }

    [Fact]
    public void Rename_MovesTheFolderAndRefusesWhatIsThere()
    {
        string a = Train("a", maxSteps: 5),
            b = Train("b", maxSteps: 5);
        Assert.Equal(2, _shell.Run("runs", "rename", a, "b").ExitCode);
        Assert.Equal(2, _shell.Run("runs", "rename", a, "../c").ExitCode);
        using (RunLock.Acquire(RunFolder.Open(a)))
            Assert.Contains("is being trained", _shell.Run("runs", "rename", a, "c").Error);
        var outcome = _shell.Run("runs", "rename", a + "/", "c");
        string c = Path.Combine(Runs, "c");
        Assert.Equal((0, c), (outcome.ExitCode, outcome.Output.TrimEnd()));
        Assert.False(Directory.Exists(a));
        Assert.Equal(5, RunFolder.Open(c).LastStep);
        Assert.True(Directory.Exists(b));
    }

    [Fact]
    public void Delete_AsksOrIsToldYes()
    {
        string a = Train("a", maxSteps: 5),
            b = Train("b", maxSteps: 5);
        var refused = _shell.Run("runs", "delete", a);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--yes", refused.Error);
        _shell.IsInputTerminal = true;
        _shell.Input = "n\n";
        Assert.Contains("nothing was deleted", _shell.Run("runs", "delete", a).Error);
        Assert.True(Directory.Exists(a));
        _shell.Input = "y\n";
        Assert.Equal(a, _shell.Run("runs", "delete", a).Output.TrimEnd());
        Assert.False(Directory.Exists(a));
        _shell.IsInputTerminal = false;
        Assert.Equal(0, _shell.Run("runs", "delete", b, "--yes").ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Runs));
    }

    [Fact]
    public void Delete_RefusesWhatIsNoRunOrIsTrainedAndTouchesNothingThen()
    {
        string good = Train("good", maxSteps: 5);
        // Many programs have such a file.
        string other = Path.Combine(Runs, "other");
        Directory.CreateDirectory(other);
        File.WriteAllText(Path.Combine(other, "config.json"), """{"name":"something else"}""");
        Assert.Equal(3, _shell.Run("runs", "delete", good, other, "--yes").ExitCode);
        Assert.Equal(3, _shell.Run("runs", "delete", good, Runs, "--yes").ExitCode);
        string holder = Train("holder", maxSteps: 5);
        Directory.CreateDirectory(Path.Combine(holder, "mine"));
        Assert.Equal(2, _shell.Run("runs", "delete", good, holder, "--yes").ExitCode);
        string busy = Train("busy", maxSteps: 5);
        using (RunLock.Acquire(RunFolder.Open(busy)))
            Assert.Contains("is being trained", _shell.Run("runs", "delete", good, busy, "--yes").Error);
        if (!OperatingSystem.IsWindows())
        {
            string link = Path.Combine(Runs, "link");
            Directory.CreateSymbolicLink(link, busy);
            Assert.Equal(2, _shell.Run("runs", "delete", good, link, "--yes").ExitCode);
        }
        Assert.All([good, other, holder, busy], folder => Assert.True(Directory.Exists(folder)));
        Assert.Equal(5, RunFolder.Open(good).LastStep);
    }

    private string Runs => _shell.Folder.File("runs");

    private static string Text(JsonElement json, string key) => json.GetProperty(key).GetString()!;

    private string[] Lines(params string[] arguments) =>
        _shell.Run(arguments).Output.TrimEnd().ReplaceLineEndings("\n").Split('\n');

    private List<JsonElement> List() =>
        [
            .. TrainingGround
                .Parsed(_shell.Run("runs", "list", Runs, "--json").Output)
                .GetProperty("runs")
                .EnumerateArray(),
        ];

    private string Train(string name, long maxSteps, long? stopAfter = null)
    {
        var settings = new TrainingSettings
        {
            Cell = "gru",
            HiddenSize = 8,
            NumLayers = 1,
            EmbeddingSize = 4,
            SeqLength = 8,
            BatchSize = 2,
            MaxSteps = maxSteps,
            SampleEvery = Cadence.Never,
            Threads = 1,
        };
        string path = Path.Combine(Runs, name);
        using var corpus = Corpus.FromText("text", TrainingGround.Text(2000));
        using var stop = new CancellationTokenSource();
        using var trainer = Trainer.Start(corpus, settings, RunFolder.Create(path));
        trainer.Run(new Stopper(stop, stopAfter), stop.Token);
        return path;
    }

    private sealed class Stopper(CancellationTokenSource stop, long? after) : ITrainingObserver
    {
        public void OnStep(in TrainingProgress progress)
        {
            if (progress.Step == after)
                stop.Cancel();
        }
    }
}
