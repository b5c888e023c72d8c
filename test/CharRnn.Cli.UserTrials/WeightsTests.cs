using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary><c>--weights</c>: the format of a model's weights, with what it costs.</summary>
public sealed class WeightsTests : IDisposable
{
    private static readonly string[] Compact = ["bf16", "int8"];

    private readonly FlagGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void Eval_SaysTheFormat_AndALossNearTheTrainedWeights()
    {
        var trained = Object(_ground.Run("eval", "text", "tale.txt", "--json"));
        Assert.Equal("f32", trained.GetProperty("weights").GetString());
        Assert.DoesNotContain("weights", Output(_ground.Run("eval", "text", "tale.txt")), StringComparison.Ordinal);
        foreach (string format in Compact)
        {
            var scored = Object(_ground.Run("eval", "text", "tale.txt", "--json", "--weights", format));
            Assert.Equal(format, scored.GetProperty("weights").GetString());
            Assert.NotEqual(Loss(trained), Loss(scored));
            Assert.Equal(Loss(trained), Loss(scored), 0.01);
            Assert.Matches(
                $@"\nweights +{format}\n",
                Output(_ground.Run("eval", "text", "tale.txt", "--weights", format)).ReplaceLineEndings("\n")
            );
        }
    }

    [Fact]
    public void EvalOfLabelledRecords_SaysTheFormat() =>
        Assert.Equal(
            "int8",
            Object(_ground.Run("eval", "labelled", "names.csv", "--json", "--weights", "int8"))
                .GetProperty("weights")
                .GetString()
        );

    [Fact]
    public void ClassifyEval_SaysTheFormat_AndALossNearTheTrainedWeights()
    {
        var trained = Object(_ground.Run("classify", "eval", "classifier", "names.csv", "--json"));
        Assert.Equal("f32", trained.GetProperty("weights").GetString());
        foreach (string format in Compact)
        {
            string[] line = ["classify", "eval", "classifier", "names.csv", "--weights", format];
            var scored = Object(_ground.Run([.. line, "--json"]));
            Assert.Equal(format, scored.GetProperty("weights").GetString());
            Assert.Equal(trained.GetProperty("log_loss").GetDouble(), scored.GetProperty("log_loss").GetDouble(), 0.01);
            Assert.Contains($"weights in {format}", _ground.Run(line).Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sample_WritesTheSameTextForTheSameFormat_AndAsMuchOfIt()
    {
        foreach (string format in Compact)
        {
            string[] line = ["sample", "text", "-n", "200", "--weights", format];
            string text = Output(_ground.Run(line));
            Assert.Equal(200, text.TrimEnd('\n').Length, 10.0);
            Assert.Equal(text, Output(_ground.Run([.. line, "--num-samples", "1"])));
        }
    }

    [Fact]
    public void Predict_GivesProbabilitiesNearThoseOfTheTrainedWeights()
    {
        double trained = First(_ground.Run("classify", "predict", "classifier", "Satoshi", "--json"));
        foreach (string format in Compact)
            Assert.Equal(
                trained,
                First(_ground.Run("classify", "predict", "classifier", "Satoshi", "--json", "--weights", format)),
                0.01
            );

        static double First(Outcome outcome) =>
            Object(outcome).GetProperty("predictions")[0].GetProperty("probability").GetDouble();
    }

    [Theory]
    [InlineData("eval", "text", "tale.txt")]
    [InlineData("sample", "text")]
    [InlineData("serve", "text")]
    [InlineData("classify", "predict", "classifier", "Satoshi")]
    [InlineData("classify", "eval", "classifier", "names.csv")]
    public void AnUnknownFormat_IsRefusedWithThoseThereAre(params string[] line)
    {
        var outcome = _ground.Run([.. line, "--weights", "int4"]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--weights", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("one of f32, bf16, int8", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    private static double Loss(JsonElement figures) => figures.GetProperty("nats_per_char").GetDouble();

    private static string Output(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome.Output;
    }

    private static JsonElement Object(Outcome outcome) => JsonDocument.Parse(Output(outcome)).RootElement.Clone();
}
