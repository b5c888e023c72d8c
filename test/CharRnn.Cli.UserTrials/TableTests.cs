using System.Text;

namespace CharRnn.Cli.UserTrials;

/// <summary>Tables of any make: a column of texts, delimiters of one's own, no header, and predictions added.</summary>
public sealed class TableTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public TableTests() =>
        File.WriteAllText(
            _ground["c.csv"],
            "id,text,label\n"
                + string.Concat(
                    Enumerable.Range(0, 60).Select(i => $"{i},\"{"abcd"[i % 4]}, {i % 7}\",{"xy"[i % 2]}\n")
                )
        );

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task AColumn_IsTrainedOn_ResumedAndScored()
    {
        string[] train = ["train", "c.csv", "--text-column", "text", .. TrainingGround.Small, "-o", "r"];
        var trained = await _ground.RunAsync([.. train, "--max-steps", "5"]);
        Assert.Equal(0, trained.ExitCode);
        Assert.Contains("records: 60; empty lines left out: 0", trained.Error);
        using (var model = LanguageModel.Load(_ground["r"]))
            Assert.Equal(" ,0123456abcd", Letters(model.Vocabulary));
        Assert.Equal(0, (await _ground.RunAsync("train", "-o", "r", "--resume", "--max-steps", "9")).ExitCode);
        var scored = await _ground.RunAsync("eval", "r", "c.csv", "--text-column", "text", "--json");
        Assert.Equal(0, scored.ExitCode);
        Assert.StartsWith("{\"chars\":", scored.Output);
        var novel = await _ground.RunAsync("sample", "r", "--novel", "--num-samples", "1", "--length", "20");
        Assert.DoesNotContain("changed since", novel.Error);
    }

    [Fact]
    public async Task ATable_WithoutAColumn_IsSaidToBeReadAsItStands()
    {
        var outcome = await _ground.RunAsync("data", "stats", "c.csv");
        Assert.Contains(
            "hint: c.csv is read as text as it stands, header and all; --text-column COLUMN takes the texts",
            outcome.Error
        );
        var missing = await _ground.RunAsync("data", "stats", "c.csv", "--text-column", "txet");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("c.csv has the columns 'id', 'text', 'label'", missing.Error);
        var noTable = await _ground.RunAsync("data", "stats", "text.txt", "--text-column", "text");
        Assert.Equal(2, noTable.ExitCode);
        Assert.Contains("--text-column is for a .tsv or .csv file, and text.txt is none", noTable.Error);
    }

    [Fact]
    public async Task LineEndsWithinAText_BecomeSpaces_AndAreTold()
    {
        File.WriteAllText(_ground["n.csv"], "text\n\"a\nb\"\n\"c\r\nd\"\ne\n");
        var outcome = await _ground.RunAsync("data", "stats", "n.csv", "--text-column", "text");
        Assert.Contains(
            "texts of n.csv with line ends in them, each now a space, since a record is one line: 2",
            outcome.Error
        );
        Assert.Contains("a b\\nc d\\ne", outcome.Output);
    }

    [Theory]
    [InlineData("t.csv", "ab|p\nac|p\nbd|q\nbe|q\n", "--no-header --delimiter |")]
    [InlineData("t.dat", "ab;p\nac;p\nbd;q\nbe;q\n", "--no-header --delimiter semicolon")]
    [InlineData("t.tsv", "ab\tp\nac\tp\nbd\tq\nbe\tq\n", "--no-header")]
    [InlineData("t.csv", "p,ab\np,ac\nq,bd\nq,be\n", "--no-header --text-column 2 --label-column 1")]
    [InlineData("t.txt", "label|text\np|ab\np|ac\nq|bd\nq|be\n", "--delimiter |")]
    public async Task AnyDelimiter_AndNoHeader_AreRead(string name, string table, string flags)
    {
        File.WriteAllText(_ground[name], table);
        string[] asked = flags.Split(' ');
        var labels = await _ground.RunAsync(["data", "labels", name, "--json", .. asked]);
        Assert.Equal(0, labels.ExitCode);
        Assert.Contains("\"labels\":{\"p\":2,\"q\":2}", labels.Output);
        string[] quick = ["--max-steps", "2", "--hidden-size", "8"];
        Assert.Equal(
            0,
            (await _ground.RunAsync(["train", name, "--labelled", "-o", "r", .. asked, .. quick])).ExitCode
        );
        Assert.Equal(0, (await _ground.RunAsync(["train", "-o", "r", "--resume", "--max-steps", "3"])).ExitCode);
        Assert.Equal(0, (await _ground.RunAsync(["classify", "train", name, "-o", "c", .. asked, .. quick])).ExitCode);
        Assert.Equal(
            0,
            (await _ground.RunAsync(["classify", "train", "-o", "c", "--resume", "--max-steps", "3"])).ExitCode
        );
        Assert.Equal(0, (await _ground.RunAsync(["classify", "eval", "c", name, .. asked])).ExitCode);
        Assert.Equal(0, (await _ground.RunAsync(["eval", "r", name, .. asked])).ExitCode);
    }

    [Theory]
    [InlineData("new.csv", "id,text,note\n7,ab,\"a, b\"\n8,,none\n9,cd,\"say \"\"no\"\"\"\n", ',')]
    [InlineData("new.tsv", "id\ttext\tnote\n7\tab\ta, b\n8\t\tnone\n9\tcd\tsay \"no\"\n", '\t')]
    public async Task Predictions_AreAddedToATable_WhoseOtherColumnsStay(string name, string table, char separator)
    {
        SmallClassifier.Save(_ground["model.safetensors"]);
        File.WriteAllText(_ground[name], table);
        var outcome = await _ground.RunAsync(
            "classify",
            "predict",
            "model.safetensors",
            "--file",
            name,
            "--text-column",
            "text",
            "--top",
            "1"
        );
        Assert.Equal(0, outcome.ExitCode);
        string[] rows = table.TrimEnd().Split('\n');
        string[] told = outcome.Output.TrimEnd().Split('\n');
        Assert.Equal(rows[0] + $"{separator}prediction{separator}probability", told[0]);
        Assert.Equal(rows[2] + $"{separator}{separator}", told[2]);
        foreach (int row in (int[])[1, 3])
        {
            string[] added = told[row][(rows[row].Length + 1)..].Split(separator);
            Assert.StartsWith(rows[row], told[row]);
            Assert.Contains(added[0], SmallClassifier.Labels);
            Assert.InRange(double.Parse(added[1], System.Globalization.CultureInfo.InvariantCulture), 0.3, 1);
        }
        Assert.Contains("rows without a text, which get no prediction: 1", outcome.Error);
    }

    [Fact]
    public async Task PredictionsOfATable_ComeAsJson()
    {
        SmallClassifier.Save(_ground["model.safetensors"]);
        File.WriteAllText(_ground["new.csv"], "id,name\n7,ab\n");
        var outcome = await _ground.RunAsync("classify", "predict", "model.safetensors", "--file", "new.csv", "--json");
        var row = TrainingGround.Parsed(outcome.Output);
        Assert.Equal("ab", row.GetProperty("text").GetString());
        Assert.Equal(3, row.GetProperty("predictions").GetArrayLength());
        Assert.Equal("7", row.GetProperty("row").GetProperty("id").GetString());
    }

    [Fact]
    public async Task AThreshold_AddsTheAnswer_WhichIsEmptyForUnknown()
    {
        SmallClassifier.Save(_ground["model.safetensors"]);
        File.WriteAllText(_ground["new.csv"], "id,text\n7,ab\n8,\n");
        string[] predict =
        [
            "classify",
            "predict",
            "model.safetensors",
            "--file",
            "new.csv",
            "--top",
            "1",
            "--threshold",
        ];
        string[] unsure = (await _ground.RunAsync([.. predict, "1"])).Output.Split('\n');
        Assert.Equal("id,text,answer,prediction,probability", unsure[0]);
        Assert.StartsWith("7,ab,,", unsure[1]);
        Assert.Equal("8,,,,", unsure[2]);
        string[] sure = (await _ground.RunAsync([.. predict, "0"])).Output.Split('\n')[1].Split(',');
        Assert.Equal(sure[3], sure[2]);
        var row = TrainingGround.Parsed(
            (await _ground.RunAsync([.. predict, "1", "--json"])).Output.Split('\n')[0] + "\n"
        );
        Assert.Equal(System.Text.Json.JsonValueKind.Null, row.GetProperty("label").ValueKind);
    }

    [Theory]
    [InlineData("--letters")]
    public async Task FlagsForTextsOneByOne_AreRefusedBesideATable(params string[] flag)
    {
        SmallClassifier.Save(_ground["model.safetensors"]);
        File.WriteAllText(_ground["new.csv"], "id,name\n7,ab\n");
        var outcome = await _ground.RunAsync([
            "classify",
            "predict",
            "model.safetensors",
            "--file",
            "new.csv",
            .. flag,
        ]);
        Assert.Equal((ExitCode.Usage, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"charrnn: error: {flag[0]} is for texts one by one", outcome.Error);
    }

    private static string Letters(Vocabulary vocabulary) =>
        string.Concat(vocabulary.Symbols.ToArray().Where(Rune.IsValid).Select(symbol => new Rune(symbol).ToString()));
}
