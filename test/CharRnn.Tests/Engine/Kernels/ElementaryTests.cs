using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests.Engine;

/// <summary>
/// exp, tanh and sigmoid over the whole range of floats, in units in the last place of what <see cref="Math"/> gives in
/// double.
/// </summary>
public sealed class ElementaryTests
{
    private const double MaxUlps = 4;

    // Documented limits of exp: 0 below the first, constant above the second.
    private const float SmallestExponent = -87.3365479f,
        MaxExponent = 88.3762589f;
    private const float SmallestNormal = 1.17549435e-38f;

    private delegate Lanes8 Function(Lanes8 x);

    private delegate Lanes16 WideFunction(Lanes16 x);

    private static readonly float[] Sweep = BuildSweep();
    private static readonly float[] NotNumbers =
    [
        float.NaN,
        -float.NaN,
        BitConverter.UInt32BitsToSingle(0x7F800001),
        BitConverter.UInt32BitsToSingle(0xFFC12345),
    ];

    [Fact]
    public void Exp_WithinItsLimits_IsWithinFourUlp() =>
        AssertUlps(Elementary.Exp, Math.Exp, x => x is >= SmallestExponent and <= MaxExponent);

    [Fact]
    public void Exp_BeyondItsLimits_IsZeroOrStaysAtALargeFinitePower()
    {
        float[] beyond = [float.NegativeInfinity, float.MinValue, -1000, -88, MathF.BitDecrement(SmallestExponent)];
        Assert.All(Apply(Elementary.Exp, beyond), value => Assert.Equal(0, value));

        float largest = Apply(Elementary.Exp, [MaxExponent])[0];
        Assert.Equal(Math.Exp(MaxExponent), largest, largest * 1e-6);
        Assert.All(
            Apply(Elementary.Exp, [89, 1000, float.MaxValue, float.PositiveInfinity]),
            value => Assert.Equal(largest, value)
        );
    }

    [Fact]
    public void Tanh_OfAnyNumber_IsWithinFourUlp() => AssertUlps(Elementary.Tanh, Math.Tanh, _ => true);

    [Fact]
    public void Tanh_SaturatesAtOne_KeepsSignedZeroAndIsOdd()
    {
        Assert.All(
            Apply(Elementary.Tanh, [9.5f, 100, float.MaxValue, float.PositiveInfinity]),
            value => Assert.Equal(1, value)
        );
        Assert.All(
            Apply(Elementary.Tanh, [-9.5f, -100, float.MinValue, float.NegativeInfinity]),
            value => Assert.Equal(-1, value)
        );
        Bits.AssertSame([0f, -0f], Apply(Elementary.Tanh, [0f, -0f]), "tanh of zeros");

        float[] mirrored = [.. Sweep.Select(x => -x)];
        Bits.AssertSame(
            [.. Apply(Elementary.Tanh, Sweep).Select(x => -x)],
            Apply(Elementary.Tanh, mirrored),
            "tanh(−x)"
        );
    }

    [Fact]
    public void Sigmoid_WhereItIsNormal_IsWithinFourUlp() =>
        AssertUlps(Elementary.Sigmoid, Logistic, x => x >= SmallestExponent);

    [Fact]
    public void Sigmoid_SaturatesAtOneAndAtTheSmallestNormalNumber()
    {
        Assert.All(
            Apply(Elementary.Sigmoid, [17.5f, 88, 100, float.MaxValue, float.PositiveInfinity]),
            value => Assert.Equal(1, value)
        );
        Assert.All(
            Apply(Elementary.Sigmoid, [-88.5f, -100, float.MinValue, float.NegativeInfinity]),
            value => Assert.InRange(value, 0, SmallestNormal)
        );
        Assert.Equal([0.5f, 0.5f], Apply(Elementary.Sigmoid, [0f, -0f]));
    }

    [Fact]
    public void TanhAndSigmoid_TowardsTheirSaturation_NeverFallAndNeverPassOne()
    {
        AssertRises(Elementary.Tanh, 8, 10);
        AssertRises(Elementary.Tanh, -10, -8);
        AssertRises(Elementary.Sigmoid, 15, 20);
        AssertRises(Elementary.Sigmoid, -90, -85);
    }

    [Fact]
    public void NotANumber_StaysNotANumber_AndTouchesNoNeighbor()
    {
        foreach (var function in (Function[])[Elementary.Exp, Elementary.Tanh, Elementary.Sigmoid])
        {
            Assert.All(Apply(function, NotNumbers), value => Assert.True(float.IsNaN(value)));
            for (int lane = 0; lane < Lanes8.Count; lane++)
            {
                float[] among = Enumerable.Repeat(0.25f, Lanes8.Count).ToArray();
                among[lane] = float.NaN;
                float[] values = Apply(function, among);
                Assert.Equal(Lanes8.Count - 1, values.Count(float.IsFinite));
                Assert.True(float.IsNaN(values[lane]));
            }
        }
    }

    [Fact]
    public void SixteenLanes_GiveTheSameBitsAsEight()
    {
        AssertSame(Elementary.Exp, Elementary.Exp, nameof(Elementary.Exp));
        AssertSame(Elementary.Tanh, Elementary.Tanh, nameof(Elementary.Tanh));
        AssertSame(Elementary.Sigmoid, Elementary.Sigmoid, nameof(Elementary.Sigmoid));

        static void AssertSame(Function narrow, WideFunction wide, string name)
        {
            float[] inputs = Sweep[..(Sweep.Length / Lanes16.Count * Lanes16.Count)];
            float[] outputs = new float[inputs.Length];
            for (int i = 0; i < inputs.Length; i += Lanes16.Count)
                wide(Lanes.Load<Lanes16>(inputs, i)).Store(outputs, i);
            Bits.AssertSame(Apply(narrow, inputs), outputs, name);
        }
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>
    /// Every 1,999th float there is (subnormals, zeros and infinities among them), and steps of 1/4096 where the
    /// functions bend.
    /// </summary>
    private static float[] BuildSweep()
    {
        const int Stride = 1999,
            Dense = 100 * 4096;
        var values = new List<float>
        {
            0f,
            -0f,
            float.Epsilon,
            -float.Epsilon,
            SmallestNormal,
            -SmallestNormal,
            float.MaxValue,
            float.MinValue,
        };
        for (long bits = int.MinValue; bits <= int.MaxValue; bits += Stride)
        {
            float value = BitConverter.Int32BitsToSingle((int)bits);
            if (!float.IsNaN(value))
                values.Add(value);
        }
        for (int i = -Dense; i <= Dense; i++)
            values.Add(i / 4096f);
        return [.. values];
    }

    private static float[] Apply(Function function, float[] inputs)
    {
        // The last group of eight is filled up with zeros.
        float[] padded = new float[(inputs.Length + Lanes8.Count - 1) / Lanes8.Count * Lanes8.Count];
        inputs.CopyTo(padded, 0);
        for (int i = 0; i < padded.Length; i += Lanes8.Count)
            function(Lanes.Load<Lanes8>(padded, i)).Store(padded, i);
        return padded[..inputs.Length];
    }

    private static void AssertUlps(Function function, Func<double, double> exact, Func<float, bool> isIn)
    {
        float[] inputs = [.. Sweep.Where(isIn)];
        float[] outputs = Apply(function, inputs);
        double most = 0;
        float worst = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            double expected = exact(inputs[i]);
            float rounded = (float)Math.Abs(expected);
            double ulps = Math.Abs(outputs[i] - expected) / ((double)MathF.BitIncrement(rounded) - rounded);
            if (!(ulps <= most))
                (most, worst) = (ulps, inputs[i]);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{most:F3} ulp at {worst:R}");
        Assert.True(most <= MaxUlps, $"{most} ulp at {worst:R}, where the true value is {exact(worst):R}");
    }

    private static void AssertRises(Function function, float from, float to)
    {
        const int Steps = 200_000;
        float[] outputs = Apply(
            function,
            [.. Enumerable.Range(0, Steps + 1).Select(i => from + (to - from) * i / Steps)]
        );
        for (int i = 1; i < outputs.Length; i++)
            Assert.True(outputs[i] >= outputs[i - 1], $"step {i}: {outputs[i]:R} after {outputs[i - 1]:R}");
        Assert.All(outputs, value => Assert.InRange(value, -1, 1));
    }
}
