using System.Text.RegularExpressions;

namespace CharRnn.Cli.Tests.Golden;

/// <summary>
/// What verbs wrote of models that an earlier version made. The first line of a transcript is the command line, and the
/// rest is standard output.
/// </summary>
public sealed partial class TranscriptTests
{
    private const string Prompt = "$ charrnn ";

    public static TheoryData<string> Samples() => Named(name => name.Contains("-sample"));

    public static TheoryData<string> Others() => Named(name => !name.Contains("-sample"));

    [Theory(
        Skip = GoldenFiles.NeedsFusedMultiplyAdd,
        SkipType = typeof(GoldenFiles),
        SkipUnless = nameof(GoldenFiles.CanBeCompared)
    )]
    [MemberData(nameof(Samples))]
    public void SamplingFromARecordedModel_WritesTheRecordedText(string name) => AssertWritesTheSame(name);

    [Theory(
        Skip = GoldenFiles.NeedsFusedMultiplyAdd,
        SkipType = typeof(GoldenFiles),
        SkipUnless = nameof(GoldenFiles.CanBeCompared)
    )]
    [MemberData(nameof(Others))]
    public void EveryOtherRecordedCommand_WritesTheRecordedOutput(string name) => AssertWritesTheSame(name);

    private static void AssertWritesTheSame(string name)
    {
        string[] recorded = File.ReadAllText(GoldenFiles.At("transcripts", name + ".txt")).Split('\n', 2);
        Assert.StartsWith(Prompt, recorded[0]);
        using var shell = new TestShell();

        var outcome = shell.Run(GoldenFiles.Arguments(recorded[0][Prompt.Length..]));

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(recorded[1], Speed().Replace(GoldenFiles.WithoutMachine(outcome.Output), ""));
    }

    private static TheoryData<string> Named(Func<string, bool> isMeant) =>
        [
            .. from path in Directory.GetFiles(GoldenFiles.At("transcripts"))
            let name = Path.GetFileNameWithoutExtension(path)
            where isMeant(name)
            orderby name
            select name,
        ];

    // What a clock said is in no transcript.
    [GeneratedRegex(@"^characters/s .*\n", RegexOptions.Multiline)]
    private static partial Regex Speed();
}
