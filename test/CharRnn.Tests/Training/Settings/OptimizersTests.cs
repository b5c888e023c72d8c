using CharRnn.Reference;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>Each optimiser against its twin in double.</summary>
public sealed class OptimizersTests
{
    private const int Count = 64,
        Steps = 20;
    private const double LearningRate = 0.05,
        Beta1 = 0.8,
        Beta2 = 0.95,
        Alpha = 0.9,
        Epsilon = 1e-6,
        Tolerance = 1e-5;

    public static TheoryData<string, double> EveryOptimizer()
    {
        var cases = new TheoryData<string, double>();
        foreach (string name in OptimizerSettings.Names)
        foreach (double decay in new[] { 0, 0.1 })
            cases.Add(name, decay);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryOptimizer))]
    public void TwentySteps_FollowTheTwinInDouble(string name, double weightDecay) =>
        AssertFollows(name, weightDecay, normLimit: double.PositiveInfinity, elementLimit: double.PositiveInfinity);

    [Theory]
    [MemberData(nameof(EveryOptimizer))]
    public void TwentySteps_ClippedByNormAndThenByElement_FollowTheTwinInDouble(string name, double weightDecay) =>
        AssertFollows(name, weightDecay, normLimit: 5, elementLimit: 0.8);

    [Theory]
    [MemberData(nameof(EveryOptimizer))]
    public void ZeroGradients_KeepPaddingAtZero(string name, double weightDecay)
    {
        var optimizer = Optimizer.Create(new OptimizerSettings { Name = name, WeightDecay = weightDecay });
        float[] first = new float[optimizer.Moments > 0 ? 8 : 0],
            second = new float[optimizer.Moments > 1 ? 8 : 0],
            weights = new float[8];

        for (int step = 1; step <= Steps; step++)
            optimizer.Update(
                new float[8],
                new GradientClip(1, float.PositiveInfinity),
                LearningRate,
                step,
                first,
                second,
                weights
            );

        Assert.All([.. first, .. second, .. weights], value => Assert.Equal(0, value));
    }

    [Fact]
    public void AdamsFirstMoments_ThatFade_BecomeZeroAndNotDenormal()
    {
        var optimizer = Optimizer.Create(new OptimizerSettings { Name = "adam", Beta1 = 0.5 });
        float[] first = new float[8],
            second = new float[8],
            weights = new float[8];
        float[] once = [.. Enumerable.Repeat(1f, 8)];
        const int LongEnoughToFade = 120;

        for (int step = 1; step <= LongEnoughToFade; step++)
        {
            optimizer.Update(
                step == 1 ? once : new float[8],
                new GradientClip(1, float.PositiveInfinity),
                LearningRate,
                step,
                first,
                second,
                weights
            );
            Assert.All(first, moment => Assert.True(moment == 0 || moment >= 1e-30f, $"step {step}: {moment}"));
        }
        Assert.All(first, moment => Assert.Equal(0, moment));
        Assert.All(weights, weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void Defaults_AreThoseDocumented()
    {
        AssertSameAs(
            new OptimizerSettings { Name = "adam" },
            new OptimizerSettings
            {
                Name = "adam",
                Beta1 = 0.9,
                Beta2 = 0.99,
                Epsilon = 1e-8,
            }
        );
        AssertSameAs(
            new OptimizerSettings { Name = "rmsprop" },
            new OptimizerSettings
            {
                Name = "rmsprop",
                RmspropAlpha = 0.95,
                Epsilon = 1e-8,
            }
        );
        AssertSameAs(
            new OptimizerSettings { Name = "adagrad" },
            new OptimizerSettings { Name = "adagrad", Epsilon = 1e-8 }
        );
        Assert.Equal("adam", new OptimizerSettings().Name);
    }

    [Fact]
    public void SettingsOutOfRange_AreRefusedByTheirFlag()
    {
        void AssertRefused(OptimizerSettings settings, string flag) =>
            Assert.Contains(flag, Assert.Throws<SettingsException>(() => Optimizer.Create(settings)).Message);

        AssertRefused(new OptimizerSettings { Name = "adamax" }, "'adamax'");
        AssertRefused(new OptimizerSettings { Beta1 = 1 }, "'Beta1'");
        AssertRefused(new OptimizerSettings { Beta2 = double.NaN }, "'Beta2'");
        AssertRefused(new OptimizerSettings { Name = "rmsprop", RmspropAlpha = -0.1 }, "'RmspropAlpha'");
        AssertRefused(new OptimizerSettings { Epsilon = 0 }, "'Epsilon'");
        AssertRefused(new OptimizerSettings { WeightDecay = double.NaN }, "'WeightDecay'");
    }

    private static void AssertFollows(string name, double weightDecay, double normLimit, double elementLimit)
    {
        var optimizer = Optimizer.Create(
            new OptimizerSettings
            {
                Name = name,
                Beta1 = Beta1,
                Beta2 = Beta2,
                RmspropAlpha = Alpha,
                Epsilon = Epsilon,
                WeightDecay = weightDecay,
            }
        );
        var random = new SplitMix(6);
        float[] weights = Bits.Uniform(random, Count),
            first = new float[Count],
            second = new float[Count];
        double[] parameters = Doubles(weights),
            firstMoments = new double[Count],
            secondMoments = new double[Count];

        for (int step = 1; step <= Steps; step++)
        {
            // Some gradients stand out, so that the norm's clip leaves something to the element's.
            float[] gradients =
            [
                .. Bits.Uniform(random, Count).Select((gradient, i) => i % 7 == 0 ? 3 * gradient : gradient),
            ];
            double[] clipped = Doubles(gradients);
            double norm = ReferenceOptimizers.ClipByGlobalNorm([clipped], normLimit);
            Assert.True(double.IsInfinity(normLimit) || norm > normLimit);
            Assert.True(double.IsInfinity(elementLimit) || clipped.Any(gradient => Math.Abs(gradient) > elementLimit));
            ReferenceOptimizers.ClipElementwise([clipped], elementLimit);
            var clip = new GradientClip(norm > normLimit ? (float)(normLimit / norm) : 1, (float)elementLimit);

            optimizer.Update(
                gradients,
                clip,
                LearningRate,
                step,
                optimizer.Moments > 0 ? first : default,
                optimizer.Moments > 1 ? second : default,
                weights
            );
            UpdateTwin(name, weightDecay, parameters, clipped, firstMoments, secondMoments, step);

            for (int i = 0; i < Count; i++)
            {
                double scale = Math.Max(0.1, Math.Abs(parameters[i]));
                Assert.True(
                    Math.Abs(weights[i] - parameters[i]) <= Tolerance * scale,
                    $"{name}, step {step}: weight {i} is {weights[i]:R}, in double {parameters[i]:R}"
                );
            }
        }
    }

    private static void UpdateTwin(
        string name,
        double decay,
        double[] parameters,
        double[] gradients,
        double[] first,
        double[] second,
        int step
    )
    {
        switch (name)
        {
            case "sgd":
                ReferenceOptimizers.Sgd(parameters, gradients, LearningRate, decay);
                break;
            case "adagrad":
                ReferenceOptimizers.Adagrad(parameters, gradients, first, LearningRate, Epsilon, weightDecay: decay);
                break;
            case "rmsprop":
                ReferenceOptimizers.RmsProp(parameters, gradients, first, LearningRate, Alpha, Epsilon, decay);
                break;
            case "adam":
                ReferenceOptimizers.Adam(
                    parameters,
                    gradients,
                    first,
                    second,
                    step,
                    LearningRate,
                    Beta1,
                    Beta2,
                    Epsilon,
                    decay
                );
                break;
            case "adamw":
                ReferenceOptimizers.AdamW(
                    parameters,
                    gradients,
                    first,
                    second,
                    step,
                    LearningRate,
                    Beta1,
                    Beta2,
                    Epsilon,
                    decay
                );
                break;
            default:
                Assert.Fail($"'{name}' has no twin among the reference's optimisers");
                break;
        }
    }

    private static void AssertSameAs(OptimizerSettings some, OptimizerSettings others)
    {
        float[] Update(OptimizerSettings settings)
        {
            float[] weights = Bits.Uniform(new SplitMix(1), 8),
                first = new float[8],
                second = new float[8];
            for (int step = 1; step <= 2; step++)
            {
                Optimizer
                    .Create(settings)
                    .Update(
                        Bits.Uniform(new SplitMix(2), 8, 1e-6),
                        new GradientClip(1, float.PositiveInfinity),
                        LearningRate,
                        step,
                        first,
                        second,
                        weights
                    );
            }
            return weights;
        }

        Bits.AssertSame(Update(others), Update(some), some.Name);
    }

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);
}
