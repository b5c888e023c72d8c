using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CharRnn.Engine;

/// <summary>
/// Peak multiply-add rate of a core, on registers alone: the reference for a benchmark's share of peak. Twelve
/// independent sums, at the vector width that products use.
/// </summary>
internal static class FmaPeak
{
    private const int Sums = 12;

    /// <summary>Does <paramref name="rounds"/> rounds of twelve vector multiply-adds.</summary>
    /// <returns>The floating-point operations done: two for each lane's multiply-add.</returns>
    public static double Run(long rounds)
    {
        float result = MatrixProducts.BestWidth switch
        {
            SimdWidth.Bits512 => Spin<Simd512, Vector512<float>>(rounds)[0],
            SimdWidth.Bits256 => Spin<Simd256, Vector256<float>>(rounds)[0],
            SimdWidth.Bits128 => Spin<Simd128, Vector128<float>>(rounds)[0],
            _ => Spin<Scalar, float>(rounds),
        };
        // The sums end in the result, so that the work is not optimized away.
        return result == float.PositiveInfinity ? 0 : 2.0 * Sums * (int)MatrixProducts.BestWidth * rounds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TVector Spin<TSimd, TVector>(long rounds)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TVector factor = TSimd.Broadcast(0.5f),
            term = TSimd.Broadcast(0.25f);
        TVector a = term,
            b = term,
            c = term,
            d = term,
            e = term,
            f = term,
            g = term,
            h = term,
            i = term,
            j = term,
            k = term,
            l = term;
        for (long round = 0; round < rounds; round++)
        {
            a = TSimd.MultiplyAdd(a, factor, term);
            b = TSimd.MultiplyAdd(b, factor, term);
            c = TSimd.MultiplyAdd(c, factor, term);
            d = TSimd.MultiplyAdd(d, factor, term);
            e = TSimd.MultiplyAdd(e, factor, term);
            f = TSimd.MultiplyAdd(f, factor, term);
            g = TSimd.MultiplyAdd(g, factor, term);
            h = TSimd.MultiplyAdd(h, factor, term);
            i = TSimd.MultiplyAdd(i, factor, term);
            j = TSimd.MultiplyAdd(j, factor, term);
            k = TSimd.MultiplyAdd(k, factor, term);
            l = TSimd.MultiplyAdd(l, factor, term);
        }
        var first = TSimd.MultiplyAdd(TSimd.MultiplyAdd(a, b, c), TSimd.MultiplyAdd(d, e, f), g);
        return TSimd.MultiplyAdd(TSimd.MultiplyAdd(h, i, j), TSimd.MultiplyAdd(k, l, first), first);
    }
}
