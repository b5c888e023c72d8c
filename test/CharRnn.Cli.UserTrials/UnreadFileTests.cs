namespace CharRnn.Cli.UserTrials;

/// <summary>Every file of a folder is read, or named as not read.</summary>
public sealed class UnreadFileTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public UnreadFileTests()
    {
        Directory.CreateDirectory(_ground["words/deep"]);
        File.WriteAllText(_ground["words/P.TXT"], "ab\nac\nad\n");
        File.WriteAllText(_ground["words/q.txt"], "bd\nbe\nbf\n");
        File.WriteAllText(_ground["words/r.Txt"], "cg\nch\nci\n");
    }

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task AnExtension_IsTheSameInCapitals()
    {
        Directory.Delete(_ground["words/deep"]);
        var labels = await _ground.RunAsync("data", "labels", "words", "--json");
        Assert.Contains("\"labels\":{\"P\":3,\"q\":3,\"r\":3}", labels.Output);
        var text = await _ground.RunAsync("data", "stats", "words", "--json");
        Assert.Contains("\"chars\":27,", text.Output);
        Assert.DoesNotContain("not read", text.Error);
        File.WriteAllText(_ground["t.TSV"], "text\tlabel\nab\tp\nac\tp\nbd\tq\nbe\tq\n");
        Assert.Equal(0, (await _ground.RunAsync("data", "labels", "t.TSV")).ExitCode);
    }

    [Theory]
    [InlineData("data labels words", "not read: deep, notes.md; a label is a file called *.txt in the folder")]
    [InlineData("classify train words --max-steps 1 --hidden-size 8 --progress none", "not read: deep, notes.md;")]
    [InlineData("train words --labelled --max-steps 1 --hidden-size 8 --progress none", "not read: deep, notes.md;")]
    [InlineData("data stats words", "hint: not read: notes.md; --include *.txt leaves it out.")]
    [InlineData("train words --max-steps 1 --hidden-size 8 --progress none", "not read: notes.md;")]
    public async Task OtherFiles_AreNamed(string command, string told)
    {
        File.WriteAllText(_ground["words/notes.md"], "no text of ours");
        File.WriteAllText(_ground["words/.hidden.md"], "hidden");
        var outcome = await _ground.RunAsync(command.Split(' '));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(told, outcome.Error + outcome.Output);
        Assert.DoesNotContain("hidden.md", outcome.Error + outcome.Output);
    }

    [Fact]
    public async Task ManyOtherFiles_AreCounted()
    {
        foreach (string name in (string[])["a.md", "b.md", "c.md", "d.md", "e.md"])
            File.WriteAllText(_ground[$"words/deep/{name}"], "");
        var outcome = await _ground.RunAsync("data", "stats", "words");
        Assert.Contains("not read: deep/a.md, deep/b.md, deep/c.md and 2 more;", outcome.Error);
    }
}
