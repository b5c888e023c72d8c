using CharRnn.Sampling;

namespace CharRnn.Tests;

public sealed class SamplerTests
{
    private const int Draws = 20_000;

    // In no order, so that ranks and ids differ.
    private static readonly double[] Probabilities = [0.05, 0.4, 0.02, 0.3, 0.15, 0.08];

    private static float[] Logits => [.. Probabilities.Select(p => (float)Math.Log(p) + 3)];

    [Fact]
    public void TemperatureZero_IsTheLikeliest_AndTheFirstOfEquals()
    {
        var sampler = new Sampler(new() { Temperature = 0 }, 6);
        Assert.All(Enumerable.Range(0, 50), draw => Assert.Equal(1, sampler.Choose(Logits, 0, (ulong)draw)));
        Assert.Equal(2, sampler.Choose([0, -1, 5, 5, 4, 5], 0, 0));
    }

    [Fact]
    public void ASymbolThatIsNeverDrawn_IsNeverDrawn_AndTheOthersAsOftenAsIfItWereNotThere()
    {
        float[] logits = Logits;
        foreach (
            var options in new SamplingOptions[]
            {
                new() { Temperature = 0 },
                new(),
                new() { TopK = 2 },
                new() { TopP = 0.5 },
                new() { MinP = 0.9 },
                new() { Temperature = 3 },
            }
        )
        {
            var sampler = new Sampler(options, 6, neverDrawn: 1);
            int[] drawn = [.. Enumerable.Range(0, 2000).Select(draw => sampler.Choose(logits, 0, (ulong)draw))];
            Assert.DoesNotContain(1, drawn);
            Assert.Contains(3, drawn);
        }
        var all = new Sampler(new(), 6, neverDrawn: 1);
        int threes = Enumerable.Range(0, Draws).Count(draw => all.Choose(logits, 0, (ulong)draw) == 3);
        Assert.InRange((double)threes / Draws, 0.48, 0.52);
    }

    [Fact]
    public void WithoutCuts_EachSymbolComesAsOftenAsItsProbabilitySays() => AssertDrawn(new(), Probabilities);

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Temperature_RaisesProbabilitiesToItsInverse(double temperature) =>
        AssertDrawn(
            new() { Temperature = temperature },
            Normalized(Probabilities.Select(p => Math.Pow(p, 1 / temperature)))
        );

    [Fact]
    public void TinyTemperature_IsTheLikeliestWithoutOverflow() =>
        AssertDrawn(new() { Temperature = 1e-300 }, [0, 1, 0, 0, 0, 0]);

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(3, new[] { 1, 3, 4 })]
    [InlineData(6, new[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(1000, new[] { 0, 1, 2, 3, 4, 5 })]
    public void TopK_KeepsTheKLikeliest(int topK, int[] kept) => AssertDrawn(new() { TopK = topK }, Only(kept));

    [Theory]
    [InlineData(0.0001, new[] { 1 })]
    [InlineData(0.39, new[] { 1 })]
    [InlineData(0.41, new[] { 1, 3 })]
    [InlineData(0.69, new[] { 1, 3 })]
    [InlineData(0.71, new[] { 1, 3, 4 })]
    [InlineData(1, new[] { 0, 1, 2, 3, 4, 5 })]
    public void TopP_KeepsTheFewestLikeliestThatReachIt(double topP, int[] kept) =>
        AssertDrawn(new() { TopP = topP }, Only(kept));

    [Theory]
    [InlineData(0, new[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(0.19, new[] { 1, 3, 4, 5 })]
    [InlineData(0.21, new[] { 1, 3, 4 })]
    [InlineData(1, new[] { 1 })]
    public void MinP_KeepsThoseOfAtLeastThatShareOfTheLikeliest(double minP, int[] kept) =>
        AssertDrawn(new() { MinP = minP }, Only(kept));

    [Fact]
    public void Cuts_ComeInOrder_TopPMeasuringWhatTopKLeft()
    {
        // Of 0.4, 0.3, 0.15 the first two weigh 0.82: enough for 0.8, though they are 0.7 of all.
        AssertDrawn(new() { TopK = 3, TopP = 0.8 }, Only([1, 3]));
        AssertDrawn(
            new()
            {
                TopK = 4,
                TopP = 0.99,
                MinP = 0.3,
            },
            Only([1, 3, 4])
        );
        // The temperature comes before the cuts: at 0.5 the likeliest alone has 0.57.
        AssertDrawn(new() { Temperature = 0.5, TopP = 0.55 }, Only([1]));
    }

    [Fact]
    public void EqualProbabilities_AreCutByTheirIds()
    {
        var sampler = new Sampler(new() { TopK = 2 }, 5);
        Assert.Equal(
            [0, 1],
            Enumerable.Range(0, 200).Select(draw => sampler.Choose(new float[5], 0, (ulong)draw)).Distinct().Order()
        );
    }

    [Fact]
    public void Draw_IsAFunctionOfSeedStreamAndNumber_WhateverWasDrawnBefore()
    {
        float[] logits = [.. Enumerable.Range(0, 200).Select(id => id % 7 * 0.1f)];
        var forwards = new Sampler(new() { Seed = 9 }, 200);
        var backwards = new Sampler(new() { Seed = 9 }, 200);
        var (there, back) = (new int[3, 40], new int[3, 40]);
        for (int i = 0; i < 120; i++)
            there[i / 40, i % 40] = forwards.Choose(logits, (ulong)(i / 40), (ulong)(i % 40));
        for (int i = 119; i >= 0; i--)
        {
            backwards.Choose([.. logits.Reverse()], 7, (ulong)i);
            back[i / 40, i % 40] = backwards.Choose(logits, (ulong)(i / 40), (ulong)(i % 40));
        }
        Assert.Equal(there, back);
        var otherSeed = new Sampler(new() { Seed = 10 }, 200);
        Assert.NotEqual(
            Row(0, there),
            Enumerable.Range(0, 40).Select(draw => otherSeed.Choose(logits, 0, (ulong)draw))
        );
        Assert.NotEqual(Row(0, there), Row(1, there));

        static int[] Row(int stream, int[,] draws) => [.. Enumerable.Range(0, 40).Select(draw => draws[stream, draw])];
    }

    [Fact]
    public void MinusInfinity_IsNeverDrawn()
    {
        var sampler = new Sampler(new() { Temperature = 100 }, 3);
        Assert.DoesNotContain(
            1,
            Enumerable.Range(0, 500).Select(draw => sampler.Choose([0, float.NegativeInfinity, 1], 0, (ulong)draw))
        );
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void LogitsThatAreNoNumbers_AreRefused(float logit)
    {
        foreach (double temperature in new[] { 0, 1.0 })
            Assert.Contains(
                "not a number",
                Assert
                    .Throws<ModelException>(() =>
                        new Sampler(new() { Temperature = temperature }, 3).Choose([1, logit, 2], 0, 0)
                    )
                    .Message
            );
        Assert.Throws<ModelException>(() =>
            new Sampler(new(), 2).Choose([float.NegativeInfinity, float.NegativeInfinity], 0, 0)
        );
    }

    [Fact]
    public void LogitsOfAnotherVocabulary_AreRefused() =>
        Assert.Throws<ArgumentException>(() => new Sampler(new(), 3).Choose([1, 2], 0, 0));

    [Theory]
    [InlineData(-0.1, null, null, null, "'Temperature'")]
    [InlineData(double.NaN, null, null, null, "'Temperature'")]
    [InlineData(double.PositiveInfinity, null, null, null, "'Temperature'")]
    [InlineData(1.0, 0, null, null, "'TopK'")]
    [InlineData(1.0, null, 0.0, null, "'TopP'")]
    [InlineData(1.0, null, 1.1, null, "'TopP'")]
    [InlineData(1.0, null, double.NaN, null, "'TopP'")]
    [InlineData(1.0, null, null, -0.1, "'MinP'")]
    [InlineData(1.0, null, null, double.NaN, "'MinP'")]
    public void OptionsOutOfRange_AreRefusedByName(
        double temperature,
        int? topK,
        double? topP,
        double? minP,
        string named
    )
    {
        var options = new SamplingOptions
        {
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            MinP = minP,
        };
        Assert.StartsWith(named, Assert.Throws<SettingsException>(() => new Sampler(options, 3)).Message);
    }

    /// <summary>
    /// What has no probability never comes, and the rest as often as it should, within five deviations.
    /// </summary>
    private static void AssertDrawn(SamplingOptions options, double[] expected)
    {
        var sampler = new Sampler(options, expected.Length);
        int[] counts = new int[expected.Length];
        for (int draw = 0; draw < Draws; draw++)
            counts[sampler.Choose(Logits, 0, (ulong)draw)]++;
        for (int id = 0; id < expected.Length; id++)
        {
            double deviation = Math.Sqrt(Draws * expected[id] * (1 - expected[id]));
            Assert.InRange(
                counts[id],
                Draws * expected[id] - 5 * deviation - 1e-6,
                Draws * expected[id] + 5 * deviation + 1e-6
            );
        }
    }

    private static double[] Only(int[] kept) => Normalized(Probabilities.Select((p, id) => kept.Contains(id) ? p : 0));

    private static double[] Normalized(IEnumerable<double> weights)
    {
        double[] all = [.. weights];
        return [.. all.Select(weight => weight / all.Sum())];
    }
}
