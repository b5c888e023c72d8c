using System.Globalization;
using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>What is called a model's loss is that model's loss, the same wherever it is shown.</summary>
public sealed class ModelFigureTests : IDisposable
{
    private const double Tolerance = 1e-6;
    private const double BitsPerNat = 1.4426950408889634;

    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClosingFigure_WithNothingHeldOut_IsWhatEvalSaysOfTheSameText(bool isOfRecords)
    {
        string[] records = isOfRecords ? ["--records"] : [];
        var trained = await TrainAsync(["--max-steps", "40", "--val-frac", "0", "-o", "run", .. records]);
        double scored = await EvaluateAsync("run", "text.txt");

        double loss = trained.GetProperty("train_eval_loss").GetDouble();
        Assert.Equal(scored, loss, Tolerance);
        Assert.NotEqual(scored, trained.GetProperty("train_loss").GetDouble(), Tolerance);
        Assert.Equal(JsonValueKind.Null, trained.GetProperty("val_loss").ValueKind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClosingFigure_OnAValidationText_IsWhatEvalSaysOfIt(bool isOfRecords)
    {
        File.WriteAllText(_ground["held-out.txt"], TrainingGround.Text(900)[300..]);
        string[] records = isOfRecords ? ["--records"] : [];
        var trained = await TrainAsync(["--max-steps", "40", "--val-file", "held-out.txt", "-o", "run", .. records]);

        Assert.Equal(
            await EvaluateAsync("run", "held-out.txt"),
            trained.GetProperty("val_loss").GetDouble(),
            Tolerance
        );
    }

    [Fact]
    public async Task ComparisonWithBaselines_IsOfTheScoredModel_NotOfTheRunningAverage()
    {
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--max-steps",
            "40",
            "--val-frac",
            "0",
            "-o",
            "run",
        ]);
        double bits = BitsPerNat * await EvaluateAsync("run", "text.txt");

        string figure = bits.ToString("0.0000", CultureInfo.InvariantCulture);
        Assert.Contains($"compare  this model {figure} bits per character", outcome.Output);
        Assert.Contains("reached  loss on the training text", outcome.Output);
        Assert.Contains("average while training", outcome.Output);
    }

    [Fact]
    public async Task AverageTrainingLoss_OfAFewSteps_IsTheirMean_NotTheFirstStepsShadow()
    {
        await _ground.TrainAsync("--max-steps", "3", "--val-frac", "0", "-o", "three");
        var trained = await _ground.TrainAsync("--max-steps", "40", "--val-frac", "0", "-o", "forty");

        // A plain average that began at the first loss would still be within a quarter of it.
        double first = Lines("forty", "train").First().GetProperty("loss").GetDouble();
        double last = trained.GetProperty("train_loss").GetDouble();
        double kept = trained.GetProperty("train_eval_loss").GetDouble();
        Assert.InRange(last, kept, (first + kept) / 2);
    }

    [Fact]
    public async Task FinalFigures_AreKeptInTheRun_AndShownByRunsAndReport()
    {
        var trained = await _ground.TrainAsync(
            "--max-steps",
            "40",
            "--val-frac",
            "0.2",
            "--test-frac",
            "0.1",
            "-o",
            "runs/a"
        );
        double loss = trained.GetProperty("val_loss").GetDouble();

        using (var result = JsonDocument.Parse(File.ReadAllText(_ground["runs/a/result.json"])))
        {
            Assert.Equal(loss, result.RootElement.GetProperty("val_loss").GetDouble());
            Assert.Equal(
                trained.GetProperty("test_loss").GetDouble(),
                result.RootElement.GetProperty("test_loss").GetDouble()
            );
            Assert.Equal("max_steps", result.RootElement.GetProperty("stopped").GetString());
        }
        // Scored in training the same model has another figure: many short pieces, each without what came before.
        Assert.NotEqual(loss, trained.GetProperty("best_val_loss").GetDouble());

        string shown = loss.ToString("0.0000", CultureInfo.InvariantCulture);
        var listed = await _ground.RunAsync("runs", "list");
        Assert.Contains(shown, listed.Output);
        Assert.Equal(0, (await _ground.RunAsync("report", "runs/a", "-o", "page.html")).ExitCode);
        Assert.Contains($"<strong class=\"figure\">{shown}</strong>", File.ReadAllText(_ground["page.html"]));
    }

    [Fact]
    public async Task DivergedRun_IsListedAsDiverged()
    {
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            "--hidden-size",
            "8",
            "--optimizer",
            "sgd",
            "--learning-rate",
            "1e30",
            "--grad-clip-norm",
            "0",
            "--max-steps",
            "50",
            "-o",
            "runs/a",
        ]);
        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("diverged", (await _ground.RunAsync("runs", "list")).Output);
    }

    [Fact]
    public async Task RunWithoutASingleStep_ShowsNoTrainingLoss()
    {
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--max-steps",
            "0",
            "--val-frac",
            "0.2",
            "-o",
            "run",
        ]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("0.0000", outcome.Output + outcome.Error);
    }

    /// <summary>Trains as the ground does; what is told of the text is not looked at.</summary>
    private async Task<JsonElement> TrainAsync(string[] more)
    {
        var outcome = await _ground.RunAsync(["train", "text.txt", .. TrainingGround.Small, "--json", .. more]);
        Assert.Equal(0, outcome.ExitCode);
        return TrainingGround.Parsed(outcome.Output);
    }

    private async Task<double> EvaluateAsync(string model, string text)
    {
        var outcome = await _ground.RunAsync("eval", model, text, "--json");
        Assert.Equal(0, outcome.ExitCode);
        return TrainingGround.Parsed(outcome.Output).GetProperty("nats_per_char").GetDouble();
    }

    private IEnumerable<JsonElement> Lines(string run, string split) =>
        File.ReadLines(_ground[$"{run}/metrics.jsonl"])
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("split").GetString() == split);
}
