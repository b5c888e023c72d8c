using System.Text.Json;

namespace CharRnn.Cli.Tests;

public sealed class EvalLabeledTests : IDisposable
{
    private const double FloatRounding = 1e-6;

    private readonly LabeledGround _ground = new();

    public void Dispose() => _ground.Dispose();

    private Outcome Eval(string data, params string[] flags) =>
        _ground.Shell.Run(["eval", _ground.Run, data, .. flags]);

    private JsonElement Json(string data, params string[] flags)
    {
        var outcome = Eval(data, [.. flags, "--json"]);
        Assert.Equal(0, outcome.ExitCode);
        return TrainingGround.Parsed(outcome.Output);
    }

    private static void IsRefused(int code, string message, Outcome outcome) =>
        Assert.Equal(
            (code, "", $"charrnn: error: {message}"),
            (outcome.ExitCode, outcome.Output, outcome.Error.TrimEnd())
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HeldOutRecords_HaveTheLossThatTrainingEndedWith(bool ignoreLabels)
    {
        _ground.Train(ignoreLabels);
        string data = _ground.SaveHeldOut();

        var json = Json(data);

        string[] keys =
        [
            "records",
            "chars",
            "nats_per_char",
            "bits_per_char",
            "perplexity",
            "accuracy",
            "chars_per_sec",
            "weights",
            "per_label",
        ];
        Assert.Equal(keys, json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(_ground.ValLoss, json.GetProperty("nats_per_char").GetDouble(), FloatRounding);
        string[] words = [.. File.ReadLines(data).Skip(1)];
        Assert.Equal(words.Length, json.GetProperty("records").GetInt32());
        var labels = json.GetProperty("per_label").EnumerateArray().ToList();
        Assert.Equal(["hard", "soft", "windy"], labels.Select(label => label.GetProperty("label").GetString()));
        string[] labelKeys = ["label", "records", "chars", "nats_per_char", "bits_per_char", "perplexity", "accuracy"];
        foreach (var label in labels)
        {
            Assert.Equal(labelKeys, label.EnumerateObject().Select(property => property.Name));
            string[] ofLabel =
            [
                .. words
                    .Select(word => word.Split('\t'))
                    .Where(word => word[1] == label.GetProperty("label").GetString())
                    .Select(word => word[0]),
            ];
            Assert.Equal(
                (ofLabel.Length, ofLabel.Sum(word => word.Length + 1)),
                (label.GetProperty("records").GetInt32(), label.GetProperty("chars").GetInt32())
            );
        }
        Assert.Equal(labels.Sum(label => label.GetProperty("chars").GetInt32()), json.GetProperty("chars").GetInt32());
    }

    [Fact]
    public void Screen_HasTheFigures_AndATableByLabel()
    {
        _ground.Train();
        var outcome = Eval(_ground.SaveHeldOut());
        Assert.Equal(0, outcome.ExitCode);
        string[] lines = outcome.Output.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.Equal(
            [
                "records",
                "characters",
                "nats/char",
                "bits/char",
                "perplexity",
                "accuracy",
                "characters/s",
                "",
                "LABEL",
                "hard",
                "soft",
                "windy",
            ],
            lines.Select(line => line.Split(' ')[0])
        );
        Assert.Equal("LABEL  RECORDS  CHARACTERS  BITS/CHAR", lines[8]);
        Assert.Matches(@"^hard +\d+ +\d+ +\d\.\d{4}$", lines[9]);
        Assert.All(lines[8..], line => Assert.Equal(lines[8].Length, line.Length));
        Assert.DoesNotContain("was trained on", outcome.Error);
        Assert.Contains("of 3 labels", outcome.Error);
    }

    [Fact]
    public void DataComeInEveryFormThatLabeledTextsHave_AndWhatWasTrainedOnIsTold()
    {
        _ground.Train();
        string table = _ground.SaveHeldOut("word"),
            folder = _ground.Shell.Folder.File("folder");
        Directory.CreateDirectory(folder);
        foreach (
            var label in File.ReadLines(table)
                .Skip(1)
                .Select(line => line.Split('\t'))
                .GroupBy(row => row[1], row => row[0])
        )
            File.WriteAllLines(Path.Combine(folder, $"{label.Key}.txt"), label);

        Assert.Equal(
            Json(table, "--text-column", "word", "--label-column", "language").GetProperty("per_label").GetRawText(),
            Json(folder).GetProperty("per_label").GetRawText()
        );
        Assert.Contains("words is what the model was trained on", Eval(_ground.Data).Error);
        IsRefused(
            2,
            $"--text-column is for a .tsv or .csv file, and {folder} is none; leave it out.",
            Eval(folder, "--text-column", "word")
        );
        var names = Eval("names");
        Assert.Equal(3, names.ExitCode);
        Assert.Contains("names has the label 'Arabic', which the model does not know", names.Error);
    }

    [Fact]
    public void Threads_ChangeNothing()
    {
        _ground.Train();
        string data = _ground.SaveHeldOut();
        Assert.Equal(
            Json(data, "--threads", "1").GetProperty("per_label").GetRawText(),
            Json(data, "--threads", "3").GetProperty("per_label").GetRawText()
        );
    }

    [Fact]
    public void UnknownCharacters_AreRefusedWithTheirRecord_OrLeftOutAndTold()
    {
        _ground.Train();
        string table = _ground.Shell.Folder.File("new.tsv");
        File.WriteAllText(table, "name\tlabel\nbaqa\thard\nqq\tsoft\nla\tsoft\n");

        IsRefused(
            3,
            "new, hard, 'baqa': 'q' (U+0071), character 3 of the text, is not among the 16 symbols of the "
                + "model's vocabulary; leave it out, or pass --unknown skip.",
            Eval(table, "--progress", "none")
        );
        var skipped = Eval(table, "--unknown", "skip", "--json");
        Assert.Equal(0, skipped.ExitCode);
        Assert.Contains("characters of new left out, since the model's vocabulary lacks them: 3", skipped.Error);
        Assert.Contains("records of new left out, since nothing was left of them: 1", skipped.Error);
        var json = JsonDocument.Parse(skipped.Output).RootElement;
        Assert.Equal((2, 7), (json.GetProperty("records").GetInt32(), json.GetProperty("chars").GetInt32()));
    }

    [Fact]
    public void WhatHasNoLabelsOrNoRecords_IsOneLine()
    {
        _ground.Train();
        string text = _ground.Shell.Folder.File("text.txt"),
            empty = _ground.Shell.Folder.File("empty.tsv"),
            table = _ground.SaveHeldOut();
        File.WriteAllText(text, "baba\n");
        File.WriteAllText(empty, "name\tlabel\n");

        IsRefused(
            3,
            $"{text} is one text without labels; name a folder with one file for each label and one text a "
                + "line, or a .tsv or .csv file with a column of texts and one of labels.",
            Eval(text)
        );
        IsRefused(3, $"{empty} has a header, and no text under it; add rows.", Eval(empty));
        IsRefused(
            2,
            $"--structure compares samples with one long text, and {table} is read as labelled records; leave it out.",
            Eval(table, "--structure")
        );
    }

    [Fact]
    public void AModelOfRecordsWithoutLabels_TakesAFileThatIsNoTableForOneRecordALine()
    {
        _ground.Train(ignoreLabels: true);
        string lines = _ground.Shell.Folder.File("lines.txt");
        File.WriteAllLines(lines, File.ReadLines(_ground.SaveHeldOut()).Skip(1).Select(line => line.Split('\t')[0]));

        var json = Json(lines);

        Assert.Equal(_ground.ValLoss, json.GetProperty("nats_per_char").GetDouble(), FloatRounding);
        Assert.False(json.TryGetProperty("per_label", out _));
        Assert.Equal(3, Json(_ground.Data).GetProperty("per_label").GetArrayLength());
        IsRefused(
            2,
            $"--label-column is for a .tsv or .csv file, and {lines} is none; leave it out.",
            Eval(lines, "--label-column", "x")
        );
    }

    [Fact]
    public void AModelOfRecordsWithoutARun_TakesATableForLines_UnlessAColumnIsNamed()
    {
        _ground.Train(ignoreLabels: true);
        string model = _ground.Shell.Folder.File("moved.safetensors"),
            table = _ground.SaveHeldOut();
        File.Copy(Path.Combine(_ground.Run, "model.safetensors"), model);

        Assert.Contains(@"held-out.tsv:1:", _ground.Shell.Run("eval", model, table).Error);
        Assert.Equal(0, _ground.Shell.Run("eval", model, table, "--label-column", "language").ExitCode);
    }

    [Fact]
    public void AModelOfNoRecords_ReadsTextsAsEver_AndKnowsNoColumns()
    {
        string model = SuccessorModel.Save(_ground.Shell.Folder.File("plain.safetensors"), "name\tl");
        IsRefused(
            2,
            "--text-column is for a .tsv or .csv file, and the model was trained on a text that is none of "
                + "records; leave it out.",
            _ground.Shell.Run("eval", model, _ground.SaveHeldOut(), "--text-column", "x")
        );
        Assert.Contains("held-out.tsv:1:", _ground.Shell.Run("eval", model, _ground.SaveHeldOut()).Error);
        // A folder is texts too, of letters that this model does not know.
        Assert.Contains("hard.txt:1:1: ", _ground.Shell.Run("eval", model, _ground.Data).Error);
    }

    [Fact]
    public async Task WhatWasDoneToTheModelsTexts_IsDoneToTheData_AndConditionOnFirstSymbolDoNotCount()
    {
        using var training = new TrainingGround();
        Directory.CreateDirectory(training["data"]);
        File.WriteAllLines(training["data/one.txt"], ["école", "élan", "olé", "ane", "lac"]);
        File.WriteAllLines(training["data/two.txt"], ["café", "cone", "fane", "ale", "con"]);
        Assert.Equal(
            0,
            (
                await training.RunAsync([
                    "train",
                    "data",
                    "--labelled",
                    .. TrainingGround.Small,
                    "--fold",
                    "ascii",
                    "--given-starts",
                    "--max-steps",
                    "3",
                    "-o",
                    "run",
                ])
            ).ExitCode
        );
        File.WriteAllText(training["marked.csv"], "text,label\nélan,one\ncafé,two\n");
        File.WriteAllText(training["plain.csv"], "text,label\nelan,one\ncafe,two\n");

        string[] told =
        [
            .. await Task.WhenAll(
                new[] { "marked.csv", "plain.csv" }.Select(async data =>
                    (await training.RunAsync("eval", "run", data, "--json")).Output
                )
            ),
        ];

        var marked = TrainingGround.Parsed(told[0]);
        Assert.Equal(8, marked.GetProperty("chars").GetInt32());
        Assert.Equal(
            TrainingGround.Parsed(told[1]).GetProperty("per_label").GetRawText(),
            marked.GetProperty("per_label").GetRawText()
        );
    }

    [Fact]
    public void Interrupted_StopsWithCode130()
    {
        _ground.Train();
        _ground.Shell.Interruption.Request(ExitCode.Interrupted);
        var outcome = Eval(_ground.SaveHeldOut());
        Assert.Equal((130, ""), (outcome.ExitCode, outcome.Output));
    }
}
