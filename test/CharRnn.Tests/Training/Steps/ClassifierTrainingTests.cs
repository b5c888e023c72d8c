using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class ClassifierTrainingTests
{
    private static readonly ClipLimits Clip = new(1, 0.1);

    [Theory]
    [InlineData("rnn", Pooling.Last)]
    [InlineData("gru", Pooling.Mean)]
    [InlineData("lstm", Pooling.Attention)]
    public void TwentySteps_OnBatchesOfManyShapes_GiveTheSameBits_WithAnyNumberOfWorkers(string cell, Pooling pooling)
    {
        var spec = Spec(cell, pooling);
        float[] alone = Train(spec, workers: 1);
        foreach (int workers in new[] { 2, 3, 5 })
            Bits.AssertSame(alone, Train(spec, workers), $"{workers} workers");
    }

    [Fact]
    public void AStep_DoesNotDependOnTheShapesThatCameBefore()
    {
        var spec = Spec("lstm", Pooling.Attention);
        float[] Last(params (int Steps, int Streams)[] before)
        {
            using var twin = new ClassifierTwin(spec);
            using var team = new WorkerTeam(2);
            using var pass = PassOf(twin, team);
            using var step = new TrainingStep(
                pass,
                Optimizer.Create(new OptimizerSettings { Name = "sgd" }),
                Clip,
                team
            );
            foreach (var (steps, streams) in before)
                Run(step, pass, twin, steps, streams, step: 1, learningRate: 0);
            Run(step, pass, twin, 5, 9, step: 1, learningRate: 0.1);
            return WeightBits(twin);
        }

        float[] fresh = Last();

        Bits.AssertSame(fresh, Last((9, 20), (1, 1)), "after a larger one");
        Bits.AssertSame(fresh, Last((1, 1), (5, 9), (30, 2), (2, 64)), "after growing");
    }

    [Fact]
    public void Training_LearnsWhatALabelIs()
    {
        var spec = Spec("gru", Pooling.Mean) with { Dropout = 0, OutputDropout = 0, EmbeddingDropout = 0 };
        using var twin = new ClassifierTwin(spec);
        using var team = new WorkerTeam(2);
        using var pass = PassOf(twin, team);
        using var step = new TrainingStep(pass, Optimizer.Create(new OptimizerSettings()), Clip, team);
        double first = Run(step, pass, twin, 6, 30, step: 1).Loss,
            last = first;
        for (int i = 2; i <= 150; i++)
            last = Run(step, pass, twin, 6, 30, step: i).Loss;

        Assert.True(last < first / 3, $"from {first} to {last}");
    }

    [Fact]
    public void ALossAboveTheCeiling_LeavesTheWeightsAlone()
    {
        using var twin = new ClassifierTwin(Spec("gru", Pooling.Last));
        using var team = new WorkerTeam(1);
        using var pass = PassOf(twin, team);
        using var step = new TrainingStep(pass, Optimizer.Create(new OptimizerSettings()), Clip, team);
        float[] before = WeightBits(twin);

        Assert.False(Run(step, pass, twin, 4, 8, step: 1, lossCeiling: 0.001).Updated);

        Bits.AssertSame(before, WeightBits(twin), "left alone");
        Assert.True(Run(step, pass, twin, 4, 8, step: 1).Updated);
        Assert.Equal(2, step.Moments.Count);
    }

    /// <summary>A step on seeded records.</summary>
    internal static StepResult Run(
        TrainingStep training,
        ClassifierPass pass,
        ClassifierTwin twin,
        int steps,
        int streams,
        long step,
        double learningRate = 0.01,
        double lossCeiling = double.PositiveInfinity
    )
    {
        pass.Prepare(
            new PaddedBatch(ClassifierTwin.Records(twin.Engine.Spec, steps, streams)).View,
            labelSmoothing: 0.05,
            dropoutSeed: 9,
            step
        );
        return training.Run(step, learningRate, lossCeiling);
    }

    private static ClassifierPass PassOf(ClassifierTwin twin, WorkerTeam team) =>
        new(twin.Engine.Layout, twin.Engine.Weights, team);

    private static ClassifierSpec Spec(string cell, Pooling pooling) =>
        new()
        {
            Cell = cell,
            VocabularySize = 27,
            LabelCount = 5,
            HiddenSize = 20,
            EmbeddingSize = 5,
            NumLayers = 2,
            Pooling = pooling,
            Dropout = 0.3,
            OutputDropout = 0.3,
            EmbeddingDropout = 0.1,
        };

    private static float[] Train(ClassifierSpec spec, int workers)
    {
        using var twin = new ClassifierTwin(spec);
        using var team = new WorkerTeam(workers);
        using var pass = PassOf(twin, team);
        using var step = new TrainingStep(pass, Optimizer.Create(new OptimizerSettings()), Clip, team);
        (int Steps, int Streams)[] shapes = [(6, 9), (1, 3), (11, 33), (3, 1), (4, 17)];
        for (int i = 0; i < 20; i++)
            Run(step, pass, twin, shapes[i % shapes.Length].Steps, shapes[i % shapes.Length].Streams, step: i + 1);
        return WeightBits(twin);
    }

    private static float[] WeightBits(ClassifierTwin twin) =>
        twin.Engine.Weights.Span(0, (int)twin.Engine.Weights.Length).ToArray();
}
