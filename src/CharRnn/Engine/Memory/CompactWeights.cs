using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>Numbers of each <see cref="WeightFormat"/>, one at a time: rounding to them, and back to floats.</summary>
internal static unsafe class CompactWeights
{
    /// <summary>The largest whole number of <see cref="WeightFormat.Int8"/>; the smallest is its negative.</summary>
    public const int MaxInt8 = sbyte.MaxValue;

    /// <summary>Bits of half a float; its upper half is a bfloat16.</summary>
    public const int HalfBits = 16;

    /// <summary>The upper half of a float.</summary>
    public const uint UpperHalf = 0xFFFF0000;

    /// <summary>
    /// Terms of each output that lie side by side in compact panels: two bfloat16 are the halves of a float, and two
    /// numbers of eight bits are multiplied and added by one instruction.
    /// </summary>
    public const int PairTerms = 2;

    /// <summary>Bytes a weight.</summary>
    public static int SizeOf(WeightFormat format) =>
        format switch
        {
            WeightFormat.F32 => sizeof(float),
            WeightFormat.BF16 => sizeof(ushort),
            WeightFormat.Int8 => sizeof(sbyte),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };

    /// <summary>K, with a term of zeros more where it is odd and weights are compact.</summary>
    public static int StoredTerms(WeightFormat format, int terms) =>
        format == WeightFormat.F32 ? terms : (terms + PairTerms - 1) / PairTerms * PairTerms;

    /// <summary>The bfloat16 nearest to a finite number; of two as near, the even one.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value),
            half = (1u << (HalfBits - 1)) - 1 + (bits >> HalfBits & 1);
        return (ushort)(bits + half >> HalfBits);
    }

    /// <summary>The float that a bfloat16 is the upper half of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FromBFloat16(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << HalfBits);

    /// <summary>The scale of some weights in eight bits, by the largest magnitude among them.</summary>
    public static float ScaleOf(float largest) => largest / MaxInt8;

    /// <summary>The whole number that is nearest to a weight by its scale.</summary>
    public static sbyte ToInt8(float value, float scale) =>
        // A scale too small for a float is 0.
        scale > 0
            ? (sbyte)Math.Clamp(MathF.Round(value / scale), -MaxInt8, MaxInt8)
            : (sbyte)0;

    /// <summary>Neighboring weights as floats.</summary>
    /// <param name="format">Their format.</param>
    /// <param name="source">The weights.</param>
    /// <param name="scale">The scale that they have in common; nothing to formats that have none.</param>
    /// <param name="destination">(count), overwritten.</param>
    public static void Widen(WeightFormat format, byte* source, float scale, Span<float> destination)
    {
        switch (format)
        {
            case WeightFormat.BF16:
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = FromBFloat16(((ushort*)source)[i]);
                break;
            case WeightFormat.Int8:
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = scale * ((sbyte*)source)[i];
                break;
            default:
                new ReadOnlySpan<float>(source, destination.Length).CopyTo(destination);
                break;
        }
    }
}
