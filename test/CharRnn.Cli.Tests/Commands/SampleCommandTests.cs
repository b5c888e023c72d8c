using System.Text;
using CharRnn.Engine;

namespace CharRnn.Cli.Tests;

public sealed class SampleCommandTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private string Model(string cycle, TextEncoding encoding = TextEncoding.Utf8) =>
        SuccessorModel.Save(_shell.Folder.File("model.safetensors"), cycle, encoding);

    private Outcome Sample(string cycle, params string[] flags) => _shell.Run(["sample", Model(cycle), .. flags]);

    [Fact]
    public void Sample_WritesThePromptAndThenAsManyCharactersAsAreAskedFor()
    {
        var outcome = Sample("abc🐉é", "-p", "ca", "-n", "7");
        Assert.Equal(new(0, "ca" + "bc🐉éabc", ""), outcome);
    }

    [Fact]
    public void Length_Is500UnlessToldOtherwise_AndComesFromTheEnvironmentToo()
    {
        Assert.Equal(500, Sample("abcd", "-p", "").Output.Length);
        _shell.Environment["CHARRNN_LENGTH"] = "12";
        Assert.Equal(12, Sample("abcd", "-p", "").Output.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FirstCharacter_IsWrittenAloneAndAtOnce(bool isTerminal)
    {
        using var output = new WriteLengths();
        (_shell.OutputBytes, _shell.IsOutputTerminal) = (output, isTerminal);
        Assert.Equal(0, Sample("abcd", "-n", "2000").ExitCode);
        Assert.Equal(1, output.Lengths[0]);
        Assert.Equal(2000 + (isTerminal ? 1 : 0), output.Lengths.Sum());
    }

    [Fact]
    public void NoEcho_LeavesThePromptOut() =>
        Assert.Equal("cdab", Sample("abcd", "-p", "ab", "-n", "4", "--no-echo").Output);

    [Fact]
    public void EmptyPrompt_StartsAsAfterALinesEnd() =>
        Assert.Equal("ba\nb", Sample("\nba", "-p", "", "-n", "4").Output);

    [Fact]
    public void Stop_EndsBeforeItsText()
    {
        Assert.Equal("ab", Sample("abcdef", "-p", "f", "--no-echo", "--stop", "cd").Output);
        Assert.Equal("a" + "bcde", Sample("abcdef", "-p", "a", "--stop", "f", "-n", "0").Output);
    }

    [Fact]
    public void Stop_WhereTheLengthEndsFirst_WritesWhatWasHeldBack() =>
        Assert.Equal("abcd", Sample("abcdef", "-p", "f", "--no-echo", "--stop", "cde", "-n", "4").Output);

    [Fact]
    public void Stop_IsLookedForInWhatIsWrittenAndNotInThePrompt() =>
        Assert.Equal("bc" + "dab", Sample("abcd", "-p", "bc", "--stop", "cd", "-n", "10").Output);

    [Fact]
    public void SeveralSamples_ArePartedByALineThatSaysWhichOneBegins()
    {
        var outcome = Sample("abcd", "-p", "a", "-n", "3", "--num-samples", "3");
        Assert.Equal(new(0, "abcd\n--- sample 2 of 3 ---\nabcd\n--- sample 3 of 3 ---\nabcd", ""), outcome);
    }

    [Fact]
    public void SameSeed_SameText_AndOtherSeedsAndSamplesOtherTexts()
    {
        string first = Bold("--seed", "3");
        Assert.Equal(first, Bold("--seed", "3"));
        Assert.NotEqual(first, Bold("--seed", "4"));
        string two = Bold("--seed", "3", "--num-samples", "2");
        string[] parted = two.Split("\n--- sample 2 of 2 ---\n");
        Assert.Equal(first, parted[0]);
        Assert.NotEqual(first, parted[1]);

        string Bold(params string[] more) => Sample("abcdefgh", ["-n", "60", "--temperature", "100", .. more]).Output;
    }

    [Fact]
    public void ManySamples_WrittenSideBySideAndOfUnlikeLengths_AreThoseWrittenAlone_InTheirOrder()
    {
        const int Many = 70;
        string[] flags = ["-n", "30", "--temperature", "100", "--stop", "h", "--separator", "|"];
        var all = Sample("abcdefgh", [.. flags, "--num-samples", $"{Many}"]);
        string few = Sample("abcdefgh", [.. flags, "--num-samples", "3"]).Output;

        using var model = LanguageModel.Load(Model("abcdefgh"));
        var generator = new TextGenerator(model);
        var alone = Enumerable
            .Range(0, Many)
            .Select(sample =>
            {
                string text = model.Vocabulary.Decode([
                    .. generator.Ids([], new SamplingOptions { Temperature = 100 }, (ulong)sample).Take(30),
                ]);
                return text.Split('h')[0];
            });
        Assert.Equal(new(0, string.Join('|', alone), ""), all);
        Assert.StartsWith(few, all.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Greedy_WinsOverABoldEnvironment()
    {
        _shell.Environment["CHARRNN_TEMPERATURE"] = "1000";
        Assert.NotEqual("bcdabcdabcdabcda", Sample("abcd", "-p", "a", "--no-echo", "-n", "16").Output);
        Assert.Equal("bcdabcdabcdabcda", Sample("abcd", "-p", "a", "--no-echo", "-n", "16", "--greedy").Output);
        Assert.Equal("bcdabcdabcdabcda", Sample("abcd", "-p", "a", "--no-echo", "-n", "16", "--top-k", "1").Output);
        Assert.Equal("bcdabcdabcdabcda", Sample("abcd", "-p", "a", "--no-echo", "-n", "16", "--min-p", "1").Output);
        Assert.Equal(
            "bcdabcdabcdabcda",
            Sample("abcd", "-p", "a", "--no-echo", "-n", "16", "--temperature", "0").Output
        );
    }

    [Fact]
    public void UnknownPromptCharacter_IsNamedWithAWayOutAndCode2()
    {
        var outcome = Sample("abc", "-p", "ałb");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--prompt", outcome.Error);
        Assert.Contains("'ł' (U+0142)", outcome.Error);
        Assert.Contains("--unknown skip", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void UnknownPromptCharacters_CanBeLeftOut_AndTheirNumberIsTold()
    {
        var outcome = Sample("abc", "-p", "ałbżż", "--unknown", "skip", "-n", "2");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("ab" + "ca", outcome.Output);
        Assert.Contains("lacks them: 3", outcome.Error);
    }

    [Theory]
    [InlineData("--temperature", "-1")]
    [InlineData("--temperature", "nan")]
    [InlineData("--temperature", "inf")]
    [InlineData("--top-k", "0")]
    [InlineData("--top-p", "0")]
    [InlineData("--top-p", "1.5")]
    [InlineData("--min-p", "-0.1")]
    [InlineData("--length", "-1")]
    [InlineData("-n", "many")]
    [InlineData("--seed", "-1")]
    [InlineData("--num-samples", "0")]
    [InlineData("--stop", "")]
    [InlineData("--stop", "ax")]
    [InlineData("--unknown", "ignore")]
    public void NonsenseValues_AreOneLineThatNamesTheFlagAndCode2(string flag, string value)
    {
        var outcome = Sample("abc", flag, value);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"{(flag == "-n" ? "--length" : flag)} is '{value}'", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void GreedyAndATemperature_AreRefusedTogether() =>
        Assert.Equal(2, Sample("abc", "--greedy", "--temperature", "0.7").ExitCode);

    [Fact]
    public void PromptThatLooksLikeAFlag_IsAPrompt() =>
        Assert.Equal("-b-b", Sample("-b", "-p", "-b", "-n", "2").Output);

    [Fact]
    public void ControlCharacters_AreRawInAFileAndEscapedOnATerminal()
    {
        Assert.Equal("a\e[\r\u0085\ta", Sample("a\e[\r\u0085\t", "-p", "a", "-n", "6").Output);
        _shell.IsOutputTerminal = true;
        Assert.Equal("a\\x1B[\\r\\x85\ta\n", Sample("a\e[\r\u0085\t", "-p", "a", "-n", "6").Output);
    }

    [Fact]
    public void Terminal_EndsWithALineEndOfItsOwn_UnlessTheTextDoes()
    {
        _shell.IsOutputTerminal = true;
        Assert.Equal("abc\n", Sample("abc", "-p", "a", "-n", "2").Output);
        Assert.Equal("ab\n", Sample("ab\n", "-p", "a", "-n", "2").Output);
        Assert.Equal(
            "ab\n--- sample 2 of 2 ---\nab\n",
            Sample("abc", "-p", "a", "-n", "1", "--num-samples", "2").Output
        );
    }

    [Fact]
    public void ByteModel_WritesExactBytesIntoAFile()
    {
        var outcome = _shell.Run("sample", Model("é🐉", TextEncoding.Bytes), "-p", "é", "-n", "5");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal([.. "é🐉"u8, 0xC3], ((MemoryStream)_shell.OutputBytes).ToArray());
    }

    [Fact]
    public void ByteModel_OnATerminal_JoinsBytesToCharacters_AndShowsWhatIsNoneAsReplaced()
    {
        _shell.IsOutputTerminal = true;
        var outcome = _shell.Run("sample", Model("é🐉\e", TextEncoding.Bytes), "-p", "é", "-n", "6");
        Assert.Equal("é🐉\\x1B\uFFFD\n", outcome.Output);
    }

    [Fact]
    public void DamagedModel_IsOneLineAndCode3()
    {
        var outcome = _shell.Run(
            "sample",
            SuccessorModel.SaveDamaged(_shell.Folder.File("bad.safetensors"), "abc"),
            "-p",
            "a",
            "--no-echo"
        );
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("not a number", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void ClosedPipe_EndsQuietly()
    {
        _shell.OutputBytes = new FullStream("Broken pipe", code: 32);
        Assert.Equal(new(0, "", ""), Sample("abc", "-n", "0"));
    }

    [Fact]
    public void FullDisk_IsOneLineAndCode1()
    {
        _shell.OutputBytes = new FullStream("No space left on device", code: 28);
        var outcome = Sample("abc", "-n", "0");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("charrnn: error: cannot write to standard output: the disk is full", outcome.Error.TrimEnd());
    }

    [Fact]
    public void Interrupted_StopsWithCode130()
    {
        _shell.Interruption.Request(ExitCode.Interrupted);
        Assert.Equal(new(130, "", ""), Sample("abc", "-n", "0"));
    }

    [Fact]
    public async Task ThroughAPipe_ThereIsNothingButTheText()
    {
        var outcome = await CharrnnProcess.RunAsync("sample", Model("ab\ncé"), "-p", "ab", "-n", "6");
        Assert.Equal(new(0, "ab\ncéab\n", ""), outcome);
    }

    [Fact]
    public async Task TextWithoutEnd_ThroughAPipeThatIsClosed_EndsQuietlyWithCode0()
    {
        using var process = CharrnnProcess.Start([], "sample", Model("ab"), "-n", "0");
        byte[] start = new byte[100];
        await process.StandardOutput.BaseStream.ReadExactlyAsync(start, TestContext.Current.CancellationToken);
        process.StandardOutput.Close();
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("baba", Encoding.ASCII.GetString(start)[..4]);
        Assert.Equal(0, process.ExitCode);
        Assert.Empty(error);
    }

    /// <summary>Remembers how many bytes each call brought.</summary>
    private sealed class WriteLengths : MemoryStream
    {
        public List<int> Lengths { get; } = [];

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Lengths.Add(buffer.Length);
            base.Write(buffer);
        }
    }
}
