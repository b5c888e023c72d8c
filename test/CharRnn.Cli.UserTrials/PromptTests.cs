using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>Many prompts at once, from flags, files and standard input, and what may be written in them.</summary>
public sealed class PromptTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private Outcome Sample(string cycle, params string[] flags) =>
        _shell.Run(["sample", SuccessorModel.Save(_shell.Folder.File("model.safetensors"), cycle), .. flags]);

    private string PromptFile(string content)
    {
        File.WriteAllText(_shell.Folder.File("prompts.txt"), content);
        return _shell.Folder.File("prompts.txt");
    }

    [Fact]
    public void EachPrompt_GetsItsTexts_AsItWouldAlone()
    {
        string[] flags = ["-n", "20", "--temperature", "60", "--seed", "5", "--num-samples", "3", "--separator", "|"];
        string both = Sample("abcdef", ["-p", "abc", "-p", "f", .. flags]).Output,
            first = Sample("abcdef", ["-p", "abc", .. flags]).Output,
            second = Sample("abcdef", ["-p", "f", .. flags]).Output;
        Assert.Equal($"{first}|{second}", both);
        Assert.Equal(both, Sample("abcdef", ["--prompt-file", PromptFile("abc\r\nf"), .. flags]).Output);
        _shell.Input = "\uFEFFabc\nf\n";
        Assert.Equal(both, Sample("abcdef", ["--prompt-file", "-", .. flags]).Output);
    }

    [Fact]
    public void MorePromptsThanFitABatch_AreAllWritten_InTheirOrder()
    {
        string[] prompts = [.. Enumerable.Range(0, 200).Select(i => "abcdef".Substring(i % 6, 1))];
        var outcome = Sample(
            "abcdef",
            "--prompt-file",
            PromptFile(string.Join('\n', prompts)),
            "-n",
            "1",
            "--separator",
            "\\n"
        );
        Assert.Equal(
            prompts.Select(prompt => prompt + "bcdefa"["abcdef".IndexOf(prompt[0])]),
            outcome.Output.Split('\n')
        );
    }

    [Fact]
    public void Json_SaysThePrompt_AndCountsTheTextsOfEach()
    {
        var outcome = Sample("abc", "-p", "a", "-p", "bc", "-n", "2", "--num-samples", "2", "--json");
        Assert.Equal(
            [("a", 1, "bc"), ("a", 2, "bc"), ("bc", 1, "ab"), ("bc", 2, "ab")],
            outcome
                .Output.TrimEnd()
                .Split('\n')
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Select(text =>
                    (
                        text.GetProperty("prompt").GetString()!,
                        text.GetProperty("sample").GetInt32(),
                        text.GetProperty("text").GetString()!
                    )
                )
        );
    }

    [Fact]
    public void UnderALabel_EachPromptGetsItsWords()
    {
        using var ground = new LabeledGround().Train();
        string[] words = ground
            .Shell.Run("sample", ground.Run, "--label", "soft", "-p", "la", "-p", "mu", "--num-samples", "2")
            .Output.TrimEnd()
            .Split('\n');
        Assert.Equal(["la", "la", "mu", "mu"], words.Select(word => word[..2]));
    }

    [Fact]
    public void Escapes_AreReadWhereTheyAreAskedFor_AndElseLiteral()
    {
        Assert.Equal("a\nb", Sample("a\nb", "-p", @"a\n", "-n", "1", "--escapes").Output);
        Assert.Equal("a\\nb", Sample("a\\nb", "-p", @"a\n", "-n", "1").Output);
        Assert.Equal("a", Sample("a\nb", "-p", "a", "--stop", @"\n", "--escapes").Output);
        Assert.Equal(
            "ab\n",
            Sample("ab\n", "--prompt-file", PromptFile(@"ab\n"), "-n", "0", "--escapes", "--stop", "a").Output
        );
        var refused = Sample("abc", "-p", @"a\x", "--escapes");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(@"--prompt is 'a\x'; with --escapes it needs", refused.Error);
    }

    [Fact]
    public void AnUnknownCharacter_IsNamedWithItsLine()
    {
        var outcome = Sample("abc", "--prompt-file", PromptFile("a\n\nbxc\n"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("error: --prompt-file, line 3: 'x' (U+0078), character 2", outcome.Error);
        Assert.Contains("empty lines of", outcome.Error);
    }

    [Fact]
    public void AFileThatIsNone_OrHasNone_IsOneLine()
    {
        string lost = _shell.Folder.File("none.txt");
        Assert.Equal(
            new(3, "", $"charrnn: error: {lost} cannot be read: it does not exist.\n"),
            Sample("abc", "--prompt-file", lost)
        );
        Assert.Equal(3, Sample("abc", "--prompt-file", PromptFile("\n\n")).ExitCode);
        File.WriteAllBytes(lost, [0x61, 0xE9, 0x0A]);
        Assert.Contains("is not UTF-8", Sample("abc", "--prompt-file", lost).Error);
    }

    [Theory]
    [InlineData("--prompt does not go with --prompt-file", "-p", "a", "--prompt-file", "-")]
    [InlineData("--prompt-file does not go with --interactive", "--interactive", "--prompt-file", "-")]
    [InlineData("--prompt is given 2 times, and --interactive", "--interactive", "-p", "a", "-p", "b")]
    public void PromptsThatCannotBe_AreRefused(string message, params string[] flags)
    {
        var outcome = Sample("abc", flags);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Error);
    }
}
