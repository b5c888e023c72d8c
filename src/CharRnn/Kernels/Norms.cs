using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace CharRnn.Kernels;

/// <summary>Sums of squares in double, over eight lanes and one tree, so that they are the same on every machine.</summary>
internal static class Norms
{
    /// <summary>Σ v². Not finite when any v is not.</summary>
    /// <param name="values">A multiple of eight floats.</param>
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        Debug.Assert(values.Length % Lanes.Count == 0);
        var lower = Vector256<double>.Zero;
        var upper = Vector256<double>.Zero;
        for (int i = 0; i <= values.Length - Lanes.Count; i += Lanes.Count)
        {
            var (low, high) = Vector256.Widen(Lanes.Load(values, i).Vector);
            lower += low * low;
            upper += high * high;
        }
        var sum = lower + upper;
        return (sum[0] + sum[2]) + (sum[1] + sum[3]);
    }
}
