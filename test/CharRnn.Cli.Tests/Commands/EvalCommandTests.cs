using System.Text.Json;

namespace CharRnn.Cli.Tests;

public sealed class EvalCommandTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private Outcome Eval(string text, params string[] flags)
    {
        File.WriteAllText(_shell.Folder.File("text.txt"), text);
        return _shell.Run([
            "eval",
            SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "abc\n"),
            _shell.Folder.File("text.txt"),
            .. flags,
        ]);
    }

    [Fact]
    public void Json_HasTheseKeysOnOneLine()
    {
        var outcome = Eval("abc\nabc\nabc\n", "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.Single(outcome.Output.TrimEnd().Split('\n'));
        var json = JsonDocument.Parse(outcome.Output).RootElement;
        string[] keys =
        [
            "chars",
            "nats_per_char",
            "bits_per_char",
            "perplexity",
            "accuracy",
            "chars_per_sec",
            "weights",
        ];
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
        Assert.Equal(
            json.GetProperty("nats_per_char").GetDouble() / Math.Log(2),
            json.GetProperty("bits_per_char").GetDouble(),
            1e-12
        );
    }

    [Fact]
    public void Screen_ShowsTheSameFigures()
    {
        var outcome = Eval("abc\nabc\n");
        Assert.Equal(0, outcome.ExitCode);
        Assert.StartsWith(
            "characters    7\nnats/char     0.0000\nbits/char     0.0000\nperplexity    1.000\naccuracy      "
                + "1.0000\ncharacters/s  ",
            outcome.Output.ReplaceLineEndings("\n")
        );
    }

    [Fact]
    public void Threads_ChangeNothing()
    {
        string text = string.Concat(Enumerable.Repeat("abc\nca\nb", 50));
        Assert.Equal(Nats("1"), Nats("3"));

        double Nats(string threads) =>
            JsonDocument
                .Parse(Eval(text, "--json", "--threads", threads).Output)
                .RootElement.GetProperty("nats_per_char")
                .GetDouble();
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
        string model = SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "ab");
        Assert.Contains("nowhere.txt", Refused("eval", model, "nowhere.txt"));
        Assert.Contains("there is no model nowhere", Refused("eval", "nowhere", model));

        string Refused(params string[] arguments)
        {
            var outcome = _shell.Run(arguments);
            Assert.Equal(3, outcome.ExitCode);
            Assert.Single(outcome.Error.TrimEnd().Split('\n'));
            return outcome.Error;
        }
    }

    [Fact]
    public void DamagedModel_IsOneLineAndCode3_AndNoFigureIsMadeUp()
    {
        File.WriteAllText(_shell.Folder.File("text.txt"), "abcabc");
        var outcome = _shell.Run(
            "eval",
            SuccessorModel.SaveDamaged(_shell.Folder.File("bad.safetensors"), "abc"),
            _shell.Folder.File("text.txt"),
            "--json"
        );
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("not a number", outcome.Error);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void Structure_IsMeasuredOnSamplesBesideTheText()
    {
        // What the model writes: (ab "c")\n, round and round.
        string model = SuccessorModel.Save(_shell.Folder.File("cycle.safetensors"), "(ab)\n");
        File.WriteAllText(_shell.Folder.File("text.txt"), "(ab)\n(ab\n(ab) [a\n");
        var outcome = _shell.Run(
            "eval",
            model,
            _shell.Folder.File("text.txt"),
            "--unknown",
            "skip",
            "--structure",
            "--structure-chars",
            "500",
            "--json"
        );
        Assert.Equal(0, outcome.ExitCode);
        var structure = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("structure");
        Assert.Equal(
            (1, 500),
            (structure.GetProperty("samples").GetInt32(), structure.GetProperty("sample_length").GetInt32())
        );
        var round = structure.GetProperty("round");
        Assert.Equal(
            (100, 100),
            (
                round.GetProperty("sample").GetProperty("opened").GetInt32(),
                round.GetProperty("sample").GetProperty("closed").GetInt32()
            )
        );
        Assert.Equal(1, round.GetProperty("sample").GetProperty("closed_at")[0].GetProperty("share").GetDouble());
        Assert.Equal(2 / 3.0, round.GetProperty("text").GetProperty("closed_share").GetDouble(), 1e-12);
        Assert.Equal(
            JsonValueKind.Null,
            structure.GetProperty("tags").GetProperty("text").GetProperty("closed_share").ValueKind
        );
        Assert.Equal(
            (100, 1.0),
            (structure.GetProperty("words").GetInt32(), structure.GetProperty("known_word_share").GetDouble())
        );
        Assert.Equal(8, structure.GetProperty("longest_copied").GetInt32());
        Assert.Equal("(ab)\n(ab", structure.GetProperty("longest_copied_text").GetString());

        string screen = _shell
            .Run(
                "eval",
                model,
                _shell.Folder.File("text.txt"),
                "--unknown",
                "skip",
                "--structure",
                "--structure-chars",
                "500"
            )
            .Output;
        Assert.Contains("brackets closed      100.0 % of 100   66.7 % of 3", screen);
        Assert.DoesNotContain("quotes", screen);
        Assert.Contains("8 characters", screen);
    }

    [Theory]
    [InlineData("--structure-chars", "100")]
    [InlineData("--seed", "2")]
    public void WhatSaysHowToSample_NeedsStructure(string flag, string value)
    {
        var outcome = Eval("abc", flag, value);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("--structure samples", outcome.Error);
    }

    [Fact]
    public void Interrupted_StopsWithCode130()
    {
        _shell.Interruption.Request(ExitCode.Interrupted);
        var outcome = Eval("abcabc");
        Assert.Equal(130, outcome.ExitCode);
        Assert.Empty(outcome.Output);
    }
}
