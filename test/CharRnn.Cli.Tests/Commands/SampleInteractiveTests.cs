namespace CharRnn.Cli.Tests;

public sealed class SampleInteractiveTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private Outcome Write(string cycle, string lines, params string[] flags)
    {
        _shell.Input = lines;
        return _shell.Run([
            "sample",
            SuccessorModel.Save(_shell.Folder.File("model.safetensors"), cycle),
            "--interactive",
            .. flags,
        ]);
    }

    private Outcome Press(string cycle, params ConsoleKeyInfo?[] keys)
    {
        (_shell.IsTerminal, _shell.IsInputTerminal) = (true, true);
        _shell.Keys = new(keys);
        return _shell.Run(
            "sample",
            SuccessorModel.Save(_shell.Folder.File("model.safetensors"), cycle),
            "--interactive",
            "-p",
            "a"
        );
    }

    [Fact]
    public void AnEmptyLine_LetsTheModelChooseOne() =>
        Assert.Equal("a" + "bc", Write("abcd", "\n\n", "-p", "a").Output);

    [Fact]
    public void Run_LetsItWriteMany_AndQuitEndsBeforeWhatFollows() =>
        Assert.Equal("a" + "bcdab", Write("abcd", "run 5\nquit\nrun 9\n", "-p", "a").Output);

    [Fact]
    public void ACandidate_IsChosenByItsNumber()
    {
        Assert.Equal("a" + "b", Write("abcd", "1", "-p", "a").Output);
        string others = string.Concat(
            new[] { "2", "3", "4" }.Select(number => Write("abcd", number, "-p", "a", "--no-echo").Output).Order()
        );
        Assert.Equal("acd", others);
    }

    [Fact]
    public void Text_IsInsertedAsItStands_AndTheModelGoesOnFromIt()
    {
        Assert.Equal("c\n a" + "bcd", Write("abcd\n +", "+c\\n a\nrun 3", "--no-echo").Output);
        Assert.Equal("+", Write("abcd+", "++", "--no-echo").Output);
        Assert.Equal("\\\t", Write("abcd\\\t", "+\\\\\\t", "--no-echo").Output);
    }

    [Fact]
    public void Undo_TakesBack_AndWhatFollowsIsAsIfItHadNeverBeen()
    {
        Assert.Equal("a" + "bcdab", Write("abcd", "run 5\n+ca\nundo 2\nundo\n1", "-p", "a").Output);
        Assert.Equal("a", Write("abcd", "run 5\nundo 100\nundo", "-p", "a").Output);
    }

    [Fact]
    public void Temperature_IsChangedAndShownInTheProbabilities()
    {
        var outcome = Write("abcd", "temperature 50", "-p", "a");
        Assert.Contains("1 'b' 100.0 %", outcome.Error);
        Assert.Contains("1 'b' 47.5 %", outcome.Error);
    }

    [Fact]
    public void TheTextSoFarAndTheCandidates_AreOnStandardErrorAlone_Escaped()
    {
        var outcome = Write("a\e\n", "run 2", "-p", "a");
        Assert.Equal("a\e\n", outcome.Output);
        Assert.Contains("text: a\\x1B\\n", outcome.Error);
        Assert.Contains("1 '\\x1B' (U+001B) 100.0 %", outcome.Error);
        Assert.DoesNotContain("\e", outcome.Error);
    }

    [Theory]
    [InlineData("foo", "line 2 of standard input is 'foo'")]
    [InlineData("7", "a candidate's number from 1 to 4")]
    [InlineData("0", "a candidate's number from 1 to 4")]
    [InlineData("run", "'run N'")]
    [InlineData("run 0", "a whole number from 1")]
    [InlineData("temperature -1", "a number from 0")]
    [InlineData("+a\\x", "\\n, \\t, \\\\")]
    [InlineData("+aż", "'ż' (U+017C)")]
    public void AWrongLineInAScript_IsOneLineAndCode2_AndNothingIsWritten(string line, string needed)
    {
        var outcome = Write("abcd", $"run 3\n{line}\nrun 3", "-p", "a");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        string error = outcome.Error.ReplaceLineEndings("\n").TrimEnd().Split('\n')[^1];
        Assert.StartsWith("charrnn: error: line 2 of standard input", error);
        Assert.Contains(needed, error);
    }

    [Fact]
    public void AWrongLineOfAPersonAtADumbTerminal_IsToldAndForgiven()
    {
        _shell.IsInputTerminal = true;
        var outcome = Write("abcd", "foo\nrun 2", "-p", "a");
        Assert.Equal((0, "abc"), (outcome.ExitCode, outcome.Output));
        Assert.Contains("'foo'", outcome.Error);
    }

    [Theory]
    [InlineData("--length", "5")]
    [InlineData("--num-samples", "2")]
    [InlineData("--stop", "x")]
    [InlineData("--beams", "2")]
    [InlineData("--novel")]
    public void WhatMeansNothingHere_IsRefusedByName(params string[] flag)
    {
        var outcome = Write("abcd", "", flag);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"{flag[0]} does not go with --interactive", outcome.Error);
    }

    [Fact]
    public void Keys_ChooseInsertRunTakeBackAndEnd()
    {
        var outcome = Press(
            "abcd",
            Key('\r', ConsoleKey.Enter),
            Key('1'),
            Key('d'),
            Key('x'),
            Key('\0', ConsoleKey.Backspace),
            null,
            Key('\t', ConsoleKey.Tab),
            null,
            null,
            null,
            Key('q'),
            Key('\e', ConsoleKey.Escape),
            Key('a')
        );
        // b by the model, c by its number, d typed and taken back, x unknown; three by the model before a key stops it.
        Assert.Equal("a" + "bc" + "dab" + "\n", outcome.Output + "\n");
        Assert.Contains("lacks 'x'", outcome.Error);
        Assert.Contains("1  'd'", outcome.Error);
        Assert.Contains("########################", outcome.Error);
    }

    [Fact]
    public void ABackslash_InsertsWhatIsAKeyOtherwise()
    {
        Assert.Equal(
            "a" + "1\n\\",
            Press(
                "a1\n\\",
                Key('\\'),
                Key('1'),
                Key('\\'),
                Key('n'),
                Key('\\'),
                Key('\\'),
                Key('\e', ConsoleKey.Escape)
            ).Output
        );
    }

    [Fact]
    public void ArrowKeys_ChangeTheTemperature()
    {
        var outcome = Press(
            "abcd",
            Key('\0', ConsoleKey.UpArrow),
            Key('\0', ConsoleKey.DownArrow),
            Key('\0', ConsoleKey.DownArrow),
            Key('\e', ConsoleKey.Escape)
        );
        Assert.Contains("temperature 1.1", outcome.Error);
        Assert.Contains("temperature 0.9", outcome.Error);
    }

    [Fact]
    public void ACharacterBeyondTheBasicPlane_ComesAsTwoKeys() =>
        Assert.Equal("a🐉", Press("a🐉", Key("🐉"[0]), Key("🐉"[1]), Key('\e', ConsoleKey.Escape)).Output);

    [Fact]
    public void Interrupted_WritesWhatThereIs_WithCode130()
    {
        _shell.Interruption.Request(ExitCode.Interrupted);
        Assert.Equal((130, "a"), (Press("abcd").ExitCode, Press("abcd").Output));
    }

    private static ConsoleKeyInfo Key(char character, ConsoleKey key = ConsoleKey.None) =>
        new(character, key, shift: false, alt: false, control: false);
}
