using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>What metrics say of the gradients, against gradients and gates that are known.</summary>
public sealed class GradientHealthTests : IDisposable
{
    private const int Steps = 5,
        Streams = 17;

    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    private static ModelSpec Spec(string cell) =>
        new()
        {
            Cell = cell,
            VocabularySize = 27,
            HiddenSize = 13,
            NumLayers = 2,
            EmbeddingSize = 5,
        };

    [Theory]
    [InlineData(double.PositiveInfinity, 1e-3)]
    [InlineData(0.05, 1e-3)]
    [InlineData(double.PositiveInfinity, 1e-9)]
    [InlineData(double.PositiveInfinity, 1e9)]
    public void ClippedShare_IsThatOfTheElementsBeyondTheLimit_AfterTheNormsClip(double norm, double element)
    {
        using var team = new WorkerTeam(2);
        using var run = new TrainingRun(
            Spec("lstm"),
            Steps,
            Streams,
            new OptimizerSettings(),
            team,
            clip: new ClipLimits(norm, element)
        );
        for (int step = 0; step < 3; step++)
        {
            var result = run.Step();
            float scale = result.GradientNorm > norm ? (float)(norm / result.GradientNorm) : 1;
            float[] gradients = [.. run.Layout.Tensors.SelectMany(tensor => tensor.CopyFrom(run.Pass.Gradients))];

            Assert.Equal(
                gradients.Count(gradient => Math.Abs(gradient * scale) > (float)element) / (double)gradients.Length,
                run.Training.Health().ClippedShare
            );
        }
    }

    [Fact]
    public void ClippedShare_OfANormAlone_IsOneOrZero_AndWithoutLimitsNothing()
    {
        Assert.Equal(1, ShareWith(new ClipLimits(1e-3, double.PositiveInfinity)));
        Assert.Equal(0, ShareWith(new ClipLimits(1e3, double.PositiveInfinity)));
        Assert.Null(ShareWith(new ClipLimits(double.PositiveInfinity, double.PositiveInfinity)));

        static double? ShareWith(ClipLimits clip)
        {
            using var team = new WorkerTeam(1);
            using var run = new TrainingRun(Spec("rnn"), Steps, Streams, new OptimizerSettings(), team, clip: clip);
            run.Step();
            return run.Training.Health().ClippedShare;
        }
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("gru")]
    [InlineData("lstm")]
    public void SaturatedShare_IsThatOfTheTwin_ForAnyNumberOfWorkers(string cell)
    {
        foreach (int hidden in new[] { 13, 150 })
        {
            var spec = Spec(cell) with { HiddenSize = hidden };
            using var twin = new EngineTwin(spec);
            double expected = MakeSaturated(twin);
            Assert.InRange(expected, 0.1, 0.9);
            foreach (int workers in new[] { 1, 3, 5 })
            {
                using var team = new WorkerTeam(workers);
                using var run = new TrainingRun(spec, Steps, Streams, new OptimizerSettings(), team);
                run.Weights.CopyFrom(twin.Weights);
                run.Training.WeightsChanged();
                run.Pass.MeasuresSaturation = true;
                run.Step();

                // A gate within rounding of a limit may count on one side alone.
                Assert.Equal(expected, run.Training.Health().SaturatedShare!.Value, 1e-3);
            }
        }
    }

    [Fact]
    public void SaturatedShare_IsNothing_WhereNobodyLooked()
    {
        using var team = new WorkerTeam(1);
        using var run = new TrainingRun(Spec("gru"), Steps, Streams, new OptimizerSettings(), team);
        run.Step();
        Assert.Null(run.Training.Health().SaturatedShare);
    }

    [Fact]
    public void SaturatedShare_IsNothing_OfACellWithoutAnyLimits()
    {
        using var team = new WorkerTeam(1);
        using var run = new TrainingRun(Spec("linear"), Steps, Streams, new OptimizerSettings(), team);
        run.Pass.MeasuresSaturation = true;
        run.Step();
        Assert.Null(run.Training.Health().SaturatedShare);
    }

    [Fact]
    public void SaturatedShare_OfGatesThatAreAllShutOrOpen_IsOne_AndOfGatesInTheMiddleZero()
    {
        Assert.Equal(1, ShareWithBiases(50));
        Assert.Equal(0, ShareWithBiases(0));

        static double? ShareWithBiases(float bias)
        {
            using var team = new WorkerTeam(2);
            using var run = new TrainingRun(Spec("lstm"), Steps, Streams, new OptimizerSettings(), team);
            foreach (
                var tensor in run.Layout.Tensors.Where(tensor =>
                    tensor.Name.StartsWith("rnn.", StringComparison.Ordinal)
                )
            )
                tensor.CopyTo(
                    [
                        .. Enumerable
                            .Range(0, tensor.Count)
                            .Select(i =>
                                tensor.Shape.Count > 1 ? 0
                                : i % 2 == 0 ? bias
                                : -bias
                            ),
                    ],
                    run.Weights
                );
            run.Training.WeightsChanged();
            run.Pass.MeasuresSaturation = true;
            run.Step();
            return run.Training.Health().SaturatedShare;
        }
    }

    [Theory]
    [InlineData(40, 40)]
    [InlineData(350, 100)]
    public void Metrics_TellOfItInEveryLineOfTraining(long steps, int expectedLines)
    {
        var told = new Told();
        var (run, _) = _runs.Train("run", SmallRun.Settings with { MaxSteps = steps, GradClip = 1e-4 }, observer: told);
        JsonElement[] lines =
        [
            .. File.ReadLines(run.MetricsPath)
                .Select(line => JsonElement.Parse(line))
                .Where(line => line.GetProperty("split").GetString() == "train"),
        ];

        Assert.Equal(expectedLines, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.GetProperty("clipped_share").GetDouble(), 1e-3, 1));
        Assert.All(lines, line => Assert.InRange(line.GetProperty("saturated_share").GetDouble(), 0, 1));
        Assert.Equal(told.Last.Health.ClippedShare, lines[^1].GetProperty("clipped_share").GetDouble());
        Assert.Equal(told.Last.Health.SaturatedShare, lines[^1].GetProperty("saturated_share").GetDouble());
    }

    [Fact]
    public void Metrics_OfARunThatWasStopped_TellTheSame()
    {
        static string[] Shares(CharRnn.RunFolder run) =>
            [
                .. File.ReadLines(run.MetricsPath)
                    .Select(line => JsonElement.Parse(line))
                    .Select(line =>
                        $"{line.GetProperty("step")} {line.GetProperty("clipped_share")} "
                        + $"{line.GetProperty("saturated_share")}"
                    ),
            ];
        var settings = SmallRun.Settings with { GradClip = 1e-4 };

        var (whole, _) = _runs.Train("whole", settings);
        var (stopped, _) = _runs.TrainWithStops("stopped", settings, 1, 7, 23);

        Assert.Equal(Shares(whole), Shares(stopped));
    }

    /// <summary>
    /// Makes the weights of the layers larger; gives the share of gates that are saturated in the first step of a
    /// <see cref="TrainingRun"/>.
    /// </summary>
    private static double MakeSaturated(EngineTwin twin)
    {
        const double Factor = 5;
        foreach (
            var (name, values) in twin.Model.Parameters.Where(tensor =>
                tensor.Key.StartsWith("rnn.", StringComparison.Ordinal)
            )
        )
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(Factor * values[i]);
        twin.TakeReferenceWeights();
        int vocabulary = twin.Layout.Spec.VocabularySize;
        int[] inputs = EngineTwin.Ids(Steps * Streams, vocabulary, seed: 3),
            targets = EngineTwin.Ids(Steps * Streams, vocabulary, seed: 4);
        Array.Reverse(inputs);
        return twin
            .Model.Run(inputs, targets, Steps, Streams, twin.Model.NewState(Streams), lossScale: 1, backward: false)
            .SaturatedShare;
    }

    private sealed class Told : ITrainingObserver
    {
        public TrainingProgress Last { get; private set; }

        public void OnStep(in TrainingProgress progress) => Last = progress;
    }
}
