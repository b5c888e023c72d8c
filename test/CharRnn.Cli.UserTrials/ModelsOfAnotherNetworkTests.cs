using System.Text.Json.Nodes;
using CharRnn.Checkpoints;

namespace CharRnn.Cli.UserTrials;

/// <summary>
/// Files whose metadata describes another network than the weights are of: each is refused with the tensor by which
/// that shows, wherever a model is read, rather than read in part.
/// </summary>
public sealed class ModelsOfAnotherNetworkTests : IDisposable
{
    private readonly TestShell _shell = new();
    private readonly string _text;

    public ModelsOfAnotherNetworkTests()
    {
        _text = File("text.txt");
        System.IO.File.WriteAllText(_text, string.Concat(Enumerable.Repeat(ModelSurgery.Text, 20)));
        System.IO.File.WriteAllText(File("data.csv"), "text,label\nabcab,hard\ncad,windy\ndab,soft\n");
    }

    public void Dispose() => _shell.Dispose();

    public static TheoryData<string, string, string?, string> WrongWords =>
        new()
        {
            // What the metadata says nothing of is the default: one layer, one-hot labels, no projection.
            { "language", "num_layers", null, "does not use the file's tensors 'rnn.bias_hh_l1'" },
            { "language", "num_layers", "3", "holds no tensor 'rnn.weight_ih_l2'" },
            { "language", "hidden_size", null, "has the shape (18, 5)" },
            { "language", "hidden_size", "7", "has the shape (18, 5)" },
            { "language", "cell", null, "has the shape (18, 5)" },
            { "language", "cell", "\"rnn\"", "has the shape (18, 5)" },
            { "language", "embedding_size", "0", "has the shape (18, 5)" },
            { "language", "embedding_size", "4", "embedding.weight has the shape (8, 5)" },
            { "language", "projection_size", "6", "holds no tensor 'projection.weight_l0'" },
            { "labelled", "num_layers", null, "does not use the file's tensors 'rnn.bias_hh_l1'" },
            { "labelled", "label_embedding_size", null, "does not use the file's tensor 'label_embedding.weight'" },
            { "labelled", "label_embedding_size", "2", "label_embedding.weight has the shape (3, 3)" },
            { "labelled", "label_count", "2", "has 2 labels, and 3 are named" },
            { "classifier", "num_layers", null, "'rnn.bias_hh_l1', 'rnn.bias_hh_l1_reverse'" },
            { "classifier", "num_layers", "3", "holds no tensor 'rnn.weight_ih_l2'" },
            { "classifier", "pooling", null, "does not use the file's tensor 'attention.weight'" },
            { "classifier", "pooling", "\"mean\"", "does not use the file's tensor 'attention.weight'" },
            { "classifier", "bidirectional", "false", "has the shape (18, 12)" },
        };

    [Theory]
    [MemberData(nameof(WrongWords))]
    public void WrongWordsOfTheNetwork_AreRefused_WithATensorThatDoesNotFit(
        string kind,
        string key,
        string? value,
        string said
    ) =>
        AssertRefused(
            kind,
            ModelSurgery.Describe(
                Save(kind),
                File("changed.safetensors"),
                key,
                value is null ? null : JsonNode.Parse(value)
            ),
            said
        );

    [Theory]
    [InlineData("language", "nonlinearity", "\"relu\"")]
    [InlineData("language", "Num_layers", "2")]
    [InlineData("labelled", "pooling", "\"mean\"")]
    [InlineData("classifier", "projection_size", "0")]
    public void AWordThatIsNotKnown_IsNamed_SinceTheWeightsMayMeanSomethingElseByIt(
        string kind,
        string key,
        string value
    ) =>
        AssertRefused(
            kind,
            ModelSurgery.Describe(Save(kind), File("changed.safetensors"), key, JsonNode.Parse(value)),
            $"its '{key}' is nothing that this version knows of a network"
        );

    [Theory]
    [InlineData("language", "rnn.weight_ih_l0_reverse")]
    [InlineData("language", "projection.weight_l0")]
    [InlineData("language", "label_embedding.weight")]
    [InlineData("language", "attention.weight")]
    [InlineData("language", "rnn.bias_hn_l0")]
    [InlineData("labelled", "rnn.weight_hr_l0")]
    [InlineData("labelled", "norm.weight")]
    [InlineData("classifier", "projection.weight_l0")]
    [InlineData("classifier", "Head.weight")]
    public void ATensorThatTheNetworkDoesNotUse_IsNamed(string kind, string name) =>
        AssertRefused(
            kind,
            ModelSurgery.Rewrite(Save(kind), File("more.safetensors"), more: Tensor.FromSingles(name, new float[6], 6)),
            $"does not use the file's tensor '{name}'"
        );

    [Theory]
    [InlineData("language", "rnn.bias_hh_l1")]
    [InlineData("labelled", "label_embedding.weight")]
    [InlineData("classifier", "rnn.weight_hh_l1_reverse")]
    public void ATensorThatIsMissing_IsNamed(string kind, string name) =>
        AssertRefused(
            kind,
            ModelSurgery.Rewrite(Save(kind), File("less.safetensors"), tensor => tensor.Name == name ? null : tensor),
            $"holds no tensor '{name}'"
        );

    [Theory]
    [InlineData("language")]
    [InlineData("labelled")]
    [InlineData("classifier")]
    public void ATensorOfWholeNumbers_IsNoWeight(string kind) =>
        AssertRefused(
            kind,
            ModelSurgery.Rewrite(
                Save(kind),
                File("whole.safetensors"),
                tensor =>
                    tensor.Name == "head.bias"
                        ? Tensor.FromInt64s(tensor.Name, new long[tensor.ToSingles().Length], [.. tensor.Shape])
                        : tensor
            ),
            "head.bias holds I64, which is no type of weights"
        );

    [Fact]
    public void ACheckpoint_HasMoreThanTheModel_AndIsRead()
    {
        string[] small = ["--hidden-size", "8", "--num-layers", "2", "--optimizer", "adam", "--progress", "none"];
        Assert.Equal(0, _shell.Run(["train", _text, "-o", File("run"), "--max-steps", "2", .. small]).ExitCode);
        Assert.Equal(0, _shell.Run("inspect", File("run/checkpoints/step-2.safetensors")).ExitCode);
        Assert.Equal(0, _shell.Run("sample", File("run/checkpoints/step-2.safetensors"), "-n", "9").ExitCode);
    }

    private string File(string name) => _shell.Folder.File(name);

    private string Save(string kind) =>
        kind == "classifier"
            ? ModelSurgery.Classifier(File("model.safetensors"))
            : ModelSurgery.LanguageModel(File("model.safetensors"), labels: kind == "labelled" ? 3 : 0);

    private void AssertRefused(string kind, string model, string said)
    {
        string[][] commands =
            kind == "classifier"
                ?
                [
                    ["inspect", model],
                    ["classify", "predict", model, "abc"],
                    ["classify", "eval", model, File("data.csv")],
                ]
                :
                [
                    ["inspect", model],
                    ["sample", model, "-n", "9"],
                    ["eval", model, _text],
                    ["explain", "--model", model],
                    ["train", _text, "--init-from", model, "-o", File("run")],
                ];
        foreach (string[] command in commands)
        {
            var outcome = _shell.Run(command);
            Assert.Equal((3, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains(said, outcome.Error);
            Assert.Contains(model, outcome.Error);
            Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        }
        Assert.False(Directory.Exists(File("run")));
    }
}
