namespace CharRnn.Cli.Tests;

public sealed class DryRunTests : IDisposable
{
    private static readonly string[] Small =
    [
        "--cell=gru",
        "--hidden-size=16",
        "--num-layers=1",
        "--embedding-size=8",
        "--seq-length=8",
        "--batch-size=4",
        "--threads=1",
    ];

    private readonly TestShell _shell = new();
    private readonly string _text;

    public DryRunTests()
    {
        _text = _shell.Folder.File("text.txt");
        File.WriteAllText(_text, TrainingGround.Text(3000));
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void DryRun_SaysWhatTrainingWouldDoAndWritesNothing()
    {
        string[] before = Directory.GetFileSystemEntries(_shell.Folder.Path, "*", SearchOption.AllDirectories);
        string run = _shell.Folder.File("run");
        string[] arguments = ["train", _text, .. Small, "--max-steps=40", "-o", run, "--progress=none"];
        var outcome = _shell.Run([.. arguments, "--dry-run", "--json"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(before, Directory.GetFileSystemEntries(_shell.Folder.Path, "*", SearchOption.AllDirectories));
        var said = TrainingGround.Parsed(outcome.Output);
        Assert.Equal((40, "max_steps"), (said.GetProperty("steps").GetInt64(), said.GetProperty("limit").GetString()));
        Assert.True(said.GetProperty("ms_per_step").GetDouble() > 0);
        Assert.Equal(
            said.GetProperty("memory_bytes").GetInt64(),
            ((string[])["weight_bytes", "gradient_bytes", "moment_bytes", "activation_bytes"]).Sum(part =>
                said.GetProperty(part).GetInt64()
            )
        );
        var trained = TrainingGround.Parsed(_shell.Run([.. arguments, "--json"]).Output);
        Assert.Equal(trained.GetProperty("params").GetInt64(), said.GetProperty("params").GetInt64());
        Assert.Equal(said.GetProperty("weight_bytes").GetInt64(), 4 * said.GetProperty("params").GetInt64());
    }

    [Theory]
    [InlineData("--max-time=10s", "max_time")]
    [InlineData("--max-epochs=2", "max_epochs")]
    [InlineData("--until-stopped", null)]
    public void DryRun_KnowsTheLimit(string limit, string? name)
    {
        var said = TrainingGround.Parsed(
            _shell.Run(["train", _text, .. Small, limit, "--dry-run", "--json", "--progress=none"]).Output
        );
        Assert.Equal(name, said.GetProperty("limit").GetString());
        if (name == "max_epochs")
            Assert.Equal(2 * said.GetProperty("steps_per_epoch").GetInt64(), said.GetProperty("steps").GetInt64());
        if (name == "max_time")
            Assert.InRange(said.GetProperty("seconds").GetDouble(), 9.9, 11);
    }

    [Fact]
    public void DryRun_OfAClassifier_SaysTheSame()
    {
        var outcome = _shell.Run("classify", "train", "--dry-run", "--hidden-size=8", "--max-epochs=3", "--threads=1");
        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith("network  lstm 1×8, bidirectional, ", outcome.Output);
        Assert.Contains(" epochs, about ", outcome.Output);
        Assert.False(Directory.Exists("runs"));
    }

    [Fact]
    public void DryRun_OfARunThatGoesOn_IsRefused()
    {
        var outcome = _shell.Run("train", "--dry-run", "--resume");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--resume does not go with --dry-run", outcome.Error);
    }
}
