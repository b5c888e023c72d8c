using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>
/// Files from elsewhere list symbols and labels in an order of their own, to which their weights belong: the ids are
/// those of the file.
/// </summary>
public sealed class ModelsInAnotherOrderTests : IDisposable
{
    private readonly TestShell _shell = new();
    private readonly string _text;

    public ModelsInAnotherOrderTests()
    {
        _text = File("text.txt");
        System.IO.File.WriteAllText(_text, string.Concat(Enumerable.Repeat(ModelSurgery.Text, 20)));
    }

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void ALanguageModel_ScoresSamplesAndExplainsAsBefore(int embedding)
    {
        string sorted = ModelSurgery.LanguageModel(File("sorted.safetensors"), embedding);
        string shuffled = ModelSurgery.Shuffle(sorted, File("shuffled.safetensors"));

        Assert.Equal(Loss(sorted), Loss(shuffled), 5);
        Assert.Equal(Sample(sorted), Sample(shuffled));
        string[] explained = ["--text", "abcab", "--json"];
        Assert.Equal(
            Json(["explain", "--model", sorted, .. explained]).GetProperty("loss").GetDouble(),
            Json(["explain", "--model", shuffled, .. explained]).GetProperty("loss").GetDouble(),
            4
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void ALabelledModel_KeepsItsSymbolsAndLabelsApart(int embedding)
    {
        string sorted = ModelSurgery.LanguageModel(File("sorted.safetensors"), embedding, labels: 3);
        string shuffled = ModelSurgery.Shuffle(sorted, File("shuffled.safetensors"));
        var texts = ModelSurgery.Labels.Select(label => Sample(sorted, "--label", label)).ToList();

        Assert.Equal(3, texts.Distinct().Count());
        Assert.Equal(texts, ModelSurgery.Labels.Select(label => Sample(shuffled, "--label", label)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void AClassifier_GivesEachLabelItsProbability(int embedding)
    {
        string sorted = ModelSurgery.Classifier(File("sorted.safetensors"), embedding);
        string shuffled = ModelSurgery.Shuffle(sorted, File("shuffled.safetensors"));
        System.IO.File.WriteAllText(File("data.csv"), "text,label\nabcab,hard\ncad łab,windy\ndab,soft\n");

        Assert.Equal(Probabilities(sorted), Probabilities(shuffled));
        string[] scored = [File("data.csv"), "--text-column", "text", "--json"];
        Assert.Equal(
            Json(["classify", "eval", sorted, .. scored]).GetProperty("log_loss").GetDouble(),
            Json(["classify", "eval", shuffled, .. scored]).GetProperty("log_loss").GetDouble(),
            5
        );
        string model = ModelSurgery.LanguageModel(File("model.safetensors"), labels: 3);
        Assert.Equal(Judged(model, sorted), Judged(model, shuffled));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(5, "")]
    [InlineData(5, "zżx")]
    public void ARunThatBeginsFromOne_KnowsWhatItKnew_AndGoesOnTheSame(int embedding, string added)
    {
        string shuffled = ModelSurgery.Shuffle(
            ModelSurgery.LanguageModel(File("sorted.safetensors"), embedding),
            File("shuffled.safetensors")
        );
        double before = Loss(shuffled);
        System.IO.File.AppendAllText(_text, added);

        Train("still", "--learning-rate", "0", "--max-steps", "1");
        System.IO.File.WriteAllText(_text, string.Concat(Enumerable.Repeat(ModelSurgery.Text, 20)));
        // A symbol that was added takes its share of the probability.
        Assert.Equal(before, Loss(File("still")), added.Length > 0 ? 0 : 5);

        Train("whole", "--max-steps", "6", "--schedule", "constant");
        Train("parts", "--max-steps", "3", "--schedule", "constant");
        Assert.Equal(
            0,
            _shell.Run("train", "-o", File("parts"), "--resume", "--max-steps", "6", "--progress", "none").ExitCode
        );
        Assert.Equal(
            System.IO.File.ReadAllBytes(File("whole/model.safetensors")),
            System.IO.File.ReadAllBytes(File("parts/model.safetensors"))
        );

        void Train(string run, params string[] more)
        {
            string[] arguments = ["train", _text, "--init-from", shuffled, "-o", File(run), "--dropout", "0"];
            var outcome = _shell.Run([
                .. arguments,
                "--seq-length",
                "8",
                "--batch-size",
                "4",
                "--warmup-steps",
                "0",
                "--progress",
                "none",
                .. more,
            ]);
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.ExitCode == 0 ? "" : outcome.Error));
        }
    }

    [Fact]
    public void ACheckpointInAnotherOrder_IsNoCheckpointOfTheRun()
    {
        string[] small = ["--hidden-size", "8", "--num-layers", "1", "--embedding-size", "4", "--progress", "none"];
        string run = File("run");
        Assert.Equal(0, _shell.Run(["train", _text, "-o", run, "--max-steps", "2", .. small]).ExitCode);
        string checkpoint = Path.Combine(run, "checkpoints", "step-2.safetensors");
        ModelSurgery.Shuffle(checkpoint, checkpoint);

        var outcome = _shell.Run("train", "-o", run, "--resume", "--max-steps", "4", "--progress", "none");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("its vocabulary is not the run's", outcome.Error);
    }

    private string File(string name) => _shell.Folder.File(name);

    private double Loss(string model) => Json("eval", model, _text, "--json").GetProperty("nats_per_char").GetDouble();

    private string Sample(string model, params string[] more)
    {
        var outcome = _shell.Run(["sample", model, "-n", "60", "--temperature", "0", .. more]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return outcome.Output;
    }

    private string Judged(string model, string classifier)
    {
        string[] arguments =
        [
            "sample",
            model,
            "--label",
            "hard,soft",
            "--num-samples",
            "20",
            "-n",
            "12",
            "--seed",
            "1",
        ];
        var outcome = _shell.Run([.. arguments, "--classifier", classifier]);
        Assert.Equal(0, outcome.ExitCode);
        return outcome.Output;
    }

    private string[] Probabilities(string model)
    {
        var outcome = _shell.Run("classify", "predict", model, "--top", "3", "abcab", "cad łab", "xyz");
        Assert.Equal(0, outcome.ExitCode);
        return outcome.Output.Split('\n');
    }

    private JsonElement Json(params string[] arguments)
    {
        var outcome = _shell.Run(arguments);
        Assert.Equal(0, outcome.ExitCode);
        return JsonDocument.Parse(outcome.Output).RootElement;
    }
}
