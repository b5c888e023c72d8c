using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests;

/// <summary>
/// The twin of min-char-rnn against the NumPy program. At rate 0.1 training is chaotic: summing in another order than
/// BLAS does shows in the ninth digit after a dozen iterations, so there only the first few are compared, and a late
/// smoothed figure on a chain of characters, where runs end within about half a percent of each other (on the text
/// itself, as much as a sixth apart).
/// </summary>
public sealed class MinCharRnnTests
{
    private const double Tolerance = 1e-9;
    private const double LateTolerance = 0.02;
    private const int CloseFastIterations = 5;

    private readonly MinCharRnnTrace _trace = MinCharRnnTrace.Load();

    [Fact]
    public void InitialWeights_AreTheProgramsToTheBit()
    {
        var model = MinCharRnn.InitialModel(_trace.Vocabulary, _trace.Seed);

        Assert.Equal(_trace.FirstWeights, model.Parameters["rnn.weight_ih_l0"][.._trace.FirstWeights.Length]);
        Assert.Equal(_trace.LastWeights, model.Parameters["head.weight"][^_trace.LastWeights.Length..]);
    }

    // By default the first 200 of them.
    [Fact]
    public void AtRateOneHundredth_TheFirstThousandIterationsFollowTheProgram() =>
        AssertFollows(
            MinCharRnnTwin.Slow,
            [.. _trace.Slow.Points.TakeWhile(point => point.Iteration <= LongTests.Samples(1000, byDefault: 200))]
        );

    [Fact]
    public void AtRateOneTenth_TheFirstFiveIterationsFollowTheProgram() =>
        AssertFollows(MinCharRnnTwin.Fast, _trace.Fast.Points[..CloseFastIterations]);

    // By default a tenth of the iterations, after which the loss is nearer to the program's than to where it began.
    [Fact]
    public void AtRateOneTenth_TheSmoothedLossAfterTwentyThousandIterationsIsNearThePrograms()
    {
        var late = _trace.Late.Points.Single();
        var twin = MinCharRnnTwin.Late;
        double smoothed = twin.At(LongTests.Times(late.Iteration)).Smoothed;
        if (LongTests.AreAsked)
            AssertRelative(late.Smoothed, smoothed, LateTolerance, $"smoothed loss at {late.Iteration}");
        else
            Assert.InRange(
                smoothed,
                late.Smoothed * (1 - LateTolerance),
                (late.Smoothed + twin.InitialSmoothedLoss) / 2
            );
    }

    [Fact]
    public void Sweep_WithoutAWholeWindowAndOneCharacterToSpare_StartsAgain()
    {
        // Two windows read 51 characters; the sweep goes on only where there is a 52nd.
        int[] ids = [.. Enumerable.Range(0, 52).Select(i => i % 3)];
        var exact = new MinCharRnn(ids[..51], vocabulary: 3);
        var spare = new MinCharRnn(ids, vocabulary: 3);

        int[] exactPositions =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ =>
                {
                    exact.Step();
                    return exact.Position;
                }),
        ];
        int[] sparePositions =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ =>
                {
                    spare.Step();
                    return spare.Position;
                }),
        ];

        Assert.Equal([25, 25, 25], exactPositions);
        Assert.Equal([25, 50, 25], sparePositions);
    }

    private static void AssertFollows(MinCharRnnTwin twin, MinCharRnnTrace.Point[] points)
    {
        foreach (var point in points)
        {
            var actual = twin.At(point.Iteration);
            AssertRelative(point.Loss, actual.Loss, Tolerance, $"loss at {point.Iteration}");
            AssertRelative(point.Smoothed, actual.Smoothed, Tolerance, $"smoothed loss at {point.Iteration}");
        }
    }

    private static void AssertRelative(double expected, double actual, double tolerance, string what) =>
        Assert.True(
            Math.Abs(actual - expected) <= tolerance * Math.Abs(expected),
            $"{what} is {actual:R}; the program's is {expected:R}, relative difference "
                + $"{Math.Abs(actual / expected - 1):E2}"
        );
}
