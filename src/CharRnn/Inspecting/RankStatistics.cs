namespace CharRnn.Inspecting;

/// <summary>Exact statistics of ranks, with ties.</summary>
internal static class RankStatistics
{
    private const int IndexBits = 32;
    private const uint SignBit = 0x8000_0000;

    /// <summary>
    /// The area under the ROC curve: the chance that a value where the property holds is above one where it does not,
    /// ties counting half. The rank-sum statistic of Mann and Whitney (1947) over the number of pairs.
    /// </summary>
    /// <param name="values">(positions).</param>
    /// <param name="holds">(positions); true somewhere and false somewhere.</param>
    public static double Auc(ReadOnlySpan<float> values, ReadOnlySpan<bool> holds)
    {
        ulong[] order = Sorted(values);
        long positives = 0;
        // Ranks are doubled, so that those of ties are whole.
        Int128 rankSum = 0;
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = EndOfTies(order, start);
            long tied = 0;
            for (int i = start; i < end; i++)
                tied += holds[IndexOf(order[i])] ? 1 : 0;
            positives += tied;
            rankSum += (Int128)tied * (start + 1 + end);
        }
        long negatives = order.Length - positives;
        if (positives == 0 || negatives == 0)
            throw new ArgumentException("the property holds everywhere or nowhere.", nameof(holds));
        return (double)(rankSum - ((Int128)positives * (positives + 1))) / (2.0 * positives * negatives);
    }

    /// <summary>The ranks of values from 1, doubled so that those of ties, their mean, are whole.</summary>
    public static long[] DoubledRanks(ReadOnlySpan<float> values)
    {
        ulong[] order = Sorted(values);
        long[] ranks = new long[order.Length];
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = EndOfTies(order, start);
            for (int i = start; i < end; i++)
                ranks[IndexOf(order[i])] = start + 1 + end;
        }
        return ranks;
    }

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

    /// <summary>
    /// The threshold with the best balanced accuracy: the mean of the share of true positions at or beyond it and the
    /// share of false ones before it.
    /// </summary>
    /// <param name="values">(positions).</param>
    /// <param name="holds">(positions).</param>
    /// <param name="isAbove">Whether the property is told by values at or above the threshold, or by those below.</param>
    public static float BestThreshold(ReadOnlySpan<float> values, ReadOnlySpan<bool> holds, bool isAbove)
    {
        ulong[] order = Sorted(values);
        long all = 0;
        foreach (bool holdsHere in holds)
            all += holdsHere ? 1 : 0;
        long others = order.Length - all,
            below = 0;
        var (best, threshold) = (double.NegativeInfinity, values[IndexOf(order[0])]);
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = EndOfTies(order, start);
            double above = (double)(all - below) / all,
                falseAbove = (double)(others - (start - below)) / others;
            double gain = isAbove ? above - falseAbove : falseAbove - above;
            if (gain > best)
                (best, threshold) = (gain, values[IndexOf(order[start])]);
            for (int i = start; i < end; i++)
                below += holds[IndexOf(order[i])] ? 1 : 0;
        }
        return threshold;
    }

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

    /// <summary>Values, as numbers that sort as they do, over their indices; both zeros are one value.</summary>
    private static ulong[] Sorted(ReadOnlySpan<float> values)
    {
        ulong[] order = new ulong[values.Length];
        for (int i = 0; i < order.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(values[i] == 0 ? 0 : values[i]);
            uint key = (bits & SignBit) != 0 ? ~bits : bits | SignBit;
            order[i] = ((ulong)key << IndexBits) | (uint)i;
        }
        Array.Sort(order);
        return order;
    }

    private static int EndOfTies(ulong[] order, int start)
    {
        ulong key = order[start] >> IndexBits;
        int end = start + 1;
        while (end < order.Length && order[end] >> IndexBits == key)
            end++;
        return end;
    }

    private static int IndexOf(ulong entry) => (int)(uint)entry;
}
