namespace CharRnn.Cli.UserTrials;

/// <summary>Whatever goes wrong is said in the project's words, not in those of a library that it uses.</summary>
public sealed class OwnWordsTests : IDisposable
{
    private readonly FlagGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData("sample", "'charrnn sample' needs MODEL: a run folder, or one .safetensors file.")]
    [InlineData("eval text", "'charrnn eval' needs CORPUS: the text to score")]
    [InlineData("runs rename text", "'charrnn runs rename' needs NAME: ")]
    [InlineData("data get", "'charrnn data get' needs NAME: ")]
    [InlineData("train --seed", "--seed needs a value, N.")]
    [InlineData("train --seed 1 --seed 2", "--seed is given 2 times; give it once.")]
    [InlineData("classify train -o a -o b", "--output is given 2 times; give it once.")]
    public void CommandLine_ThatLacksSomethingOrSaysItTwice_IsToldWhat(string line, string expected)
    {
        var outcome = _ground.Run(line.Split(' '));
        Assert.Equal(ExitCode.Usage, outcome.ExitCode);
        Assert.StartsWith($"charrnn: error: {expected}", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("config.json", "{\"a\":", "line 1 is not sound JSON")]
    [InlineData("config.json", "{}", "it lacks 'version'")]
    [InlineData("config.json", "[]", "it is not sound JSON, or not an object")]
    [InlineData("result.json", "xx", "line 1 is not sound JSON")]
    [InlineData("result.json", """{"stopped":"max_steps","steps":1,"seconds":"x","best_step":1}""", "'seconds'")]
    [InlineData("result.json", """{"stopped":"bored","steps":1,"seconds":1,"best_step":1}""", "'stopped'")]
    public void BrokenFileOfARun_IsNamedWithWhatIsWrong(string file, string content, string reason)
    {
        _ground.Provide("text");
        File.WriteAllText(_ground.PathOf($"text/{file}"), content);
        var outcome = _ground.Run("report", "text");
        Assert.Equal(ExitCode.BadInput, outcome.ExitCode);
        Assert.Contains(file, outcome.Error);
        Assert.Contains(reason, outcome.Error);
        Assert.DoesNotContain("System.", outcome.Error);
        Assert.DoesNotContain("LineNumber", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }
}
