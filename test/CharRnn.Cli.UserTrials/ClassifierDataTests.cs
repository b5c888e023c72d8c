using System.Text.Json.Nodes;

namespace CharRnn.Cli.UserTrials;

/// <summary>What a classifier is trained on: rare labels left out, validation and test texts of their own.</summary>
public sealed class ClassifierDataTests : IDisposable
{
    private static readonly string[] Small =
    [
        "--hidden-size",
        "6",
        "--batch-size",
        "8",
        "--schedule",
        "constant",
        "--progress",
        "none",
    ];

    private readonly TestShell _shell = new();
    private readonly string _data,
        _other;

    public ClassifierDataTests()
    {
        _data = Table(
            "data.csv",
            Rows("ab", "hard", 30)
                .Concat(Rows("cd", "soft", 30))
                .Append("once,'single'")
                .Append("e1,few")
                .Append("e2,few")
        );
        _other = Table(
            "other.csv",
            Rows("abc", "hard", 5).Concat(Rows("cdc", "soft", 4)).Append("ab3,hard").Append("e1,few")
        );
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void RareLabels_AreLeftOutByNameAndCount_AndStayOutWhenTheRunIsResumed()
    {
        string[] rare = ["--min-records", "3", "--val-frac", "0"];
        var started = Run(["train", _data, "-o", File("whole"), "--max-steps", "12", .. rare, .. Small[..^2]]);
        Assert.Contains("labels left out, since they have fewer than 3 records: \"'single'\" 1, few 2.", started.Error);
        using (var model = SequenceClassifier.Load(File("whole")))
            Assert.Equal(["hard", "soft"], model.Labels);
        Assert.Equal(3, (int)Config("whole")["settings"]!["min_records"]!);

        Run(["train", _data, "-o", File("part"), "--max-steps", "5", .. rare, .. Small]);
        Run(["train", "-o", File("part"), "--resume", "--max-steps", "12", "--progress", "none"]);
        AssertSameModel("whole", "part");
    }

    [Fact]
    public void RareLabels_AreRefusedWhereTooFewAreLeft_AndWithoutTheFlag()
    {
        Refused(2, "--min-records is 31 and leaves 0 labels of data", "--min-records", "31");
        Refused(3, "has this one text");
        Refused(2, "--min-records", "--min-records", "0");

        void Refused(int code, string said, params string[] flags)
        {
            var outcome = _shell.Run(["classify", "train", _data, "-o", File("refused"), .. Small, .. flags]);
            Assert.Equal(code, outcome.ExitCode);
            Assert.Contains(said, outcome.Error);
            Assert.False(Directory.Exists(File("refused")));
        }
    }

    [Fact]
    public void ValidationAndTestFiles_AreScoredInsteadOfPartsOfTheData_AndFoundAgainWhenTheRunIsResumed()
    {
        string[] files = ["--val-file", _other, "--test-file", _other, "--min-records", "3"];
        var whole = Run(["train", _data, "-o", File("whole"), "--max-steps", "24", "--json", .. files, .. Small]);
        var result = JsonNode.Parse(whole.Output)!;
        Assert.Equal((60, 10, 10), ((int)result["train"]!, (int)result["validation"]!, (int)result["test"]!));
        string notes = Run(["train", _data, "-o", File("notes"), "--max-steps", "1", .. files, .. Small[..^2]]).Error;
        Assert.Contains("1 record of other left out with their labels.", notes);
        Assert.Contains("1 of the 10 records for validation have a text that is trained on too", notes);

        Run(["train", _data, "-o", File("part"), "--max-steps", "16", .. files, .. Small]);
        Run(["train", "-o", File("part"), "--resume", "--max-steps", "24", "--progress", "none"]);
        AssertSameModel("whole", "part");
        Assert.Equal(
            System.IO.File.ReadAllText(Path.Combine(File("whole"), "classification.json")),
            System.IO.File.ReadAllText(Path.Combine(File("part"), "classification.json"))
        );
        System.IO.File.AppendAllText(_other, "abz9,hard\n");
        var changed = _shell.Run("classify", "train", "-o", File("part"), "--resume", "--max-steps", "30");
        Assert.Equal(3, changed.ExitCode);
        Assert.Contains("other does not hold the records", changed.Error);
    }

    [Fact]
    public void ValidationFiles_AreRefusedBesideAShare_AndWithALabelThatTheDataLack()
    {
        Refused(2, "--val-file names texts of its own, and --val-frac", _other, "--val-frac", "0.1");
        Refused(3, "strange has the label 'odd'", Table("strange.csv", ["ab,odd"]));
        Refused(3, "does not exist", File("missing.csv"));

        void Refused(int code, string said, string file, params string[] flags)
        {
            var outcome = _shell.Run([
                "classify",
                "train",
                _data,
                "--min-records",
                "2",
                "--val-file",
                file,
                "-o",
                File("no"),
                .. Small,
                .. flags,
            ]);
            Assert.Equal(code, outcome.ExitCode);
            Assert.Contains(said, outcome.Error);
            Assert.False(Directory.Exists(File("no")));
        }
    }

    private JsonNode Config(string run) =>
        JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(File(run), "config.json")))!;

    private void AssertSameModel(string one, string other) =>
        Assert.Equal(
            System.IO.File.ReadAllBytes(Path.Combine(File(one), "model.safetensors")),
            System.IO.File.ReadAllBytes(Path.Combine(File(other), "model.safetensors"))
        );

    private Outcome Run(string[] arguments)
    {
        var outcome = _shell.Run(["classify", .. arguments]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.ExitCode == 0 ? "" : outcome.Error));
        return outcome;
    }

    private string Table(string name, IEnumerable<string> rows)
    {
        System.IO.File.WriteAllLines(File(name), ["text,label", .. rows]);
        return File(name);
    }

    private static IEnumerable<string> Rows(string stem, string label, int count) =>
        Enumerable.Range(0, count).Select(i => $"{stem}{i},{label}");

    private string File(string name) => _shell.Folder.File(name);
}
