namespace CharRnn.Cli.UserTrials;

/// <summary>The command lines that are suggested can be pasted into a shell, whatever the run is called.</summary>
public sealed class PastedCommandTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData("my run", "charrnn sample 'my run'")]
    [InlineData("it's", @"charrnn sample 'it'\''s'")]
    [InlineData("./-x", "charrnn sample ./-x")]
    public async Task NextCommand_NamesTheRunAsAShellTakesIt(string folder, string next)
    {
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--max-steps",
            "2",
            "-o",
            folder,
        ]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains($"next     {next}\n", outcome.Output);
        Assert.Contains($"'{next.Replace("charrnn sample ", "charrnn train -o ")} --resume' goes on", outcome.Error);
    }

    [Fact]
    public async Task Beginning_SaysHowLongItTakes_WhereItWrites_AndHowToStop()
    {
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--max-steps",
            "2",
            "--max-time",
            "90s",
            "-o",
            "run",
        ]);
        Assert.Contains(
            "charrnn: trains for 1 min 30 s or 2 steps in all, into run; Ctrl-C saves and stops, 'charrnn train -o run "
                + "--resume' goes on\n",
            outcome.Error
        );
    }
}
