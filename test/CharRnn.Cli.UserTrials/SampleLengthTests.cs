using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>Bounds of the length of sampled texts, and what cannot be one.</summary>
public sealed class SampleLengthTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private Outcome Sample(string cycle, params string[] flags) =>
        _shell.Run(["sample", SuccessorModel.Save(_shell.Folder.File("model.safetensors"), cycle), .. flags]);

    [Fact]
    public void LabelledRecords_HaveTheLengthsThatAreAskedFor_WithTheirPrompts()
    {
        using var ground = new LabeledGround().Train();
        string[] words = ground
            .Shell.Run([
                "sample",
                ground.Run,
                "--label",
                "soft",
                "-p",
                "la",
                "--num-samples",
                "60",
                .. Bounds("9", "11"),
            ])
            .Output.TrimEnd()
            .Split('\n');
        Assert.Equal(60, words.Length);
        Assert.All(words, word => Assert.InRange(word.Length, 9, 11));
        Assert.Contains(words, word => word.Length == 9);
        Assert.Contains(words, word => word.Length == 11);

        static string[] Bounds(string min, string max) => ["--min-length", min, "--max-length", max];
    }

    [Fact]
    public void AStopText_DoesNotCome_BeforeTheMinimum()
    {
        Assert.Equal("ab", Sample("abcd", "-p", "a", "--stop", "cd").Output);
        string[] flags = ["-p", "a", "--stop", "cd", "--min-length", "4", "--temperature", "20", "--num-samples", "40"];
        string[] texts = Sample("abcd", [.. flags, "--separator", " "]).Output.Split(' ');
        Assert.All(texts, text => Assert.True(text.Length >= 4, text));
        Assert.All(texts, text => Assert.DoesNotContain("cd", text[1..]));
        Assert.Contains(texts, text => text.Length == 4);
    }

    [Fact]
    public void TheMaximum_EndsAText_AndIsItsReason()
    {
        Assert.Equal("abcda", Sample("abcd", "-p", "ab", "--max-length", "5").Output);
        Assert.Equal("abc", Sample("abcd", "-p", "ab", "--max-length", "5", "-n", "1").Output);
        Assert.Equal(702, Sample("abcd", "-p", "ab", "--max-length", "702").Output.Length);
        var json = JsonDocument.Parse(Sample("abcd", "-p", "ab", "--max-length", "5", "--json").Output).RootElement;
        Assert.Equal("length", json.GetProperty("finish_reason").GetString());
    }

    [Theory]
    [InlineData("--min-length is 5, and --max-length is 4", "--min-length", "5", "--max-length", "4", "--stop", "a")]
    [InlineData("a prompt has 3 characters, and --max-length is 3", "-p", "abc", "--max-length", "3")]
    [InlineData("nothing but its length ends a text", "--min-length", "5")]
    [InlineData("--length ends a text after 5", "--min-length", "8", "-n", "5", "--stop", "a", "-p", "ab")]
    [InlineData("--min-length is '0'; it needs a whole number from 1", "--min-length", "0")]
    [InlineData("--max-length does not go with --beams", "--beams", "2", "--max-length", "5")]
    [InlineData("--min-length does not go with --interactive", "--interactive", "--min-length", "5")]
    public void BoundsThatCannotBeKept_AreRefused(string message, params string[] flags)
    {
        var outcome = Sample("abc", flags);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Error);
    }
}
