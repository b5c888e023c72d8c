using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>
/// exp, tanh and the logistic sigmoid of a vector of floats, the same bits on every machine with fused
/// multiply-add. Within three units in the last place of the true value (exp between its smallest and largest normal
/// powers); NaN in, NaN out.
/// </summary>
/// <remarks>
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; eʳ − 1 is r plus the polynomial r²·(c₂ + … + c₆r⁴) of least error relative to eʳ,
/// which is 3.6e-9; 2ⁿ is built in the exponent bits. tanh goes through eˣ − 1, so that it loses nothing near zero.
/// </remarks>
internal static class Elementary
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two pieces: n·Ln2High is exact for every n in range, Ln2Low is the remainder.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // Found by iteratively reweighted least squares, then rounded to floats.
    private const float Coefficient2 = 0.49999994f,
        Coefficient3 = 0.16666521f,
        Coefficient4 = 0.041668389f,
        Coefficient5 = 0.0083687454f,
        Coefficient6 = 0.001381454f;
    private const float MaxExponent = 88.3762589f;
    private const float MinExponent = -87.3365479f;

    // Beyond this tanh rounds to ±1.
    private const float TanhSaturation = 9.5f;

    /// <summary>eˣ; 0 below −87.3, and the largest finite power beyond 88.3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        var (scale, powerMinusOne) = Reduce(Lanes.Clamp<TLanes>(x, MinExponent, MaxExponent));
        return TLanes.WhereLess(x, MinExponent, 0f, TLanes.MultiplyAdd(powerMinusOne, scale, scale));
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = 0f,
            one = 1f;
        var (scale, powerMinusOne) = Reduce(zero - Lanes.Clamp<TLanes>(x, MinExponent, MaxExponent));
        return one / (one + TLanes.MultiplyAdd(powerMinusOne, scale, scale));
    }

    /// <summary>(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Tanh<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        // With m = e^(−2|x|) − 1 in (−1, 0]: tanh |x| = −m / (m + 2).
        TLanes zero = 0f,
            one = 1f,
            two = 2f,
            minusTwo = -2f,
            saturation = TanhSaturation;
        var magnitude = TLanes.Abs(x);
        var (scale, powerMinusOne) = Reduce(TLanes.Min(saturation, magnitude) * minusTwo);
        var m = TLanes.MultiplyAdd(powerMinusOne, scale, scale - one);
        return TLanes.WithSignOf((zero - m) / (m + two), x);
    }

    /// <summary>2ⁿ for n = round(x / ln 2), and eʳ − 1 for r = x − n·ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TLanes Scale, TLanes PowerMinusOne) Reduce<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes shift = Lanes.RoundingShift;
        var shifted = TLanes.MultiplyAdd(x, Log2E, shift);
        var n = shifted - shift;
        var r = TLanes.MultiplyAdd(n, -Ln2High, x);
        r = TLanes.MultiplyAdd(n, -Ln2Low, r);
        TLanes series = Coefficient6;
        series = TLanes.MultiplyAdd(series, r, Coefficient5);
        series = TLanes.MultiplyAdd(series, r, Coefficient4);
        series = TLanes.MultiplyAdd(series, r, Coefficient3);
        series = TLanes.MultiplyAdd(series, r, Coefficient2);
        return (TLanes.PowerOfTwo(shifted), TLanes.MultiplyAdd(series, r * r, r));
    }
}
