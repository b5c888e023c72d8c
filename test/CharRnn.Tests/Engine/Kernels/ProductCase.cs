using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests.Engine;

/// <summary>The numbers of one product c = seed + a·b, and its plain form. All arrays are row-major.</summary>
/// <param name="Rows">M.</param>
/// <param name="Terms">K.</param>
/// <param name="Outputs">N.</param>
internal sealed record ProductCase(int Rows, int Terms, int Outputs)
{
    // Several products are held against it.
    private float[]? _plainOfSeed;

    /// <summary>(M, K).</summary>
    public float[] A { get; } = Bits.Uniform(new SplitMix(1), Rows * Terms);

    /// <summary>(K, N).</summary>
    public float[] B { get; } = Bits.Uniform(new SplitMix(2), Terms * Outputs);

    /// <summary>(M, N).</summary>
    public float[] Seed { get; } = Bits.Uniform(new SplitMix(3), Rows * Outputs);

    /// <summary>(N).</summary>
    public float[] Bias { get; } = Bits.Uniform(new SplitMix(4), Outputs);

    /// <summary>(M, N): the bias in every row.</summary>
    public float[] BiasRows => [.. Enumerable.Repeat(Bias, Rows).SelectMany(bias => bias)];

    /// <summary>(M, N): what a product that starts from nothing starts from.</summary>
    public float[] Nothing => new float[Rows * Outputs];

    /// <summary>The vector widths whose sums are rounded alike on this machine.</summary>
    public static IEnumerable<SimdWidth> WidthsOfTheSameRounding()
    {
        // Arm fuses multiply and add in its own 128-bit vectors, and the other widths are never chosen there.
        if (AdvSimd.IsSupported)
            return [SimdWidth.Bits128];
        SimdWidth[] everywhere = [SimdWidth.Scalar, SimdWidth.Bits128, SimdWidth.Bits256];
        return Vector512.IsHardwareAccelerated ? [.. everywhere, SimdWidth.Bits512] : everywhere;
    }

    /// <summary>
    /// seed + a·b, each sum in the order of k, one multiply-add a term: the very definition the tiles are written for.
    /// </summary>
    public float[] Plain(float[] seed) => ReferenceEquals(seed, Seed) ? _plainOfSeed ??= Sums(seed) : Sums(seed);

    private float[] Sums(float[] seed)
    {
        float[] sums = [.. seed];
        for (int i = 0; i < Rows; i++)
        {
            for (int k = 0; k < Terms; k++)
            {
                float a = A[i * Terms + k];
                for (int j = 0; j < Outputs; j++)
                    sums[i * Outputs + j] = MultiplyAdd(a, B[k * Outputs + j], sums[i * Outputs + j]);
            }
        }
        return sums;
    }

    /// <summary>Sets a product against sums in double: within the rounding of K additions.</summary>
    public void AssertNearDouble(float[] seed, float[] product)
    {
        double roundings = (Terms + 1) * (double)MathF.BitIncrement(1f) - (Terms + 1);
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Outputs; j++)
            {
                double sum = seed[i * Outputs + j],
                    magnitude = Math.Abs(sum);
                for (int k = 0; k < Terms; k++)
                {
                    double term = (double)A[i * Terms + k] * B[k * Outputs + j];
                    sum += term;
                    magnitude += Math.Abs(term);
                }
                double difference = Math.Abs(product[i * Outputs + j] - sum);
                Assert.True(
                    difference <= roundings * magnitude,
                    $"{this}: ({i}, {j}) is {product[i * Outputs + j]}, in double {sum}"
                );
            }
        }
    }

    private static float MultiplyAdd(float a, float b, float c) =>
        Fma.IsSupported || AdvSimd.IsSupported ? MathF.FusedMultiplyAdd(a, b, c) : a * b + c;
}
