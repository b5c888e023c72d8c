namespace CharRnn.Inspecting;

/// <summary>Exact statistics of ranks, with ties.</summary>
internal static class RankStatistics
{
    /// <inheritdoc cref="RankedValues.Auc"/>
    /// <param name="values">(positions).</param>
    /// <param name="holds">(positions); true somewhere and false somewhere.</param>
    public static double Auc(ReadOnlySpan<float> values, ReadOnlySpan<bool> holds) =>
        new RankedValues(values).Auc(holds);

    /// <summary>The ranks of values from 1, doubled so that those of ties, their mean, are whole.</summary>
    public static long[] DoubledRanks(ReadOnlySpan<float> values) => new RankedValues(values).DoubledRanks.ToArray();

    /// <summary>
    /// Spearman's ρ: Pearson's correlation of two lists of ranks; 0 where one of them is constant.
    /// </summary>
    /// <param name="a">Doubled ranks.</param>
    /// <param name="b">Those of the other values.</param>
    public static double Spearman(ReadOnlySpan<long> a, ReadOnlySpan<long> b)
    {
        // Every list of doubled ranks has the mean n + 1.
        long mean = a.Length + 1;
        Int128 products = 0,
            squaresA = 0,
            squaresB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            long x = a[i] - mean,
                y = b[i] - mean;
            products += x * y;
            squaresA += x * x;
            squaresB += y * y;
        }
        return squaresA == 0 || squaresB == 0
            ? 0
            : (double)products / (Math.Sqrt((double)squaresA) * Math.Sqrt((double)squaresB));
    }

    /// <inheritdoc cref="RankedValues.BestThreshold"/>
    /// <param name="values">(positions).</param>
    /// <param name="holds">(positions).</param>
    /// <param name="isAbove">Whether the property is told by values at or above the threshold, or by those below.</param>
    public static float BestThreshold(ReadOnlySpan<float> values, ReadOnlySpan<bool> holds, bool isAbove) =>
        new RankedValues(values).BestThreshold(holds, isAbove);

    /// <summary>Balanced accuracy of a threshold.</summary>
    public static double BalancedAccuracy(
        ReadOnlySpan<float> values,
        ReadOnlySpan<bool> holds,
        float threshold,
        bool isAbove
    )
    {
        long all = 0,
            right = 0,
            rightOthers = 0;
        for (int i = 0; i < values.Length; i++)
        {
            bool isOn = values[i] >= threshold == isAbove;
            all += holds[i] ? 1 : 0;
            right += holds[i] && isOn ? 1 : 0;
            rightOthers += !holds[i] && !isOn ? 1 : 0;
        }
        return (((double)right / all) + ((double)rightOthers / (values.Length - all))) / 2;
    }
}
