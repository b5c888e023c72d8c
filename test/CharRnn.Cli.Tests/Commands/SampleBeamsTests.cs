using CharRnn.Engine;

namespace CharRnn.Cli.Tests;

public sealed class SampleBeamsTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private Outcome Sample(params string[] flags) =>
        _shell.Run(["sample", SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "abcd\n"), .. flags]);

    [Fact]
    public void Beams_WriteTheLikeliestText_AndTellItsMean()
    {
        var outcome = Sample("--beams", "5", "-p", "ab", "-n", "6");
        Assert.Equal((0, "ab" + "cd\nabc"), (outcome.ExitCode, outcome.Output));
        Assert.Equal("charrnn: beam 1 of 5: 0.0000 nats a character, 0.00 over 6", outcome.Error.TrimEnd());
    }

    [Fact]
    public void NumSamples_AreTheBestOfTheBeams_InTheirOrder()
    {
        var outcome = Sample(
            "--beams",
            "8",
            "--num-samples",
            "3",
            "-p",
            "ab",
            "-n",
            "3",
            "--no-echo",
            "--separator",
            ""
        );
        using var model = LanguageModel.Load(_shell.Folder.File("model.safetensors"));
        var best = new BeamSearch(model).Run(
            model.Vocabulary.Encode("ab"),
            8,
            3,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(
            string.Concat(best.Take(3).Select(text => model.Vocabulary.Decode([.. text.Ids]))),
            outcome.Output
        );
        Assert.Equal(3, outcome.Error.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Stop_EndsATextBeforeIt()
    {
        var outcome = Sample("--beams", "3", "--stop", "d\n", "-p", "a", "-n", "100");
        Assert.Equal("abc", outcome.Output);
        Assert.Contains("over 4", outcome.Error);
    }

    [Fact]
    public void TextsThatEndWithALine_AreALineEach()
    {
        Assert.Equal("abcd\n", Sample("--beams", "1", "--stop", "\n", "-p", "a").Output);
        Assert.Equal(
            3,
            Sample("--beams", "3", "--num-samples", "3", "--stop", "\n", "-p", "a", "-n", "6")
                .Output.Count(character => character == '\n')
        );
    }

    [Theory]
    [InlineData("--temperature", "0.5")]
    [InlineData("--top-k", "3")]
    [InlineData("--top-p", "0.5")]
    [InlineData("--min-p", "0.5")]
    [InlineData("--seed", "2")]
    [InlineData("--greedy")]
    [InlineData("--novel")]
    [InlineData("--corpus", "text.txt")]
    public void WhatABeamSearchDoesNot_IsRefusedByName(params string[] flag)
    {
        var outcome = Sample(["--beams", "3", .. flag]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"{flag[0]} does not go with --beams", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void ATemperatureInTheEnvironment_IsNotMeantForASearch()
    {
        _shell.Environment["CHARRNN_TEMPERATURE"] = "2";
        Assert.Equal(0, Sample("--beams", "3", "-n", "4").ExitCode);
    }

    [Theory]
    [InlineData("--beams", "0")]
    [InlineData("--beams", "1001")]
    [InlineData("--beams", "2", "--num-samples", "3")]
    [InlineData("--beams", "2", "-n", "0")]
    public void NumbersThatCannotBe_AreOneLineAndCode2(params string[] flags)
    {
        var outcome = Sample(flags);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Contains("--beams", outcome.Error);
    }
}
