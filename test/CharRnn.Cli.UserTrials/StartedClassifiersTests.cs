using System.Text.Json.Nodes;

namespace CharRnn.Cli.UserTrials;

/// <summary>Classifiers that begin from another one, with the same labels or others.</summary>
public sealed class StartedClassifiersTests : IDisposable
{
    private readonly TestShell _shell = new();
    private readonly string _source,
        _data;

    public StartedClassifiersTests()
    {
        string old = Table("old.csv", "ab", "hard", "cd", "soft");
        _data = Table("new.csv", "ab", "hard", "xy", "windy");
        _source = File("source");
        Run([old, "-o", _source, "--max-steps", "10", "--hidden-size", "6", "--cell", "gru"]);
    }

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public void Weights_AreTheModels_AndOnlyNewLabelsAndCharactersAreFresh(int embeddingSize)
    {
        string from = File("from");
        Run([
            Table("old.csv", "ab", "hard", "cd", "soft"),
            "-o",
            from,
            "--max-steps",
            "10",
            "--hidden-size",
            "6",
            "--num-layers",
            "2",
            "--embedding-size",
            $"{embeddingSize}",
        ]);
        var outcome = Run([_data, "-o", File("run"), "--init-from", from, "--max-steps", "0"]);
        using var source = SequenceClassifier.Load(from);
        using var started = SequenceClassifier.Load(File("run"));
        Assert.Equal(source.Spec.HiddenSize, started.Spec.HiddenSize);
        Assert.Equal(["hard", "windy"], started.Labels);
        foreach (string name in new[] { "rnn.weight_hh_l0", "rnn.weight_ih_l1", "rnn.bias_ih_l0_reverse" })
            Assert.Equal(Values(source, name), Values(started, name));
        var (headFrom, headTo) = (Values(source, "head.weight"), Values(started, "head.weight"));
        int width = source.Spec.OutputSize;
        Assert.Equal(headFrom[..width], headTo[..width]);
        Assert.NotEqual(headFrom[width..], headTo[width..]);
        Assert.Equal(Values(source, "head.bias")[0], Values(started, "head.bias")[0]);
        Assert.All("abcdxy", letter => Assert.True(started.Vocabulary.TryGetId(letter, out _)));
        foreach (char letter in "abcd")
            Assert.Equal(Inputs(source, letter), Inputs(started, letter));
        Assert.Contains("of its 2 labels 1 are kept, and new are windy; its vocabulary is extended by", outcome.Error);
    }

    [Fact]
    public void TheSameRecords_GoOnFromTheModelsOwnPredictions()
    {
        Run([
            Table("old.csv", "ab", "hard", "cd", "soft"),
            "-o",
            File("run"),
            "--init-from",
            _source,
            "--max-steps",
            "0",
        ]);
        using var source = SequenceClassifier.Load(_source);
        using var started = SequenceClassifier.Load(File("run"));
        Assert.Equal(source.Predict("abba"), started.Predict("abba"));
    }

    [Fact]
    public void TheRun_RecordsTheModel_AndIsResumedWithoutIt()
    {
        string[] settings = ["--init-from", _source, "--schedule", "constant", "--val-frac", "0"];
        Run([_data, "-o", File("whole"), "--max-steps", "20", .. settings]);
        Run([_data, "-o", File("part"), "--max-steps", "7", .. settings]);
        var config = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(File("part"), "config.json")))!;
        Assert.Equal(Path.Combine(_source, "model.safetensors"), (string)config["init_from"]!["path"]!);
        Directory.Delete(_source, recursive: true);
        Run(["-o", File("part"), "--resume", "--max-steps", "20"]);
        Assert.Equal(
            System.IO.File.ReadAllBytes(Path.Combine(File("whole"), "model.safetensors")),
            System.IO.File.ReadAllBytes(Path.Combine(File("part"), "model.safetensors"))
        );
    }

    [Fact]
    public void WhatDoesNotFit_IsRefusedByName()
    {
        Refused(2, "--hidden-size differs from the network of", [_data, "--init-from", _source, "--hidden-size", "7"]);
        Refused(2, "--init-from begins a new run", ["--resume", "--init-from", _source]);
        string language = ModelSurgery.LanguageModel(File("language.safetensors"));
        Refused(3, "is a language model, and a classifier is needed", [_data, "--init-from", language]);

        void Refused(int code, string said, string[] arguments)
        {
            var outcome = _shell.Run(["classify", "train", "-o", File("no"), .. arguments]);
            Assert.Equal(code, outcome.ExitCode);
            Assert.Contains(said, outcome.Error);
            Assert.False(Directory.Exists(File("no")));
        }
    }

    private static float[] Inputs(SequenceClassifier model, char letter)
    {
        Assert.True(model.Vocabulary.TryGetId(letter, out int id));
        if (model.Spec.EmbeddingSize > 0)
            return Values(model, "embedding.weight")
                .AsSpan(id * model.Spec.EmbeddingSize, model.Spec.EmbeddingSize)
                .ToArray();
        float[] weights = Values(model, "rnn.weight_ih_l0");
        return [.. weights.Where((_, i) => i % model.Spec.VocabularySize == id)];
    }

    private static float[] Values(SequenceClassifier model, string tensor) =>
        model.Layout.Tensors.Single(other => other.Name == tensor).CopyFrom(model.Weights);

    private Outcome Run(string[] arguments)
    {
        var outcome = _shell.Run(["classify", "train", .. arguments]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.ExitCode == 0 ? "" : outcome.Error));
        return outcome;
    }

    private string Table(string name, string one, string label, string other, string otherLabel)
    {
        System.IO.File.WriteAllLines(
            File(name),
            [
                "text,label",
                .. Enumerable
                    .Range(0, 40)
                    .Select(i =>
                        $"{string.Concat(Enumerable.Repeat(i % 2 == 0 ? one : other, 1 + i / 20))}{i},"
                        + (i % 2 == 0 ? label : otherLabel)
                    ),
            ]
        );
        return File(name);
    }

    private string File(string name) => _shell.Folder.File(name);
}
