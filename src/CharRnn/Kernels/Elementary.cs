using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CharRnn.Kernels;

/// <summary>
/// exp, tanh and the logistic sigmoid, eight floats at once, the same bits on every machine with fused multiply-add.
/// Within three units in the last place of the true value (exp between its smallest and largest normal powers); NaN in, NaN out.
/// </summary>
/// <remarks>
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; eʳ − 1 is its Taylor series to the seventh power, whose remainder r⁸/8! is below 6e-9;
/// 2ⁿ is built in the exponent bits. tanh goes through eˣ − 1, so that it loses nothing near zero.
/// </remarks>
public static class Elementary
{
    private const float Log2E = 1.44269504f;
    // ln 2 in two pieces: n·Ln2High is exact for every n in range, Ln2Low is what it lacks.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float LargestExponent = 88.3762589f;
    private const float SmallestExponent = -87.3365479f;
    // Beyond this tanh rounds to ±1.
    private const float TanhSaturation = 9.5f;
    private const int ExponentBias = 127;
    private const int MantissaBits = 23;

    /// <summary>eˣ; 0 below −87.3, and the largest finite power beyond 88.3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Exp(Lanes x)
    {
        var clamped = Lanes.Clamp(x, SmallestExponent, LargestExponent);
        var (n, powerLessOne) = Reduce(clamped);
        var scale = PowerOfTwo(n);
        var result = Lanes.MultiplyAdd(powerLessOne, scale, scale);
        return new(Vector256.ConditionalSelect(
            Vector256.LessThan(x.Vector, Vector256.Create(SmallestExponent)), Vector256<float>.Zero, result.Vector));
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Sigmoid(Lanes x)
    {
        Lanes one = 1f;
        var clamped = Lanes.Clamp(x, SmallestExponent, LargestExponent);
        var (n, powerLessOne) = Reduce(Lanes.Zero - clamped);
        var scale = PowerOfTwo(n);
        return one / (one + Lanes.MultiplyAdd(powerLessOne, scale, scale));
    }

    /// <summary>(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Tanh(Lanes x)
    {
        // With m = e^(−2|x|) − 1 in (−1, 0]: tanh |x| = −m / (m + 2).
        var magnitude = Lanes.Clamp(new Lanes(Vector256.Abs(x.Vector)), 0f, TanhSaturation);
        var (n, powerLessOne) = Reduce(magnitude * -2f);
        var scale = PowerOfTwo(n);
        var m = Lanes.MultiplyAdd(powerLessOne, scale, scale - 1f);
        var result = (Lanes.Zero - m) / (m + 2f);
        return new(result.Vector | (x.Vector & Vector256.Create(-0f)));
    }

    /// <summary>n = round(x / ln 2), and eʳ − 1 for r = x − n·ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Lanes N, Lanes PowerLessOne) Reduce(Lanes x)
    {
        var n = new Lanes(Vector256.Round((x * Log2E).Vector));
        var r = Lanes.MultiplyAdd(n, -Ln2High, x);
        r = Lanes.MultiplyAdd(n, -Ln2Low, r);
        Lanes series = 1f / 5040f;
        series = Lanes.MultiplyAdd(series, r, 1f / 720f);
        series = Lanes.MultiplyAdd(series, r, 1f / 120f);
        series = Lanes.MultiplyAdd(series, r, 1f / 24f);
        series = Lanes.MultiplyAdd(series, r, 1f / 6f);
        series = Lanes.MultiplyAdd(series, r, 1f / 2f);
        return (n, Lanes.MultiplyAdd(series, r * r, r));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes PowerOfTwo(Lanes n)
    {
        var exponent = Vector256.ConvertToInt32(n.Vector) + Vector256.Create(ExponentBias);
        return new(Vector256.ShiftLeft(exponent, MantissaBits).AsSingle());
    }
}
