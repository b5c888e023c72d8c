using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CharRnn.Engine;

/// <summary>
/// Sums of squares in double, over 32 partial sums and one tree, so that they are the same on every machine.
/// </summary>
internal static class Norms
{
    /// <summary>Σ v². Not finite when any v is not.</summary>
    /// <param name="values">A multiple of sixteen floats.</param>
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        Debug.Assert(values.Length % Padding.Unit == 0);
        return Lanes.AreWide ? SumOfSquaresWide(values) : SumOfSquaresNarrow(values);
    }

    private static double SumOfSquaresWide(ReadOnlySpan<float> values)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector512<double> a = Vector512<double>.Zero,
            b = a,
            c = a,
            d = a;
        int i = 0;
        for (; i <= values.Length - 2 * Padding.Unit; i += 2 * Padding.Unit)
        {
            AddSquares(Vector512.LoadUnsafe(ref first, (nuint)i), ref a, ref b);
            AddSquares(Vector512.LoadUnsafe(ref first, (nuint)(i + Padding.Unit)), ref c, ref d);
        }
        if (i < values.Length)
            AddSquares(Vector512.LoadUnsafe(ref first, (nuint)i), ref a, ref b);
        return Tree((a + c) + (b + d));
    }

    private static double SumOfSquaresNarrow(ReadOnlySpan<float> values)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector256<double> a = Vector256<double>.Zero,
            b = a,
            c = a,
            d = a,
            e = a,
            f = a,
            g = a,
            h = a;
        int i = 0;
        for (; i <= values.Length - 2 * Padding.Unit; i += 2 * Padding.Unit)
        {
            AddSquares(Vector256.LoadUnsafe(ref first, (nuint)i), ref a, ref b);
            AddSquares(Vector256.LoadUnsafe(ref first, (nuint)(i + Vector256<float>.Count)), ref c, ref d);
            AddSquares(Vector256.LoadUnsafe(ref first, (nuint)(i + Padding.Unit)), ref e, ref f);
            AddSquares(
                Vector256.LoadUnsafe(ref first, (nuint)(i + Padding.Unit + Vector256<float>.Count)),
                ref g,
                ref h
            );
        }
        if (i < values.Length)
        {
            AddSquares(Vector256.LoadUnsafe(ref first, (nuint)i), ref a, ref b);
            AddSquares(Vector256.LoadUnsafe(ref first, (nuint)(i + Vector256<float>.Count)), ref c, ref d);
        }
        return Tree(Vector512.Create((a + e) + (c + g), (b + f) + (d + h)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSquares(
        Vector512<float> values,
        ref Vector512<double> lowSums,
        ref Vector512<double> highSums
    )
    {
        var (low, high) = Vector512.Widen(values);
        lowSums += low * low;
        highSums += high * high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSquares(
        Vector256<float> values,
        ref Vector256<double> lowSums,
        ref Vector256<double> highSums
    )
    {
        var (low, high) = Vector256.Widen(values);
        lowSums += low * low;
        highSums += high * high;
    }

    private static double Tree(Vector512<double> eight)
    {
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}
