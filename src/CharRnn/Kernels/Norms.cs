using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using CharRnn.Memory;

namespace CharRnn.Kernels;

/// <summary>Sums of squares in double, over sixteen partial sums and one tree, so that they are the same on every machine.</summary>
internal static class Norms
{
    /// <summary>Σ v². Not finite when any v is not.</summary>
    /// <param name="values">A multiple of sixteen floats.</param>
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        Debug.Assert(values.Length % Padding.Unit == 0);
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector512<double> lower = Vector512<double>.Zero, upper = Vector512<double>.Zero;
        if (Lanes.AreWide)
        {
            for (int i = 0; i <= values.Length - Padding.Unit; i += Padding.Unit)
            {
                var (low, high) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i));
                lower += low * low;
                upper += high * high;
            }
            return Tree(lower + upper);
        }
        Vector256<double> a = Vector256<double>.Zero, b = a, c = a, d = a;
        for (int i = 0; i <= values.Length - Padding.Unit; i += Padding.Unit)
        {
            var (lowA, lowB) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)i));
            var (lowC, lowD) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)(i + Vector256<float>.Count)));
            a += lowA * lowA;
            b += lowB * lowB;
            c += lowC * lowC;
            d += lowD * lowD;
        }
        return Tree(Vector512.Create(a + c, b + d));
    }

    private static double Tree(Vector512<double> eight)
    {
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}
