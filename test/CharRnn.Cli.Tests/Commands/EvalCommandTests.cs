using System.Text.Json;

namespace CharRnn.Cli.Tests.Commands;

public sealed class EvalCommandTests : IDisposable
{
    private readonly TestShell shell = new();

    public void Dispose() => shell.Dispose();

    private Outcome Eval(string text, params string[] flags)
    {
        File.WriteAllText(shell.Folder.File("text.txt"), text);
        return shell.Run(["eval", SuccessorModel.Save(shell.Folder.File("model.safetensors"), "abc\n"), shell.Folder.File("text.txt"), .. flags]);
    }

    [Fact]
    public void Json_HasTheseKeysOnOneLine()
    {
        var outcome = Eval("abc\nabc\nabc\n", "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.Single(outcome.Output.TrimEnd().Split('\n'));
        var json = JsonDocument.Parse(outcome.Output).RootElement;
        string[] keys = ["chars", "nats_per_char", "bits_per_char", "perplexity", "accuracy", "chars_per_sec"];
        Assert.Equal(keys, json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(11, json.GetProperty("chars").GetInt32());
        Assert.Equal(0, json.GetProperty("nats_per_char").GetDouble(), 1e-6);
        Assert.Equal(1, json.GetProperty("perplexity").GetDouble(), 1e-6);
        Assert.Equal(1, json.GetProperty("accuracy").GetDouble());
        Assert.True(json.GetProperty("chars_per_sec").GetDouble() > 0);
    }

    [Fact]
    public void Accuracy_IsTheShareOfLikeliestCharactersThatCame()
    {
        // Nine follow a first one; two of those that follow an a are not its successor.
        var json = JsonDocument.Parse(Eval("abc\naac\nab", "--json").Output).RootElement;
        Assert.Equal(9, json.GetProperty("chars").GetInt32());
        Assert.Equal(7 / 9.0, json.GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.Equal(2 * 50 / 9.0, json.GetProperty("nats_per_char").GetDouble(), 1e-3);
        Assert.Equal(json.GetProperty("nats_per_char").GetDouble() / Math.Log(2), json.GetProperty("bits_per_char").GetDouble(), 1e-12);
    }

    [Fact]
    public void Screen_ShowsTheSameFigures()
    {
        var outcome = Eval("abc\nabc\n");
        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith("characters    7\nnats/char     0.0000\nbits/char     0.0000\nperplexity    1.000\naccuracy      1.0000\ncharacters/s  ", outcome.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Threads_ChangeNothing()
    {
        var text = string.Concat(Enumerable.Repeat("abc\nca\nb", 50));
        Assert.Equal(Nats("1"), Nats("3"));

        double Nats(string threads) => JsonDocument.Parse(Eval(text, "--json", "--threads", threads).Output).RootElement.GetProperty("nats_per_char").GetDouble();
    }

    [Fact]
    public void UnknownCharacters_AreAnErrorThatSaysWhere_OrAreLeftOut()
    {
        var refused = Eval("abc\nałbc\n");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("text.txt:2:2: 'ł' (U+0142)", refused.Error);
        Assert.Contains("--unknown skip", refused.Error);
        Assert.Single(refused.Error.TrimEnd().Split('\n'));
        var skipped = Eval("abc\nałbc\n", "--unknown", "skip", "--json");
        Assert.Equal(0, skipped.ExitCode);
        Assert.Equal(7, JsonDocument.Parse(skipped.Output).RootElement.GetProperty("chars").GetInt32());
        Assert.Contains("lacks them: 1", skipped.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public void TextWithNothingToPredict_IsOneLineAndCode3(string text)
    {
        var outcome = Eval(text);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void MissingFileAndMissingModel_AreOneLineAndCode3()
    {
        var model = SuccessorModel.Save(shell.Folder.File("model.safetensors"), "ab");
        Assert.Contains("nowhere.txt", Refused("eval", model, "nowhere.txt"));
        Assert.Contains("there is no model nowhere", Refused("eval", "nowhere", model));

        string Refused(params string[] arguments)
        {
            var outcome = shell.Run(arguments);
            Assert.Equal(3, outcome.ExitCode);
            Assert.Single(outcome.Error.TrimEnd().Split('\n'));
            return outcome.Error;
        }
    }

    [Fact]
    public void DamagedModel_IsOneLineAndCode3_AndNoFigureIsMadeUp()
    {
        File.WriteAllText(shell.Folder.File("text.txt"), "abcabc");
        var outcome = shell.Run("eval", SuccessorModel.SaveDamaged(shell.Folder.File("bad.safetensors"), "abc"), shell.Folder.File("text.txt"), "--json");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("not a number", outcome.Error);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void Interrupted_StopsWithCode130()
    {
        shell.Interruption.Request(ExitCode.Interrupted);
        var outcome = Eval("abcabc");
        Assert.Equal(130, outcome.ExitCode);
        Assert.Empty(outcome.Output);
    }
}
