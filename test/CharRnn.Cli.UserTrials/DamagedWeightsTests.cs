namespace CharRnn.Cli.UserTrials;

/// <summary>
/// One weight that is no finite number makes everything that a model says worthless, so it is refused wherever a model
/// is read.
/// </summary>
public sealed class DamagedWeightsTests : IDisposable
{
    private const string Advice = "its weights are damaged, or training had diverged; use an earlier checkpoint.";

    private readonly TestShell _shell = new();
    private readonly string _text;

    public DamagedWeightsTests()
    {
        _text = File("text.txt");
        System.IO.File.WriteAllText(_text, string.Concat(Enumerable.Repeat(ModelSurgery.Text, 20)));
        System.IO.File.WriteAllText(File("data.csv"), "text,label\nabcab,hard\ncad,windy\ndab,soft\n");
    }

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("embedding.weight", float.NaN)]
    [InlineData("rnn.bias_hh_l1", float.PositiveInfinity)]
    [InlineData("head.bias", float.NegativeInfinity)]
    public void ALanguageModel_IsRefusedByEachVerb(string tensor, float value)
    {
        string whole = ModelSurgery.LanguageModel(File("model.safetensors"));
        string damaged = ModelSurgery.Damage(whole, File("damaged.safetensors"), tensor, value);
        string[][] commands =
        [
            ["inspect", damaged],
            ["sample", damaged, "-n", "9"],
            ["sample", damaged, "-n", "9", "--beams", "2"],
            ["eval", damaged, _text],
            ["eval", damaged, _text, "--json"],
            ["explain", "--model", damaged, "--text", "abc"],
            ["train", _text, "--init-from", damaged, "-o", File("run"), "--max-steps", "2"],
        ];
        foreach (string[] command in commands)
            AssertRefused(command, damaged, tensor);
        Assert.False(Directory.Exists(File("run")));
    }

    [Theory]
    [InlineData("embedding.weight", float.NaN)]
    [InlineData("rnn.weight_hh_l1_reverse", float.PositiveInfinity)]
    [InlineData("attention.weight", float.NaN)]
    public void AClassifier_IsRefusedByEachVerb(string tensor, float value)
    {
        string whole = ModelSurgery.Classifier(File("model.safetensors"));
        string damaged = ModelSurgery.Damage(whole, File("damaged.safetensors"), tensor, value);
        string labelled = ModelSurgery.LanguageModel(File("labelled.safetensors"), labels: 3);
        string[][] commands =
        [
            ["inspect", damaged, "--json"],
            ["classify", "predict", damaged, "aaa"],
            ["classify", "predict", damaged, "aaa", "--json"],
            ["classify", "predict", damaged, "aaa", "--letters"],
            ["classify", "eval", damaged, File("data.csv")],
            ["sample", labelled, "--label", "hard,soft", "--classifier", damaged],
        ];
        foreach (string[] command in commands)
            AssertRefused(command, damaged, tensor);
    }

    [Theory]
    [InlineData("train", "rnn.weight_hh_l0", "use an earlier checkpoint")]
    [InlineData("train", "optimizer.moment2.head.weight", "the checkpoint is damaged")]
    [InlineData("classify train", "embedding.weight", "use an earlier checkpoint")]
    [InlineData("classify train", "optimizer.moment1.head.bias", "the checkpoint is damaged")]
    public void ADamagedCheckpoint_IsNotResumed(string verb, string tensor, string said)
    {
        System.IO.File.WriteAllText(
            File("data.csv"),
            "text,label\n"
                + string.Concat(Enumerable.Range(0, 60).Select(i => $"{(i % 2 == 0 ? "ab" : "cd")}{i},{i % 2}\n"))
        );
        string data = verb == "train" ? _text : File("data.csv");
        string[] small = ["--hidden-size", "8", "--optimizer", "adam", "--progress", "none"];
        string run = File("run");
        var trained = _shell.Run([.. verb.Split(' '), data, "-o", run, "--max-steps", "2", .. small]);
        Assert.Equal((0, ""), (trained.ExitCode, trained.ExitCode == 0 ? "" : trained.Error));
        string checkpoint = Path.Combine(run, "checkpoints", "step-2.safetensors");
        ModelSurgery.Damage(checkpoint, checkpoint, tensor, float.NaN);

        var outcome = _shell.Run([.. verb.Split(' '), "-o", run, "--resume", "--max-steps", "4", "--progress", "none"]);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(tensor, outcome.Error);
        Assert.Contains(said, outcome.Error);
    }

    [Fact]
    public void FiniteWeights_WhoseSumsOverflow_AreRefusedWhereTheyDo()
    {
        string model = ModelSurgery.Rewrite(
            ModelSurgery.Classifier(File("model.safetensors"), pooling: Pooling.Mean),
            File("huge.safetensors"),
            tensor =>
                tensor.Name.StartsWith("head", StringComparison.Ordinal)
                    ? Checkpoints.Tensor.FromSingles(
                        tensor.Name,
                        [.. tensor.ToSingles().Select((_, i) => i % 2 == 0 ? float.MaxValue : float.MinValue)],
                        [.. tensor.Shape]
                    )
                    : tensor
        );
        var outcome = _shell.Run("classify", "predict", model, "aaa", "--json");
        Assert.Equal((3, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains($"are not numbers: {Advice}", outcome.Error);
    }

    private string File(string name) => _shell.Folder.File(name);

    private void AssertRefused(string[] command, string model, string tensor)
    {
        var outcome = _shell.Run(command);
        Assert.Equal((3, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains($"{model}: a weight of {tensor}, number ", outcome.Error);
        Assert.EndsWith(Advice, outcome.Error.TrimEnd());
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }
}
