using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CharRnn.Engine;

/// <summary>Rounding of activations to sixteen bits, by the largest magnitude among them.</summary>
internal static class RoundedRows
{
    /// <summary>Rounds some numbers.</summary>
    /// <param name="values">(terms).</param>
    /// <param name="rounded">(terms, or one more, which becomes 0), overwritten.</param>
    /// <returns>The scale: what a whole number of 1 stands for. Not a number where one of the values is none.</returns>
    public static float Round(ReadOnlySpan<float> values, Span<short> rounded)
    {
        Debug.Assert(rounded.Length >= values.Length);
        float largest = LargestMagnitude(values);
        float scale = largest / short.MaxValue,
            inverse = 1 / scale;
        // Of numbers as small as that, or of zeros alone, nothing is left; of others that are none, nothing is known.
        if (!float.IsFinite(largest) || !float.IsFinite(inverse))
        {
            rounded.Clear();
            return float.IsFinite(largest) ? 0 : float.NaN;
        }
        Round(values, inverse, rounded);
        rounded[values.Length..].Clear();
        return scale;
    }

    /// <summary>max |v|; not a number where one is none.</summary>
    private static float LargestMagnitude(ReadOnlySpan<float> values)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        var largest = Vector256<float>.Zero;
        int i = 0;
        // Max gives a NaN on whichever side it is.
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            largest = Vector256.Max(largest, Vector256.Abs(Vector256.LoadUnsafe(ref first, (nuint)i)));
        float most = 0;
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
            most = Math.Max(most, largest[lane]);
        for (; i < values.Length; i++)
            most = Math.Max(most, Math.Abs(values[i]));
        return most;
    }

    private static void Round(ReadOnlySpan<float> values, float inverse, Span<short> rounded)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= values.Length - Vector256<short>.Count; i += Vector256<short>.Count)
            Vector256
                .Narrow(
                    Round(Vector256.LoadUnsafe(ref first, (nuint)i), inverse),
                    Round(Vector256.LoadUnsafe(ref first, (nuint)(i + Vector256<float>.Count)), inverse)
                )
                .CopyTo(rounded[i..]);
        for (; i < values.Length; i++)
            rounded[i] = (short)MathF.Round(values[i] * inverse);
    }

    private static Vector256<int> Round(Vector256<float> values, float inverse) =>
        Vector256.ConvertToInt32(Vector256.Round(values * inverse));
}
