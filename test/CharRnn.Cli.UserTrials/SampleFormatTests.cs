using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>Samples in files and for programs: parted, as JSON, whole or not at all.</summary>
public sealed class SampleFormatTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private string Model(string cycle) => SuccessorModel.Save(_shell.Folder.File("model.safetensors"), cycle);

    private Outcome Sample(string cycle, params string[] flags) => _shell.Run(["sample", Model(cycle), .. flags]);

    private static JsonElement[] Objects(Outcome outcome)
    {
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return
        [
            .. outcome.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.Clone()),
        ];
    }

    [Fact]
    public void ASeparator_StandsBetweenSamplesAlone_WithItsEscapesRead()
    {
        string[] three = ["-p", "a", "-n", "2", "--num-samples", "3"];
        Assert.Equal("abc\0abc\0abc", Sample("abc", [.. three, "--separator", @"\0"]).Output);
        Assert.Equal("abc\n\t\\abc\n\t\\abc", Sample("abc", [.. three, "--separator", @"\n\t\\"]).Output);
        Assert.Equal("abcabcabc", Sample("abc", [.. three, "--separator", ""]).Output);
        _shell.IsOutputTerminal = true;
        Assert.Equal("abc / abc / abc\n", Sample("abc", [.. three, "--separator", " / "]).Output);
    }

    [Fact]
    public void ASampleThatEndsALine_IsPartedByOneLineMore()
    {
        var outcome = Sample("abc\n", "-p", "a", "-n", "3", "--num-samples", "2");
        Assert.Equal("abc\n--- sample 2 of 2 ---\nabc\n", outcome.Output);
    }

    [Fact]
    public void ASeparator_TakesThePlaceOfALinesEnd_AfterEachRecord()
    {
        using var ground = new LabeledGround().Train();
        string lines = ground.Shell.Run("sample", ground.Run, "--label", "soft", "--num-samples", "3").Output,
            zeros =
                ground
                    .Shell.Run("sample", ground.Run, "--label", "soft", "--num-samples", "3", "--separator", @"\0")
                    .Output;
        Assert.Equal(lines.Replace('\n', '\0'), zeros);
    }

    [Fact]
    public void AnEscapeThatIsNone_IsRefused()
    {
        var outcome = Sample("abc", "--separator", @"\q");
        Assert.Equal(
            (2, @"charrnn: error: --separator is '\q'; it needs \n, \t, \\, \r or \0 where there is a backslash."),
            (outcome.ExitCode, outcome.Error.TrimEnd())
        );
    }

    [Fact]
    public void Json_HasATextALine_WithWhatItWasMadeFrom()
    {
        var texts = Objects(
            Sample("abcd", "-p", "ab", "--stop", "a", "-n", "5", "--num-samples", "2", "--seed", "7", "--json")
        );
        Assert.Equal(2, texts.Length);
        Assert.Equal(
            ["text", "prompt", "seed", "sample", "characters", "log_prob", "finish_reason"],
            texts[1].EnumerateObject().Select(property => property.Name)
        );
        Assert.Equal(
            ("cd", "ab", 7, 2, 2, "stop"),
            (
                texts[1].GetProperty("text").GetString(),
                texts[1].GetProperty("prompt").GetString(),
                texts[1].GetProperty("seed").GetInt32(),
                texts[1].GetProperty("sample").GetInt32(),
                texts[1].GetProperty("characters").GetInt32(),
                texts[1].GetProperty("finish_reason").GetString()
            )
        );
        Assert.Equal(0, texts[1].GetProperty("log_prob").GetDouble(), 1e-6);
        Assert.Equal(
            "length",
            Objects(Sample("abcd", "-n", "5", "--json"))[0].GetProperty("finish_reason").GetString()
        );
    }

    [Fact]
    public void LogProb_IsThatOfTheModelAtTemperature1_WhateverTheTextWasSampledWith()
    {
        using var ground = new LabeledGround().Train();
        var texts = Objects(
            ground.Shell.Run("sample", ground.Run, "--label", "soft", "-p", "la", "--greedy", "--json")
        );
        using var model = LanguageModel.Load(ground.Run);
        int boundary = model.Vocabulary.BoundaryId!.Value;
        int[] ids = [boundary, .. model.Encode("la" + texts[0].GetProperty("text").GetString()), boundary];
        using var session = model.NewSession(label: LabelBlend.Parse("soft", model.Labels));
        double expected = 0;
        for (int i = 0; i < ids.Length - 1; i++)
        {
            double[] logits = [.. session.Step(ids[i]).ToArray().Select(logit => (double)logit)];
            // The prompt's two characters are given.
            if (i >= 2)
                expected += logits[ids[i + 1]] - Math.Log(logits.Sum(Math.Exp));
        }
        Assert.Equal("stop", texts[0].GetProperty("finish_reason").GetString());
        Assert.Equal("soft", texts[0].GetProperty("label").GetString());
        Assert.Equal(expected, texts[0].GetProperty("log_prob").GetDouble(), 1e-4);
    }

    [Fact]
    public void Json_OfBeams_HasTheirLogProbability_AndNoSeed()
    {
        var outcome = Sample("abcd", "-p", "a", "-n", "3", "--beams", "2", "--num-samples", "2", "--json");
        var texts = outcome.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement);
        Assert.Equal("bcd", texts.First().GetProperty("text").GetString());
        Assert.True(texts.Last().GetProperty("log_prob").GetDouble() < -10);
        Assert.DoesNotContain("seed", outcome.Output);
    }

    [Fact]
    public void AFile_GetsWhatStandardOutputWould_EvenWhereThatIsATerminal()
    {
        string path = _shell.Folder.File("samples.txt");
        File.WriteAllText(path, "older");
        _shell.IsOutputTerminal = true;
        string[] flags = ["-p", "a", "-n", "3", "--num-samples", "2", "--separator", @"\0"];
        Assert.Equal(new(0, "", ""), Sample("ab\ec", [.. flags, "-o", path]));
        Assert.Equal("ab\ec\0ab\ec", File.ReadAllText(path));
        _shell.IsOutputTerminal = false;
        Assert.Equal("ab\ec\0ab\ec", Sample("ab\ec", [.. flags, "-o", "-"]).Output);
    }

    [Fact]
    public void AFile_IsWrittenWholeOrNotAtAll()
    {
        string path = _shell.Folder.File("samples.txt");
        File.WriteAllText(path, "older");
        var damaged = _shell.Run(
            "sample",
            SuccessorModel.SaveDamaged(_shell.Folder.File("bad.safetensors"), "abc"),
            "-p",
            "a",
            "-o",
            path
        );
        Assert.Equal(3, damaged.ExitCode);
        _shell.Interruption.Request(ExitCode.Interrupted);
        Assert.Equal(130, Sample("abc", "-n", "9", "-o", path).ExitCode);
        Assert.Equal("older", File.ReadAllText(path));
        Assert.DoesNotContain(Directory.GetFiles(_shell.Folder.Path), name => name.EndsWith(".tmp"));
    }

    [Fact]
    public void AFileInNoFolder_OrThatIsOne_IsOneLine()
    {
        string lost = _shell.Folder.File("missing/samples.txt");
        Assert.Equal(
            new(1, "", $"charrnn: error: cannot write {lost}: its folder does not exist\n"),
            Sample("abc", "-o", lost)
        );
        var folder = Sample("abc", "-o", _shell.Folder.Path);
        Assert.Equal(2, folder.ExitCode);
        Assert.Contains("which is a folder; name a file.", folder.Error);
    }

    [Theory]
    [InlineData(
        "--json does not go with --separator|--separator does not go with --json",
        "--json",
        "--separator",
        "x"
    )]
    [InlineData("--length is 0, without an end, and --json", "--json", "-n", "0")]
    [InlineData("--length is 0, without an end, and --output", "-o", "x.txt", "-n", "0")]
    [InlineData("--json does not go with --interactive", "--json", "--interactive")]
    public void FormatsThatCannotBe_AreRefused(string message, params string[] flags)
    {
        var outcome = Sample("abc", flags);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Matches(message, outcome.Error);
    }
}
