using CharRnn.Cli.Rendering;
using CharRnn.Training;

namespace CharRnn.Cli.Tests;

public sealed class PredictionPassageTests
{
    [Fact]
    public void EveryCharacter_StandsOverWhatWasExpected_WhateverBothAre()
    {
        string[] lines = Display(
            isTerminal: false,
            ("a", "a"),
            ("\n", "b"),
            ("b", "\t"),
            ("漢", "x"),
            ("y", "字"),
            ("\u0301", "z"),
            ("\e", "\u200B"),
            ("q", "·"),
            ("", "r"),
            ("\r", "s")
        );
        Assert.Equal("--- step 7, 1 of 10 characters predicted (· right, else what was expected)", lines[0]);
        Assert.Equal("    a↵b漢y ◌\u0301␛q�␍", lines[1]);
        Assert.Equal("    ·b→x 字z�•rs", lines[2]);
        Assert.Equal(["---", ""], lines[3..]);
    }

    [Fact]
    public void ALongPassage_IsCutIntoLines()
    {
        string[] lines = Display(isTerminal: false, [.. Enumerable.Range(0, 150).Select(_ => ("a", "a"))]);
        Assert.Equal([70, 70, 70, 70, 10, 10], lines[1..7].Select(line => line.Length - 4));
    }

    [Fact]
    public void OnATerminal_RightAndWrong_HaveColorsBesideTheMark()
    {
        string shown = string.Join('\n', Display(isTerminal: true, ("a", "a"), ("b", "c")));
        Assert.Matches("\e\\[[0-9;]+m·\e\\[0m", shown);
        Assert.Matches("\e\\[[0-9;]+mc\e\\[0m", shown);
    }

    private static string[] Display(bool isTerminal, params (string Target, string Predicted)[] characters)
    {
        var error = new StringWriter();
        var terminal = new Terminal(error, isTerminal, name => name == "TERM" ? "xterm-256color" : null);
        PredictionPassage.Show(
            terminal,
            new PredictionReport(
                7,
                [
                    .. characters.Select(pair => new PredictedCharacter(
                        pair.Target,
                        pair.Predicted,
                        pair.Target == pair.Predicted
                    )),
                ]
            )
        );
        return error.ToString().ReplaceLineEndings("\n").Split('\n');
    }
}
