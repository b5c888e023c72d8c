using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Training;

namespace CharRnn.Cli.Tests;

public sealed class ClassifyTrainCommandTests : IDisposable
{
    private static readonly string[] ResultKeys =
    [
        "run",
        "accuracy",
        "macro_accuracy",
        "macro_f1",
        "log_loss",
        "top3_accuracy",
        "majority_baseline",
        "train",
        "test",
        "seconds",
        "model",
        "validation",
        "accuracy_ceiling",
        "params",
        "steps",
        "epochs",
        "train_loss",
        "best_val_accuracy",
        "best_step",
        "stopped",
    ];

    /// <summary>A run of it never depends on the defaults.</summary>
    private static readonly string[] Small =
    [
        "--cell",
        "gru",
        "--hidden-size",
        "12",
        "--num-layers",
        "1",
        "--embedding-size",
        "6",
        "--embedding-dropout",
        "0",
        "--dropout",
        "0",
        "--output-dropout",
        "0",
        "--batch-size",
        "16",
        "--optimizer",
        "adam",
        "--learning-rate",
        "0.01",
        "--schedule",
        "constant",
        "--warmup-steps",
        "0",
        "--test-frac",
        "0.2",
        "--val-frac",
        "0.2",
        "--threads",
        "2",
    ];

    private readonly TrainingGround _ground = new();

    public ClassifyTrainCommandTests()
    {
        Directory.CreateDirectory(_ground["tongues"]);
        Write("Latin", ["us", "um", "is"], 120);
        Write("Polish", ["ski", "czyk", "ów"], 60);
        Write("Hawaiian", ["ao", "oe", "ua"], 40);
    }

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task Json_HasEveryKey()
    {
        // In a process of its own, whose command line the run keeps.
        var outcome = await _ground.RunAsync(
            new Dictionary<string, string>(),
            [
                .. "classify train tongues".Split(' '),
                .. Small,
                .. "--json --progress none --max-epochs 15 -o run".Split(' '),
            ]
        );
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var result = TrainingGround.Parsed(outcome.Output);
        Assert.Equal(ResultKeys, result.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ("run", "max_epochs", 15.0),
            (
                result.GetProperty("run").GetString(),
                result.GetProperty("stopped").GetString(),
                result.GetProperty("epochs").GetDouble()
            )
        );
        Assert.InRange(result.GetProperty("accuracy").GetDouble(), 0.7, 1);
        Assert.InRange(result.GetProperty("log_loss").GetDouble(), 0, 1);
        Assert.Equal(1, result.GetProperty("accuracy_ceiling").GetDouble());
        Assert.Equal(
            220,
            result.GetProperty("train").GetInt32()
                + result.GetProperty("validation").GetInt32()
                + result.GetProperty("test").GetInt32(),
            10.0
        );
        using var model = SequenceClassifier.Load(_ground["run"]);
        Assert.Equal(["Hawaiian", "Latin", "Polish"], model.Labels);
        var configuration = ClassifierConfiguration.Parse(File.ReadAllText(_ground["run/config.json"]), "config.json");
        Assert.StartsWith("charrnn classify train tongues --cell gru", configuration.Command);
        Assert.True(File.Exists(_ground["run/classification.json"]));
        Assert.False(File.Exists(_ground["run/run.lock"]));
    }

    [Fact]
    public async Task Output_OfAPerson_EndsWithTheModelAndTheNextCommand()
    {
        var outcome = await _ground.RunAsync(["classify", "train", "tongues", .. Small, "--max-epochs", "2"]);
        Assert.Equal(0, outcome.ExitCode);
        string[] lines = outcome.Output.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.Equal("next     charrnn classify predict runs/tongues-001 TEXT", lines[^1].Replace('\\', '/'));
        Assert.StartsWith("reached  accuracy ", lines[^2]);
        Assert.Equal("model    runs/tongues-001/model.safetensors", lines[^3].Replace('\\', '/'));
        Assert.Contains(lines, line => line.Contains("majority baseline"));
        Assert.Contains("gru 1×12 in both directions, embedding 6", outcome.Error);
        Assert.Contains("epoch 2.00: validation loss ", outcome.Error);
        Assert.DoesNotContain('\e', outcome.Error);
    }

    [Fact]
    public async Task CtrlC_SavesTheBestSoFar_AndResumeGoesOnToTheSameModel()
    {
        string[] endless =
        [
            "classify",
            "train",
            "tongues",
            .. Small,
            "--progress",
            "none",
            "-o",
            "run",
            "--max-epochs",
            TrainingGround.Endless,
        ];
        var process = _ground.Start(endless);
        await _ground.WaitForStepAfterAsync(20, "run", process);
        await TrainingGround.SignalAsync(process, "INT");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Interrupted, process.ExitCode);
        using (var model = SequenceClassifier.Load(_ground["run"]))
            Assert.Equal(1, model.Predict("Kowalski").Sum(), 1e-5);

        long more = RunFolder.Open(_ground["run"]).LastStep!.Value + 30;
        await TrainAsync(
            "-o",
            "run",
            "--resume",
            "--max-steps",
            more.ToString(),
            "--max-epochs",
            TrainingGround.Endless
        );
        await TrainAsync("-o", "whole", "--max-steps", more.ToString(), "--max-epochs", TrainingGround.Endless);
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("run"));
    }

    [Fact]
    public async Task Divergence_EndsWithItsOwnCode()
    {
        var outcome = await _ground.RunAsync([
            "classify",
            "train",
            "tongues",
            "--optimizer",
            "sgd",
            "--learning-rate",
            "1e30",
            "--grad-clip-norm",
            "0",
            "--hidden-size",
            "8",
            "--max-steps",
            "100",
            "--json",
            "--progress",
            "none",
            "-o",
            "run",
        ]);
        Assert.Equal((ExitCode.Diverged, ""), (outcome.ExitCode, outcome.Error));
        var result = TrainingGround.Parsed(outcome.Output);
        Assert.Equal("diverged", result.GetProperty("stopped").GetString());
        Assert.Equal(JsonValueKind.Null, result.GetProperty("accuracy").ValueKind);
    }

    [Theory]
    [InlineData(
        "--class-weights is 'even'; it needs none, balanced, or a number from 0 to 10, such as 0.8.",
        "--class-weights",
        "even"
    )]
    [InlineData(
        "--class-weights is '400'; it needs none, balanced, or a number from 0 to 10, such as 0.8.",
        "--class-weights",
        "400"
    )]
    [InlineData("--pooling is 'max'; it needs one of last, mean, attention.", "--pooling", "max")]
    [InlineData("--test-frac is '1'; it needs a number from 0 and below 1.", "--test-frac", "1")]
    [InlineData("there is no preset 'tutorial' among tutorial-classifier", "--preset", "tutorial")]
    public async Task BadSetting_IsAUsageError_AndLeavesNothing(string message, params string[] flags)
    {
        var outcome = await _ground.RunAsync(["classify", "train", "tongues", .. flags]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(_ground["runs"]));
    }

    [Fact]
    public async Task ChangedSetting_IsRefusedOnResume_ByItsName()
    {
        await TrainAsync("--max-steps", "3", "-o", "run");
        var outcome = await _ground.RunAsync([
            "classify",
            "train",
            "tongues",
            "-o",
            "run",
            "--resume",
            "--hidden-size",
            "13",
        ]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--hidden-size differs from the run that is resumed", outcome.Error);
    }

    [Fact]
    public async Task RunOfALanguageModel_IsNoneToGoOnWith()
    {
        await _ground.TrainAsync("--max-steps", "2", "-o", "other");
        var outcome = await _ground.RunAsync(["classify", "train", "tongues", "-o", "other", "--resume"]);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Equal(
            "charrnn: error: other/config.json: it is not the configuration of a classifier's run; one of a "
                + "language model goes on with 'charrnn train --resume'.",
            outcome.Error.TrimEnd().Replace('\\', '/')
        );
    }

    [Fact]
    public async Task RunOfAClassifier_IsNoneForALanguageModelToGoOnWith()
    {
        await TrainAsync("--max-steps", "2", "-o", "run");
        foreach (string[] flags in new string[][] { ["-o", "run", "--resume"], ["--replay", "run"] })
        {
            var outcome = await _ground.RunAsync(["train", .. flags]);
            Assert.Equal(
                (
                    3,
                    "charrnn: error: run/config.json: it is the configuration of a classifier's run, which goes on "
                        + "with 'charrnn classify train --resume'."
                ),
                (outcome.ExitCode, outcome.Error.TrimEnd().Replace('\\', '/'))
            );
        }
    }

    [Fact]
    public async Task TextsOfARunThatGoesOn_ArePreparedAsTheyWere()
    {
        await TrainAsync("--fold", "ascii", "--max-steps", "2");
        await TrainAsync("--resume", "--max-steps", "3");
        var outcome = await _ground.RunAsync(["classify", "train", "tongues", "--resume", "--fold", "none"]);
        Assert.Equal(
            (2, "charrnn: error: --fold differs from the run that is resumed; leave it out, or start a new run."),
            (outcome.ExitCode, outcome.Error.TrimEnd())
        );
    }

    [Fact]
    public async Task RunThatGoesOn_ReadsItsDataAgain_AlsoATableAndItsColumns()
    {
        await TrainAsync("-o", "folder", "--max-steps", "2");
        WriteTable("people.tsv", "surname\tcountry");
        string[] columns = ["--text-column", "surname", "--label-column", "country"];
        Assert.Equal(
            0,
            (
                await _ground.RunAsync([
                    "classify",
                    "train",
                    "people.tsv",
                    .. columns,
                    .. Small,
                    "-o",
                    "table",
                    "--max-steps",
                    "2",
                ])
            ).ExitCode
        );
        foreach (string? run in new[] { "folder", "table" })
        {
            var outcome = await _ground.RunAsync(
                "classify",
                "train",
                "-o",
                run,
                "--resume",
                "--max-steps",
                "4",
                "--json"
            );
            Assert.Equal(
                (0, 4),
                (outcome.ExitCode, TrainingGround.Parsed(outcome.Output).GetProperty("steps").GetInt32())
            );
        }

        WriteTable("others.tsv", "text\tlabel");
        var other = await _ground.RunAsync(
            "classify",
            "train",
            "others.tsv",
            "-o",
            "folder",
            "--resume",
            "--max-steps",
            "6"
        );
        Assert.Equal(3, other.ExitCode);
        Assert.Contains("others does not hold the records that folder was trained on", other.Error);
        File.Delete(_ground["people.tsv"]);
        var gone = await _ground.RunAsync("classify", "train", "-o", "table", "--resume", "--max-steps", "6");
        Assert.Equal(3, gone.ExitCode);
        Assert.Contains("people.tsv", Assert.Single(gone.Error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task TwoOfALabel_AreEnoughToTrain()
    {
        Write("Maltese", ["ella"], 2);
        var result = await TrainAsync("--max-epochs", "1", "-o", "run");
        Assert.Equal("max_epochs", result.GetProperty("stopped").GetString());
    }

    private async Task<JsonElement> TrainAsync(params string[] more)
    {
        // A run that goes on has its settings already.
        string[] settings = more.Contains("--resume") ? [] : Small;
        var outcome = await _ground.RunAsync([
            "classify",
            "train",
            "tongues",
            .. settings,
            "--json",
            "--progress",
            "none",
            .. more,
        ]);
        // Of progress nothing; what was done to the texts is told in every mode.
        Assert.Equal(0, outcome.ExitCode);
        Assert.True(outcome.Error.Length == 0 || more.Contains("--fold") || more.Contains("--resume"), outcome.Error);
        return TrainingGround.Parsed(outcome.Output);
    }

    private void WriteTable(string file, string header) =>
        File.WriteAllLines(
            _ground[file],
            [header, .. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? $"na{i}ski\tPoland" : $"na{i}us\tRome")]
        );

    private void Write(string language, string[] ends, int count)
    {
        var random = new Random(language.Length);
        var names = Enumerable
            .Range(0, count)
            .Select(_ =>
                string.Concat(Enumerable.Range(0, 2 + random.Next(7)).Select(_ => "abdeghilmnoprtuw"[random.Next(16)]))
                + ends[random.Next(ends.Length)]
            );
        File.WriteAllLines(_ground[$"tongues/{language}.txt"], names);
    }
}
