using CharRnn.Tests;

namespace CharRnn.Cli.Tests.Golden;

/// <summary>Short runs of every kind of network, text and optimiser learn what they learnt when recorded.</summary>
public sealed class RecordedWeightsTests
{
    private const int Steps = 60;

    // Scoring, saving and sampling change nothing that is learnt, and take time. Classifiers have no such flags.
    private static readonly string[] AtTheEndAlone = ["--eval-every", "0", "--save-every", "0", "--sample-every", "0"];

    /// <summary>Every recorded run with one thread and with two, or by default with one or two in turn.</summary>
    public static TheoryData<string, int, string> Runs() =>
        new(
            from run in GoldenFiles.Hashes(GoldenFiles.At("weights.txt")).Index()
            from threads in LongTests.Share([1, 2], turn: run.Index, of: 2)
            select (run.Item.Of, threads, run.Item.Hash)
        );

    [Theory(
        Skip = GoldenFiles.NeedsFusedMultiplyAdd,
        SkipType = typeof(GoldenFiles),
        SkipUnless = nameof(GoldenFiles.CanBeCompared)
    )]
    [MemberData(nameof(Runs))]
    public void Weights_OfEveryRecordedRun_AreTheSameBits(string commandLine, int threads, string hash)
    {
        using var shell = new TestShell();
        string run = shell.Folder.File("run");
        string[] arguments = GoldenFiles.Arguments(commandLine);
        string[] rest = arguments[0] == "train" ? AtTheEndAlone : [];

        string[] ofAll = ["--max-steps", $"{Steps}", "--threads", $"{threads}", "--progress", "none", "-o", run];
        var outcome = shell.Run([.. arguments, .. ofAll, .. rest]);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(hash, GoldenFiles.HashOfTensors(Path.Combine(run, "checkpoints", $"step-{Steps}.safetensors")));
    }
}
