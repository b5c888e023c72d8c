using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests.Engine;

/// <summary>
/// Softmax, cross-entropy and its gradient against the same in double, at sizes on and off the padding.
/// </summary>
public sealed class SoftmaxTests
{
    private const double Tolerance = 2e-6;

    public static TheoryData<int> VocabularySizes() => [1, 2, 7, 8, 15, 16, 17, 65, 300];

    [Theory]
    [MemberData(nameof(VocabularySizes))]
    public void Normalize_GivesProbabilities_TheLogarithmOfTheSum_AndZerosInThePadding(int symbols) =>
        ForEachRow(
            symbols,
            (logits, row) =>
            {
                double logSum = Softmax.Normalize(row, symbols);

                AssertNear(LogSum(logits), logSum, "the logarithm of the sum");
                for (int id = 0; id < symbols; id++)
                    AssertNear(Math.Exp(logits[id] - LogSum(logits)), row[id], $"p({id})");
                AssertNear(1, row.Sum(p => (double)p), "the sum of probabilities");
                Assert.All(row[symbols..], value => Assert.Equal(0, value));
            }
        );

    [Theory]
    [MemberData(nameof(VocabularySizes))]
    public void CrossEntropyGradient_IsProbabilityLessOneAtTheTarget_TimesTheScale(int symbols) =>
        ForEachRow(
            symbols,
            (logits, row) =>
            {
                const float Scale = 0.25f;
                int target = symbols / 2;

                double nats = Softmax.CrossEntropyGradient(row, symbols, target, Scale);

                AssertNear(LogSum(logits) - logits[target], nats, "nats");
                for (int id = 0; id < symbols; id++)
                    AssertNear(
                        Scale * (Math.Exp(logits[id] - LogSum(logits)) - (id == target ? 1 : 0)),
                        row[id],
                        $"gradient of {id}"
                    );
                Assert.All(row[symbols..], value => Assert.Equal(0, value));
            }
        );

    [Theory]
    [MemberData(nameof(VocabularySizes))]
    public void CrossEntropy_IsToTheBitWhatTheGradientReports(int symbols) =>
        ForEachRow(
            symbols,
            (_, row) =>
                Assert.Equal(
                    Softmax.CrossEntropyGradient([.. row], symbols, symbols - 1, 1),
                    Softmax.CrossEntropy([.. row], symbols, symbols - 1)
                )
        );

    [Theory]
    [MemberData(nameof(VocabularySizes))]
    public void SmoothedCrossEntropyGradient_IsProbabilityLessTheSmoothedTarget_TimesTheScale(int symbols) =>
        ForEachRow(
            symbols,
            (logits, row) =>
            {
                const float Scale = 0.25f;
                const double Smoothing = 0.1;
                int target = symbols / 2;
                double Share(int id) => (id == target ? 1 - Smoothing : 0) + Smoothing / symbols;

                double nats = Softmax.SmoothedCrossEntropyGradient(row, symbols, target, Smoothing, Scale);

                AssertNear(
                    Enumerable.Range(0, symbols).Sum(id => Share(id) * (LogSum(logits) - logits[id])),
                    nats,
                    "nats"
                );
                for (int id = 0; id < symbols; id++)
                    AssertNear(
                        Scale * (Math.Exp(logits[id] - LogSum(logits)) - Share(id)),
                        row[id],
                        $"gradient of {id}"
                    );
                Assert.All(row[symbols..], value => Assert.Equal(0, value));
            }
        );

    [Fact]
    public void OneSymbol_IsCertain()
    {
        float[] row = Padded([-123.5f]);

        Assert.Equal(0, Softmax.CrossEntropyGradient(row, 1, 0, 1));
        Assert.All(row, value => Assert.Equal(0, value));
    }

    [Fact]
    public void WhatThePaddingHeldBefore_DoesNotCount()
    {
        float[] clean = Padded([1, 2, 3]),
            dirty = Padded([1, 2, 3]);
        dirty.AsSpan(3).Fill(float.NaN);

        Assert.Equal(Softmax.Normalize(clean, 3), Softmax.Normalize(dirty, 3));
        Bits.AssertSame(clean, dirty, "probabilities");
    }

    [Fact]
    public void NotANumber_AnywhereAmongTheLogits_MakesLossAndGradientNotANumber()
    {
        for (int place = 0; place < 17; place++)
        {
            float[] row = Padded(new float[17]);
            row[place] = float.NaN;
            Assert.True(double.IsNaN(Softmax.CrossEntropy([.. row], 17, 3)), $"loss with NaN at {place}");
            Softmax.CrossEntropyGradient(row, 17, 3, 1);
            Assert.All(row[..17], value => Assert.True(float.IsNaN(value)));
        }
    }

    [Fact]
    public void InfiniteLogits_MakeTheLossNotFinite() =>
        Assert.False(double.IsFinite(Softmax.CrossEntropy(Padded([0, float.PositiveInfinity, 1]), 3, 0)));

    [Fact]
    public void ArgMax_IsTheFirstOfTheLargest_AndNeverThePadding()
    {
        Assert.Equal(2, Softmax.ArgMax([-5, -4, -1, -1, -3, 0, 0, 0], 5));
        Assert.Equal(0, Softmax.ArgMax([-5, 0, 0, 0, 0, 0, 0, 0], 1));
    }

    private static void ForEachRow(int symbols, Action<float[], float[]> check)
    {
        var random = new SplitMix(5);
        float[][] rows =
        [
            Bits.Uniform(random, symbols, scale: 5),
            Bits.Uniform(random, symbols, scale: 80),
            [.. Bits.Uniform(random, symbols).Select(logit => logit + 10_000)],
            [.. Bits.Uniform(random, symbols, scale: 1e30)],
            [.. Enumerable.Repeat(-7.25f, symbols)],
        ];
        foreach (float[] logits in rows)
            check(logits, Padded(logits));
    }

    private static float[] Padded(float[] logits) =>
        [.. logits, .. new float[Padding.RoundUp(logits.Length) - logits.Length]];

    private static double LogSum(float[] logits) =>
        logits.Max() + Math.Log(logits.Sum(logit => Math.Exp(logit - (double)logits.Max())));

    private static void AssertNear(double expected, double actual, string what) =>
        Assert.True(
            Math.Abs(actual - expected) <= Tolerance * Math.Max(1, Math.Abs(expected)),
            $"{what} is {actual:R}, in double {expected:R}"
        );
}
