using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests.Engine;

public sealed class VectorsTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<int> Lengths() => [0, 16, 32, 48, 272];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Dot_IsTheSumOfProducts(int length)
    {
        var (a, b) = Pair(length);

        Assert.Equal(a.Zip(b, (x, y) => (double)x * y).Sum(), Vectors.Dot(a, b), Tolerance);
    }

    [Fact]
    public void Dot_AddsSixteenPartialSums_InOneTree()
    {
        var (a, b) = Pair(64);
        float[] sums = new float[16];
        for (int i = 0; i < 64; i++)
            sums[i % 16] = Lanes.IsFused
                ? MathF.FusedMultiplyAdd(a[i], b[i], sums[i % 16])
                : a[i] * b[i] + sums[i % 16];
        for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            sums[i] += sums[i + half];

        Assert.Equal(BitConverter.SingleToInt32Bits(sums[0]), BitConverter.SingleToInt32Bits(Vectors.Dot(a, b)));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Scale_Overwrites_AndAddScaledAdds(int length)
    {
        var (source, destination) = Pair(length);
        float[] added = [.. destination];

        Vectors.AddScaled(-0.75f, source, added);
        Vectors.Scale(-0.75f, source, destination.AsSpan());

        var (_, before) = Pair(length);
        for (int i = 0; i < length; i++)
        {
            Assert.Equal(-0.75f * source[i], destination[i]);
            Assert.Equal(before[i] - 0.75 * source[i], added[i], Tolerance);
        }
    }

    private static (float[] A, float[] B) Pair(int length)
    {
        var random = new SplitMix(7);
        return (Bits.Uniform(random, length), Bits.Uniform(random, length));
    }
}
