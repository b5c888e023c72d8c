using System.Diagnostics;
using CharRnn.Memory;

namespace CharRnn.Kernels;

/// <summary>How many numbers lie outside an interval. NaN lies outside none.</summary>
internal static class Counts
{
    /// <summary>How many v have scale · v &lt; low or scale · v &gt; high.</summary>
    /// <param name="values">A multiple of sixteen floats, fewer than 2²⁴ (each lane counts in floats).</param>
    /// <param name="scale">What each is multiplied with first.</param>
    /// <param name="low">The interval's lower end.</param>
    /// <param name="high">The interval's upper end.</param>
    public static long Outside(ReadOnlySpan<float> values, float scale, float low, float high)
    {
        Debug.Assert(values.Length % Padding.Unit == 0 && values.Length < 1 << 24);
        return Lanes.AreWide ? Outside<Lanes16>(values, scale, low, high) : Outside<Lanes8>(values, scale, low, high);
    }

    /// <summary>The same of all rows of a matrix, as they are.</summary>
    public static long Outside(Matrix values, float low, float high)
    {
        long count = 0;
        for (int row = 0; row < values.Rows; row++) count += Outside(values.Row(row), scale: 1, low, high);
        return count;
    }

    private static long Outside<TLanes>(ReadOnlySpan<float> values, TLanes scale, TLanes low, TLanes high) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes count = 0f, one = 1f, zero = 0f;
        for (int i = 0; i <= values.Length - TLanes.Count; i += TLanes.Count)
        {
            var value = Lanes.Load<TLanes>(values, i) * scale;
            count += TLanes.WhereLess(value, low, one, TLanes.WhereLess(high, value, one, zero));
        }
        return (long)count.Sum();
    }
}
