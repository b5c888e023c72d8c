namespace CharRnn.Inspecting;

/// <summary>Values sorted once, for any number of statistics of their ranks.</summary>
internal sealed class RankedValues
{
    private const int IndexBits = 32;
    private const uint SignBit = 0x8000_0000;

    private readonly float[] _values;
    private readonly ulong[] _order;
    private long[]? _doubledRanks;

    /// <summary>Sorts values; both zeros are one value.</summary>
    /// <param name="values">(positions); finite.</param>
    public RankedValues(ReadOnlySpan<float> values)
    {
        _values = values.ToArray();
        // Numbers that sort as the values do, over their indices.
        _order = new ulong[values.Length];
        for (int i = 0; i < _order.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(values[i] == 0 ? 0 : values[i]);
            uint key = (bits & SignBit) != 0 ? ~bits : bits | SignBit;
            _order[i] = ((ulong)key << IndexBits) | (uint)i;
        }
        Array.Sort(_order);
    }

    /// <summary>(positions): the values.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>(positions): the ranks from 1, doubled so that those of ties, their mean, are whole.</summary>
    public ReadOnlySpan<long> DoubledRanks => _doubledRanks ??= Rank();

    /// <summary>
    /// The area under the ROC curve: the chance that a value where the property holds is above one where it does not,
    /// ties counting half. The rank-sum statistic of Mann and Whitney (1947) over the number of pairs.
    /// </summary>
    /// <param name="holds">(positions); true somewhere and false somewhere.</param>
    public double Auc(ReadOnlySpan<bool> holds)
    {
        long positives = 0;
        // Ranks are doubled, so that those of ties are whole.
        Int128 rankSum = 0;
        for (int start = 0, end; start < _order.Length; start = end)
        {
            end = EndOfTies(start);
            long tied = 0;
            for (int i = start; i < end; i++)
                tied += holds[IndexAt(i)] ? 1 : 0;
            positives += tied;
            rankSum += (Int128)tied * (start + 1 + end);
        }
        long negatives = _order.Length - positives;
        if (positives == 0 || negatives == 0)
            throw new ArgumentException("the property holds everywhere or nowhere.", nameof(holds));
        return (double)(rankSum - ((Int128)positives * (positives + 1))) / (2.0 * positives * negatives);
    }

    /// <summary>
    /// The threshold with the best balanced accuracy: the mean of the share of true positions at or beyond it and the
    /// share of false ones before it.
    /// </summary>
    /// <param name="holds">(positions).</param>
    /// <param name="isAbove">Whether the property is told by values at or above the threshold, or by those below.</param>
    public float BestThreshold(ReadOnlySpan<bool> holds, bool isAbove)
    {
        long all = holds.Count(true),
            others = _order.Length - all,
            below = 0;
        var (best, threshold) = (double.NegativeInfinity, _values[IndexAt(0)]);
        for (int start = 0, end; start < _order.Length; start = end)
        {
            end = EndOfTies(start);
            double above = (double)(all - below) / all,
                falseAbove = (double)(others - (start - below)) / others;
            double gain = isAbove ? above - falseAbove : falseAbove - above;
            if (gain > best)
                (best, threshold) = (gain, _values[IndexAt(start)]);
            for (int i = start; i < end; i++)
                below += holds[IndexAt(i)] ? 1 : 0;
        }
        return threshold;
    }

    private long[] Rank()
    {
        long[] ranks = new long[_order.Length];
        for (int start = 0, end; start < _order.Length; start = end)
        {
            end = EndOfTies(start);
            for (int i = start; i < end; i++)
                ranks[IndexAt(i)] = start + 1 + end;
        }
        return ranks;
    }

    private int EndOfTies(int start)
    {
        ulong key = _order[start] >> IndexBits;
        int end = start + 1;
        while (end < _order.Length && _order[end] >> IndexBits == key)
            end++;
        return end;
    }

    private int IndexAt(int place) => (int)(uint)_order[place];
}
