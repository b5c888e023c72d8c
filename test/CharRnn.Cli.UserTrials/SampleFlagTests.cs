namespace CharRnn.Cli.UserTrials;

/// <summary>Flags of <c>charrnn sample</c> that mean nothing together, or change nothing.</summary>
public sealed class SampleFlagTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private Outcome Sample(params string[] flags) =>
        _shell.Run([
            "sample",
            SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "abc"),
            "-n",
            "4",
            .. flags,
        ]);

    [Theory]
    [InlineData("--corpus says how the training text is read", "--corpus", "x.txt")]
    [InlineData("--text-column says how the training text is read", "--text-column", "a")]
    [InlineData("--label-column says how the training text is read", "--label-column", "a")]
    [InlineData("--no-cache says how the training text is read", "--no-cache")]
    [InlineData("--num-samples is '0'; it needs a whole number from 1", "--num-samples", "0")]
    [InlineData("--beams is '0'; it needs a whole number from 1", "--beams", "0")]
    [InlineData("--stop has 5 characters, and no more than 4 are written", "--stop", "abcab")]
    [InlineData(
        "--stop has 3 characters, and no more than 2 are written",
        "-p",
        "a",
        "--max-length",
        "3",
        "--stop",
        "abc"
    )]
    [InlineData("--stop is ''; it needs at least one character", "--stop", "")]
    [InlineData("--classifier does not go with --beams", "--beams", "2", "--classifier", "x")]
    [InlineData("--no-cache does not go with --beams", "--beams", "2", "--no-cache")]
    public void WhatMeansNothing_IsRefusedByName(string message, params string[] flags)
    {
        var outcome = Sample(flags);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--no-echo has no effect without a prompt.", "--no-echo")]
    [InlineData("--unknown has no effect without a prompt.", "--unknown", "skip")]
    [InlineData("--escapes has no effect without a prompt.", "--escapes")]
    [InlineData(
        "--no-echo has no effect with --json, where the prompt stands apart.",
        "--no-echo",
        "--json",
        "-p",
        "a"
    )]
    [InlineData("--seed has no effect at temperature 0, where", "--seed", "3", "--greedy")]
    [InlineData("--top-k has no effect at temperature 0, where", "--top-k", "3", "--temperature", "0")]
    [InlineData("--top-p has no effect at temperature 0, where", "--top-p", "0.5", "--greedy")]
    [InlineData("--min-p has no effect at temperature 0, where", "--min-p", "0.5", "--greedy")]
    [InlineData("--separator has no effect on one text.", "--separator", "x")]
    public void WhatChangesNothing_IsSaid_AndTheTextIsWritten(string message, params string[] flags)
    {
        var outcome = Sample(flags);
        Assert.Equal(0, outcome.ExitCode);
        Assert.NotEmpty(outcome.Output);
        Assert.StartsWith($"charrnn: {message}", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void VariablesOfTheEnvironment_AreNotForOneCommand_AndGoUnsaid()
    {
        _shell.Environment["CHARRNN_SEED"] = "4";
        _shell.Environment["CHARRNN_TOP_K"] = "2";
        _shell.Environment["CHARRNN_NO_CACHE"] = "1";
        _shell.Environment["CHARRNN_SEPARATOR"] = "x";
        Assert.Equal((0, ""), (Sample("--greedy").ExitCode, Sample("--greedy").Error));
    }
}
