using System.Globalization;
using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary><c>charrnn eval --per-line</c>: the score of each line of a text.</summary>
public sealed class PerLineTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private string Text(string content)
    {
        File.WriteAllText(_shell.Folder.File("text.txt"), content);
        return _shell.Folder.File("text.txt");
    }

    private Outcome Evaluate(string model, string text, params string[] flags) =>
        _shell.Run(["eval", model, Text(text), "--per-line", "--progress", "none", .. flags]);

    private static JsonElement[] Objects(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return
        [
            .. outcome.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.Clone()),
        ];
    }

    private string Train(params string[] flags)
    {
        string run = _shell.Folder.File("run");
        var outcome = _shell.Run([
            "train",
            Text("one\ntwo\nthree\nfour\nfive\nsix\nseven\n"),
            "-o",
            run,
            "--max-steps",
            "8",
            "--hidden-size",
            "16",
            "--num-layers",
            "1",
            "--batch-size",
            "2",
            "--seq-length",
            "8",
            "--val-frac",
            "0",
            "--progress",
            "none",
            .. flags,
        ]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return run;
    }

    [Fact]
    public void LinesOfProse_AreARowEach_AndAddUpToTheWholeText()
    {
        string run = Train();
        var outcome = Evaluate(run, "two\n\nsix\nnever");
        string[][] rows = [.. outcome.Output.TrimEnd('\n').Split('\n').Select(line => line.Split('\t'))];
        Assert.Equal(["nats/char", "bits/char", "log_prob", "characters", "text"], rows[0]);
        Assert.Equal(["two", "", "six", "never"], rows[1..].Select(row => row[4]));
        // Of the text's first character nothing is predicted; each line's end counts.
        Assert.Equal(["3", "1", "4", "5"], rows[1..].Select(row => row[3]));

        var whole = JsonDocument.Parse(_shell.Run("eval", run, Text("two\n\nsix\nnever"), "--json").Output).RootElement;
        double total = Objects(Evaluate(run, "two\n\nsix\nnever", "--json"))
            .Sum(line => line.GetProperty("log_prob").GetDouble());
        Assert.Equal(-whole.GetProperty("nats_per_char").GetDouble() * 13, total, 1e-9);
        Assert.Contains("all of it: 13 characters", outcome.Error);
    }

    [Fact]
    public void AProseLine_DependsOnWhatCameBefore_AndARecordDoesNot()
    {
        string prose = Train();
        Assert.NotEqual(LastOf(prose, "two\nsix\n"), LastOf(prose, "four\nsix\n"));
        Directory.Delete(prose, recursive: true);
        string records = Train("--records");
        Assert.Equal(LastOf(records, "two\nsix\n"), LastOf(records, "four\nsix\n"));
        var lines = Objects(Evaluate(records, "two\nsix\n", "--json"));
        Assert.Equal([("two", 4), ("six", 4)], lines.Select(TextAndCharacters));
        Assert.Equal(
            ["line", "text", "characters", "log_prob", "nats_per_char", "bits_per_char"],
            lines[0].EnumerateObject().Select(property => property.Name)
        );

        double LastOf(string run, string text) =>
            Objects(Evaluate(run, text, "--json"))[^1].GetProperty("log_prob").GetDouble();

        static (string?, int) TextAndCharacters(JsonElement line) =>
            (line.GetProperty("text").GetString(), line.GetProperty("characters").GetInt32());
    }

    [Fact]
    public void ALineThatTheModelKnows_IsLikelierThanOneThatItDoesNot()
    {
        string model = SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "abc\n");
        string[] rows = Evaluate(model, "abc\nabc\ncab\n").Output.TrimEnd('\n').Split('\n')[1..];
        Assert.Equal(0, Nats(rows[1]), 1e-4);
        Assert.True(Nats(rows[2]) > 10);

        static double Nats(string row) => double.Parse(row.Split('\t')[0], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void ATextThatBeginsWithALinesEnd_HasAnEmptyFirstLineWithoutAFigure()
    {
        string model = SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "abc\n");
        Assert.Equal("–\t–\t0.0000\t0\t", Evaluate(model, "\nabc\n").Output.Split('\n')[1]);
        var first = Objects(Evaluate(model, "\nabc\n", "--json"))[0];
        Assert.Equal(JsonValueKind.Null, first.GetProperty("nats_per_char").ValueKind);
    }

    [Fact]
    public void Structure_AndLabelledRecords_AreRefused()
    {
        string model = SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "abc\n");
        Assert.Contains("--structure does not go with --per-line", Evaluate(model, "abc\n", "--structure").Error);
        using var ground = new LabeledGround().Train();
        var labelled = ground.Shell.Run("eval", ground.Run, ground.Data, "--per-line");
        Assert.Equal((2, ""), (labelled.ExitCode, labelled.Output));
        Assert.Contains("--per-line scores the lines of a text", labelled.Error);
    }
}
