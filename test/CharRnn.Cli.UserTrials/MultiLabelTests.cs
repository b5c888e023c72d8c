using System.Text.Json.Nodes;

namespace CharRnn.Cli.UserTrials;

/// <summary>Texts of several labels each: learnt, predicted, scored and shown.</summary>
public sealed class MultiLabelTests : IDisposable
{
    private readonly TestShell _shell = new();
    private readonly string _run,
        _data;

    public MultiLabelTests()
    {
        _run = _shell.Folder.File("run");
        _data = Table("data.csv", "|");
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void SeveralLabels_AreLearntPredictedScoredAndShown()
    {
        var trained = Train(_data, _run);
        Assert.Contains("several labels a text: 160 texts under 3 labels: ab 107, xy 106, even 80.", trained.Error);
        Assert.Contains("data: 160 texts", trained.Error);
        Assert.DoesNotContain("can be right on more than", trained.Error);
        Assert.Contains("micro F1", trained.Output);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(_run, "config.json")))!["settings"]!;
        Assert.Equal((true, 0.0), ((bool)config["multi_label"]!, (double)config["label_smoothing"]!));

        var answers = Run("predict", _run, "ab", "xyx", "--json")
            .Output.TrimEnd()
            .Split('\n')
            .Select(line => JsonNode.Parse(line)!)
            .ToList();
        Assert.Equal(
            ["ab"],
            [.. answers[0]["labels"]!.AsArray().Select(label => (string)label!).Where(label => label != "even")]
        );
        Assert.Equal(
            ["xy"],
            [.. answers[1]["labels"]!.AsArray().Select(label => (string)label!).Where(label => label != "even")]
        );
        Assert.Equal(3, answers[0]["predictions"]!.AsArray().Count);
        Assert.Contains("none: no label has a probability of 1", Run("predict", _run, "ab", "--threshold", "1").Output);

        string table = _shell.Folder.File("new.csv");
        File.WriteAllText(table, "text\nab\n");
        string[] rows = Run("predict", _run, "--file", table, "--top", "1", "--threshold", "0").Output.Split('\n');
        Assert.Equal("text,answer,prediction,probability", rows[0]);
        Assert.Equal(["ab", "even", "xy"], rows[1].Split(',')[1].Split('|').Order());

        var scored = JsonNode.Parse(Run("eval", _run, _data, "--json").Output)!;
        Assert.Equal((true, 160), ((bool)scored["multi_label"]!, (int)scored["texts"]!));
        Assert.InRange((double)scored["micro_f1"]!, 0.6, 1);
        Assert.Equal(3, scored["per_label"]!.AsArray().Count);
        string screen = Run("eval", _run, _data, "--threshold", "0.3").Output;
        Assert.Contains("labels with a probability of 0.3 or more", screen);
        Assert.Contains("subset accuracy", screen);

        Assert.True((bool)JsonNode.Parse(_shell.Run("inspect", _run, "--json").Output)!["multi_label"]!);
        string page = _shell.Folder.File("page.html");
        Assert.Equal(0, _shell.Run("report", _run, "-o", page).ExitCode);
        Assert.Contains("were given all of their labels and no other", File.ReadAllText(page));
        var listed = JsonNode.Parse(_shell.Run("runs", "list", _shell.Folder.Path, "--json").Output)!["runs"]![0]!;
        Assert.InRange((double)listed["best_val_accuracy"]!, 0.5, 1);
    }

    [Fact]
    public void AnotherSeparator_GivesTheSameModel_AndIsKeptInTheRun()
    {
        Train(_data, _run);
        string other = _shell.Folder.File("other"),
            semicolons = Table("data2.csv", ";");
        Train(semicolons, other, "--label-separator", ";");
        using var one = SequenceClassifier.Load(_run);
        using var same = SequenceClassifier.Load(other);
        Assert.Equal(one.Labels, same.Labels);
        Assert.Equal(one.Predict("abab"), same.Predict("abab"));
        Run("train", "-o", other, "--resume", "--max-steps", "70", "--progress", "none");
        Assert.Equal(
            Run("eval", _run, _data, "--json").Output,
            Run("eval", _run, semicolons, "--label-separator", ";", "--json").Output
        );
    }

    [Fact]
    public void WhatMeansNothingBesideIt_IsRefused()
    {
        Refused("--class-weights", "train", _data, "--multi-label", "--class-weights", "balanced");
        Refused("--label-separator", "train", _data, "--label-separator", ";");
        Train(_data, _run);
        Refused("--counts", "eval", _run, _data, "--counts");
        Refused("--multi-label differs", "train", "-o", _run, "--resume", "--multi-label=false");
        string single = ModelSurgery.Classifier(_shell.Folder.File("single.safetensors"));
        Refused("--label-separator", "eval", single, _data, "--label-separator", ";");

        void Refused(string said, params string[] arguments)
        {
            var outcome = _shell.Run(["classify", .. arguments]);
            Assert.Equal(2, outcome.ExitCode);
            Assert.Contains(said, outcome.Error);
        }
    }

    private Outcome Train(string data, string run, params string[] flags) =>
        Run([
            "train",
            data,
            "-o",
            run,
            "--multi-label",
            "--max-steps",
            "60",
            "--hidden-size",
            "8",
            "--batch-size",
            "16",
            "--learning-rate",
            "0.02",
            .. flags,
        ]);

    // Texts of a's and b's, or of x's and y's, or of both; every second one has a label besides.
    private string Table(string name, string separator)
    {
        string path = _shell.Folder.File(name);
        string[] kinds = ["ab", "xy", "ab+xy"];
        File.WriteAllLines(
            path,
            [
                "text,label",
                .. Enumerable
                    .Range(0, 160)
                    .Select(i =>
                    {
                        string kind = kinds[i % 3];
                        string letters = kind.Replace("+", "");
                        string text = string.Concat(
                            Enumerable
                                .Range(0, 9)
                                .Select(bit => letters[(i >> bit) % 2 + (bit % 2 == 0 ? 0 : letters.Length - 2)])
                        );
                        return (text, Labels: kind.Split('+').Concat(i % 2 == 0 ? ["even"] : Array.Empty<string>()));
                    })
                    .Select((row, i) => $"{row.text}{i},{string.Join(separator, row.Labels)}"),
            ]
        );
        return path;
    }

    private Outcome Run(params string[] arguments)
    {
        var outcome = _shell.Run(["classify", .. arguments]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.ExitCode == 0 ? "" : outcome.Error));
        return outcome;
    }
}
