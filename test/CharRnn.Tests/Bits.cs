using System.Runtime.InteropServices;
using CharRnn.Reference;

namespace CharRnn.Tests;

/// <summary>Floats by their bits, where equal must mean the same and not merely near.</summary>
internal static class Bits
{
    public static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual)))
            return;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                $"{what}: element {i} of {expected.Length} is {actual[i]:R}; {expected[i]:R} was expected, to the bit"
            );
        }
    }

    /// <summary>Seeded floats, uniform in [−scale, scale).</summary>
    public static float[] Uniform(SplitMix random, int count, double scale = 1)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(scale * random.NextUniform());
        return values;
    }
}
