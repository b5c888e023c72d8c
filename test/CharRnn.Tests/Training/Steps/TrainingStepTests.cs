using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class TrainingStepTests
{
    private const int WindowSteps = 4,
        Streams = 5;

    private static readonly ModelSpec Small = new()
    {
        Cell = "gru",
        VocabularySize = 27,
        HiddenSize = 13,
        NumLayers = 2,
        EmbeddingSize = 5,
        Residual = true,
    };

    [Theory]
    [InlineData(BiasMode.Single)]
    [InlineData(BiasMode.Double)]
    public void Steps_ClippedByGlobalNorm_FollowTheTwinInDouble(BiasMode biases)
    {
        const double LearningRate = 0.3,
            Norm = 0.2,
            Tolerance = 1e-5;
        using var twin = new EngineTwin(Small with { Biases = biases });
        using var team = new WorkerTeam(2);
        using var pass = new LanguageModelPass(twin.Layout, twin.Weights, WindowSteps, Streams, team);
        using var training = new TrainingStep(
            pass,
            Optimizer.Create(new OptimizerSettings { Name = "sgd" }),
            new ClipLimits(Norm, double.PositiveInfinity),
            team
        );
        int[] inputs = EngineTwin.Ids(WindowSteps * Streams, 27, seed: 3),
            targets = EngineTwin.Ids(WindowSteps * Streams, 27, seed: 4);
        double lossScale = 1.0 / inputs.Length;
        var state = twin.Model.NewState(Streams);

        for (int step = 1; step <= 20; step++)
        {
            pass.Prepare(inputs, targets, carryState: step > 1, lossScale, dropoutSeed: 1, step);
            var result = training.Run(step, LearningRate, double.PositiveInfinity);
            var reference = twin.Model.Run(inputs, targets, WindowSteps, Streams, state, lossScale);
            state = reference.State;
            double norm = ReferenceOptimizers.ClipByGlobalNorm(reference.Gradients.Values, Norm);
            foreach (string name in twin.Model.Parameters.Keys)
                ReferenceOptimizers.Sgd(twin.Model.Parameters[name], reference.Gradients[name], LearningRate);

            Assert.True(norm > Norm, $"step {step}: a norm of {norm} tests no clip");
            Assert.Equal(reference.Loss, result.Loss, Tolerance * reference.Loss);
            Assert.Equal(norm, result.GradientNorm, Tolerance * norm);
        }
        foreach (var tensor in twin.Layout.Tensors)
        {
            double[] expected = EngineTwin.OfTensor(twin.Model.Parameters, tensor);
            double tolerance = Tolerance * expected.Max(Math.Abs);
            Assert.All(
                expected.Zip(tensor.CopyFrom(twin.Weights)),
                pair => Assert.Equal(pair.First, pair.Second, tolerance)
            );
        }
    }

    [Fact]
    public void LossesSummedOverSteps_MakeGradientsLargerByTheSteps_AndLeaveTheLossAMean()
    {
        using var team = new WorkerTeam(2);
        using var mean = new TrainingRun(Small, WindowSteps, Streams, new OptimizerSettings(), team);
        using var sum = new TrainingRun(Small, WindowSteps, Streams, new OptimizerSettings(), team)
        {
            LossScale = 1.0 / Streams,
        };

        var (ofMean, ofSum) = (mean.Step(), sum.Step());

        Assert.Equal(ofMean.Loss, ofSum.Loss);
        Assert.Equal(WindowSteps * ofMean.GradientNorm, ofSum.GradientNorm, 1e-5 * ofSum.GradientNorm);
    }

    [Fact]
    public void PaddingOfTheWeights_StaysZero_WhateverTrains()
    {
        using var team = new WorkerTeam(2);
        foreach (string cell in new[] { "rnn", "gru", "lstm" })
        {
            foreach (int embedding in new[] { 0, 5 })
            {
                var spec = Small with
                {
                    Cell = cell,
                    EmbeddingSize = embedding,
                    Dropout = 0.3,
                    ResetId = 3,
                    Biases = embedding > 0 ? BiasMode.Double : BiasMode.Single,
                };
                using var run = new TrainingRun(
                    spec,
                    WindowSteps,
                    Streams,
                    new OptimizerSettings { Name = "adamw", WeightDecay = 0.1 },
                    team
                );
                for (int step = 0; step < 20; step++)
                    run.Step();

                using var parametersAlone = new Arena(run.Layout.Arena);
                foreach (var tensor in run.Layout.Tensors)
                    tensor.CopyTo(tensor.CopyFrom(run.Weights), parametersAlone);
                Bits.AssertSame(
                    parametersAlone.Span(0, (int)parametersAlone.Length),
                    run.WeightBits,
                    $"{cell}, E={embedding}"
                );
            }
        }
    }

    [Fact]
    public void ALossAboveTheCeiling_LeavesWeightsAndMomentsAlone()
    {
        using var team = new WorkerTeam(2);
        using var run = new TrainingRun(Small, WindowSteps, Streams, new OptimizerSettings(), team);
        run.Step();
        float[] before = run.WeightBits;
        float[] moments = run.Training.Moments[0].Span(0, before.Length).ToArray();

        var result = run.Step(lossCeiling: 0.01);

        Assert.False(result.Updated);
        Assert.InRange(result.Loss, 0.01, 100);
        Bits.AssertSame(before, run.WeightBits, "weights");
        Bits.AssertSame(moments, run.Training.Moments[0].Span(0, before.Length), "moments");
    }

    [Fact]
    public void ANotANumberInAnyTensor_IsSeenInLossOrNorm_AndNothingIsUpdated()
    {
        using var team = new WorkerTeam(2);
        foreach (string cell in new[] { "rnn", "gru", "lstm" })
        {
            using var run = new TrainingRun(
                Small with
                {
                    Cell = cell,
                },
                WindowSteps,
                Streams,
                new OptimizerSettings(),
                team
            );
            foreach (var tensor in run.Layout.Tensors)
            {
                float[] values = tensor.CopyFrom(run.Weights);
                tensor.CopyTo([.. values.Select(_ => float.NaN)], run.Weights);
                run.Training.WeightsChanged();
                float[] before = run.WeightBits;

                Assert.False(run.Step().Updated, $"{cell}: {tensor.Name} is NaN, and the step went on");
                Bits.AssertSame(before, run.WeightBits, tensor.Name);

                tensor.CopyTo(values, run.Weights);
            }
        }
    }

    [Fact]
    public void Training_OnTheSameWindow_LearnsIt()
    {
        using var team = new WorkerTeam(2);
        foreach (string cell in new[] { "rnn", "gru", "lstm" })
        {
            using var run = new TrainingRun(
                Small with
                {
                    Cell = cell,
                },
                4,
                2,
                new OptimizerSettings(),
                team,
                learningRate: 0.02
            );
            double first = run.Step().Loss,
                last = 0;
            for (int step = 0; step < 200; step++)
                last = run.Step().Loss;

            Assert.True(last < first / 10, $"{cell}: from {first} to {last}");
        }
    }
}
