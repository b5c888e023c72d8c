namespace CharRnn.Cli.Tests;

public sealed class UsageTests
{
    [Fact]
    public async Task Version_IsPrintedAlone()
    {
        var outcome = await CharrnnProcess.RunAsync("--version");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"^charrnn \d+\.\d+\.\d+\r?\n$", outcome.Output);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public async Task UnknownFlag_IsOneLineWithTheNearestFlagAndCode2()
    {
        var outcome = await CharrnnProcess.RunAsync("data", "list", "--jsno");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(
            "charrnn: error: 'charrnn data list' has no flag '--jsno'; did you mean '--json'? See 'charrnn "
                + $"data list --help'.{Environment.NewLine}",
            outcome.Error
        );
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("data stats --encodin bytes", "no flag '--encodin'; did you mean '--encoding'?")]
    [InlineData("data stats --encodin=bytes", "no flag '--encodin'; did you mean '--encoding'?")]
    [InlineData("data stats -q", "no flag '-q'.")]
    [InlineData("data stats a.txt b.txt --nothing-like-it", "no flag '--nothing-like-it'.")]
    [InlineData("dta", "'charrnn' has no verb 'dta'; did you mean 'data'?")]
    [InlineData("data lst", "'charrnn data' has no verb 'lst'; did you mean 'list'?")]
    [InlineData("data somersault", "'charrnn data' has no verb 'somersault'.")]
    [InlineData("data", "'charrnn data' needs one of the verbs list, get, stats, labels.")]
    [InlineData("", "'charrnn' needs one of the verbs")]
    [InlineData("data list more", "'charrnn data list' takes no further argument 'more'.")]
    [InlineData("data get", "'charrnn data get' needs NAME")]
    [InlineData("data stats --encoding", "--encoding needs a value")]
    [InlineData(
        "data stats --encoding=klingon",
        "--encoding is 'klingon'; it needs utf-8, bytes or the name of another"
    )]
    [InlineData(
        "train --residual=maybe",
        "--residual is 'maybe'; it is a switch: --residual alone turns it on, --residual false off."
    )]
    [InlineData("data get tinyshakespear", "no corpus named 'tinyshakespear'; did you mean 'tinyshakespeare'?")]
    public void UsageErrors_AreOneLineAndCode2(string commandLine, string expected)
    {
        using var shell = new TestShell();
        var outcome = shell.Run(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("charrnn: error: ", outcome.Error);
        Assert.Contains(expected, outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("data --help")]
    [InlineData("data stats --help")]
    public void Help_IsAResult(string commandLine)
    {
        using var shell = new TestShell();
        var outcome = shell.Run(commandLine.Split(' '));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("Usage:\n  charrnn", outcome.Output.ReplaceLineEndings("\n"));
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public void ArgumentThatBeginsWithAt_IsAnArgumentAndNotAFileOfArguments()
    {
        using var shell = new TestShell();
        string list = shell.Folder.File("arguments");
        File.WriteAllText(list, "--help");
        var outcome = shell.Run("data", "stats", "@" + list);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains($"@{list}", outcome.Error);
    }

    [Fact]
    public void AfterADoubleDash_WhatLooksLikeAFlagIsAnArgument()
    {
        using var shell = new TestShell();
        var outcome = shell.Run("data", "stats", "--", "--json");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("'--json' is no file", outcome.Error);
    }

    [Fact]
    public void ControlCharactersInArguments_AreEscapedInTheMessage()
    {
        using var shell = new TestShell();
        var outcome = shell.Run("data", "stats", "a\e[31m\nb");
        Assert.DoesNotContain('\e', outcome.Error);
        Assert.Contains(@"a\x1B[31m\nb", outcome.Error);
    }

    [Fact]
    public void Debug_AddsTheTraceAfterTheLine()
    {
        using var shell = new TestShell { Environment = { ["CHARRNN_DEBUG"] = "1" } };
        string[] lines = shell.Run("data", "stats", "nowhere.txt").Error.Split('\n');
        Assert.StartsWith("charrnn: error: nowhere.txt", lines[0]);
        Assert.Contains(lines, line => line.TrimStart().StartsWith("at CharRnn."));
    }
}
