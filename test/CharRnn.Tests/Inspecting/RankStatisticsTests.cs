using CharRnn.Inspecting;
using FsCheck.Fluent;

namespace CharRnn.Tests;

public sealed class RankStatisticsTests
{
    private const int Times = 300,
        MaxLength = 60;

    [Fact]
    public void Auc_IsTheShareOfPairsInOrder() =>
        Property.HoldsOfLists(
            Gen.Choose(-6, 13),
            MaxLength,
            Times,
            drawn =>
            {
                // Few values, so that many are tied.
                float[] values = [0.25f, .. drawn.Select(value => value / 2 * 0.25f), -0.25f];
                bool[] holds = [true, .. drawn.Select(value => value % 2 == 0), false];
                double pairs = 0,
                    inOrder = 0;
                for (int i = 0; i < values.Length; i++)
                {
                    for (int j = 0; j < values.Length; j++)
                    {
                        if (!holds[i] || holds[j])
                            continue;
                        pairs++;
                        inOrder +=
                            values[i] > values[j] ? 1
                            : values[i] == values[j] ? 0.5
                            : 0;
                    }
                }
                Assert.Equal(inOrder / pairs, RankStatistics.Auc(values, holds), 1e-14);
            }
        );

    [Fact]
    public void Spearman_IsPearsonsCorrelationOfMeanRanks() =>
        Property.HoldsOfLists(
            Gen.Choose(0, 99),
            MaxLength,
            Times,
            drawn =>
            {
                float[] a = [.. drawn.Select(value => (float)(value / 10))],
                    b = [.. drawn.Select(value => (float)(value % 10) - 5)];
                double rho = RankStatistics.Spearman(RankStatistics.DoubledRanks(a), RankStatistics.DoubledRanks(b));
                Assert.Equal(Textbook(Ranks(a), Ranks(b)), rho, 1e-12);
            }
        );

    [Fact]
    public void Threshold_SeparatesWhatCanBeSeparated()
    {
        float[] values = [-1, -0.5f, 0.5f, 1];
        Assert.Equal(0.5f, RankStatistics.BestThreshold(values, [false, false, true, true], isAbove: true));
        Assert.Equal(0.5f, RankStatistics.BestThreshold(values, [true, true, false, false], isAbove: false));
        Assert.Equal(1, RankStatistics.BalancedAccuracy(values, [true, true, false, false], 0.5f, isAbove: false));
    }

    private static double[] Ranks(float[] values) =>
        [.. values.Select(value => values.Count(v => v < value) + ((values.Count(v => v == value) + 1) / 2.0))];

    private static double Textbook(double[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        double covariance = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum(),
            squares = a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB));
        return squares == 0 ? 0 : covariance / Math.Sqrt(squares);
    }
}
