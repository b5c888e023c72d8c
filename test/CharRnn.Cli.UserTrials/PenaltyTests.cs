namespace CharRnn.Cli.UserTrials;

/// <summary>Penalties of repetition, and limits of what is repeated and copied, on the command line.</summary>
public sealed class PenaltyTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private Outcome Sample(string cycle, params string[] flags) =>
        _shell.Run(["sample", SuccessorModel.Save(_shell.Folder.File("model.safetensors"), cycle), .. flags]);

    // More than the logits, which differ by 50.
    private const string Strong = "100";

    [Theory]
    [InlineData("--presence-penalty")]
    [InlineData("--frequency-penalty")]
    [InlineData("--repetition-penalty")]
    public void APenalty_LetsOtherCharactersCome(string flag)
    {
        string[] flags = ["-p", "ba", "-n", "1", "--num-samples", "20", "--separator", " "];
        Assert.All(Sample("abcdef", flags).Output.Split(' '), text => Assert.Equal("bab", text));
        Assert.Contains(Sample("abcdef", [.. flags, flag, Strong]).Output.Split(' '), text => text != "bab");
    }

    [Fact]
    public void TheWindow_SaysHowFarAPenaltyLooksBack()
    {
        string[] flags = ["-p", "bca", "-n", "1", "--greedy", "--presence-penalty", Strong];
        Assert.Equal("bcab", Sample("abcdef", [.. flags, "--penalty-window", "2"]).Output);
        Assert.NotEqual("bcab", Sample("abcdef", [.. flags, "--penalty-window", "3"]).Output);
        Assert.NotEqual("bcab", Sample("abcdef", flags).Output);
    }

    [Fact]
    public void NoRepeatSpan_WritesNoSpanTwice()
    {
        string text = Sample("abcd", "-p", "a", "-n", "8", "--no-repeat-span", "2").Output;
        string[] pairs = [.. Enumerable.Range(0, text.Length - 1).Select(at => text.Substring(at, 2))];
        Assert.StartsWith("abcda", text);
        Assert.Equal(pairs.Length, pairs.Distinct().Count());
    }

    [Fact]
    public void MaxCopy_CopiesNoLongerSpanOfTheTrainingText()
    {
        File.WriteAllText(_shell.Folder.File("training.txt"), "xx abcdef yy");
        string[] corpus = ["--corpus", _shell.Folder.File("training.txt"), "-p", "a", "-n", "5"];
        Assert.Equal("abcdef", Sample("abcdef", [.. corpus, "--max-copy", "6"]).Output);
        string limited = Sample("abcdef", [.. corpus, "--max-copy", "3"]).Output;
        Assert.StartsWith("abc", limited);
        Assert.NotEqual('d', limited[3]);
        // The prompt is no part of what is measured there.
        Assert.Contains(
            "longest span copied from training: 2 characters",
            Sample("abcdef", [.. corpus, "--max-copy", "3", "--novel"]).Error
        );
    }

    [Fact]
    public void MaxCopy_HoldsForLabelledRecords_WhichMayEndAfterACopy()
    {
        using var ground = new LabeledGround().Train();
        string[] words = ground
            .Shell.Run([
                "sample",
                ground.Run,
                "--label",
                "soft",
                "--num-samples",
                "40",
                "--max-copy",
                "3",
                "--temperature",
                "0.5",
            ])
            .Output.TrimEnd()
            .Split('\n');
        string[] known = ground.Words();
        Assert.All(
            words,
            word =>
            {
                for (int at = 0; at + 4 <= word.Length; at++)
                    Assert.DoesNotContain(known, other => other.Contains(word.Substring(at, 4)));
            }
        );
        Assert.Contains(words, word => word.Length >= 3);
    }

    [Theory]
    [InlineData("--penalty-window says what --repetition-penalty", "--penalty-window", "5")]
    [InlineData("--repetition-penalty is '0'; it needs a number above 0", "--repetition-penalty", "0")]
    [InlineData("--no-repeat-span does not go with --beams", "--beams", "2", "--no-repeat-span", "4")]
    [InlineData("--max-copy does not go with --beams", "--beams", "2", "--max-copy", "4")]
    [InlineData("name the text with --corpus", "--max-copy", "4")]
    public void PenaltiesThatMeanNothing_AreRefused(string message, params string[] flags)
    {
        var outcome = Sample("abc", flags);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Error);
    }
}
