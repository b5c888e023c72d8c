using System.Text.Json;
using CharRnn.Networks;

namespace CharRnn.Cli.Tests;

public sealed class ReportCommandTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private string Train(string name)
    {
        using var corpus = Corpus.FromText("small", TrainingGround.Text(1000));
        var settings = new TrainingSettings
        {
            Cell = "rnn",
            HiddenSize = 8,
            NumLayers = 1,
            EmbeddingSize = 4,
            SeqLength = 8,
            BatchSize = 4,
            MaxSteps = 20,
            EvalEvery = Cadence.EverySteps(10),
            Threads = 1,
        };
        using var trainer = Trainer.Start(corpus, settings, RunFolder.Create(_shell.Folder.File(name)));
        trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        return _shell.Folder.File(name);
    }

    [Fact]
    public void Report_GoesIntoTheFirstRunsFolderAndIsNamed()
    {
        var (a, b) = (Train("a"), Train("b"));
        var outcome = _shell.Run("report", a, b);
        string path = Path.Combine(a, "report.html");
        Assert.Equal((0, path, ""), (outcome.ExitCode, outcome.Output.TrimEnd(), outcome.Error));
        Assert.Contains("<title>a, b</title>", File.ReadAllText(path));
        // The folder is a run as before, also to whoever goes on with it.
        Assert.Equal(0, _shell.Run("report", a).ExitCode);
        Assert.Equal(20, RunFolder.Open(a).LastStep);
    }

    [Fact]
    public void OutputTitleAndJson_AreTaken()
    {
        var (run, path) = (Train("a"), _shell.Folder.File("page.html"));
        var outcome = _shell.Run("report", run, "-o", path, "--title", "My runs", "--json");
        Assert.Equal(0, outcome.ExitCode);
        var json = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal(path, json.GetProperty("report").GetString());
        Assert.Equal(new FileInfo(path).Length, json.GetProperty("bytes").GetInt64());
        Assert.Equal([run], json.GetProperty("runs").EnumerateArray().Select(one => one.GetString()));
        Assert.Contains("<title>My runs</title>", File.ReadAllText(path));
    }

    [Fact]
    public void WhatIsNoRun_IsOneLineAndCode3AndLeavesNothing()
    {
        var (run, path) = (Train("a"), _shell.Folder.File("page.html"));
        Refused(3, "none", "report", run, _shell.Folder.File("none"), "-o", path);
        Refused(3, "is not a run", "report", _shell.Folder.Path, "-o", path);
        File.WriteAllText(Path.Combine(run, "metrics.jsonl"), "rubbish\n{\"step\":1}\n");
        Refused(3, "metrics.jsonl line 1", "report", run, "-o", path);
        File.WriteAllText(Path.Combine(run, "config.json"), "{}");
        Refused(3, "config.json", "report", run, "-o", path);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void WrongCommandLines_AreCode2AndUnwritableFilesCode1()
    {
        string run = Train("a");
        Refused(2, "RUN", "report");
        Refused(2, "named twice", "report", run, run);
        Refused(2, "empty", "report", run, "-o", "");
        Refused(1, "its folder does not exist", "report", run, "-o", _shell.Folder.File("missing/page.html"));
    }

    private void Refused(int code, string message, params string[] arguments)
    {
        var outcome = _shell.Run(arguments);
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Output));
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Contains(message, outcome.Error);
    }
}
