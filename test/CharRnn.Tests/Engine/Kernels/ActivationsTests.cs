using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests.Engine;

/// <summary>Activations of rows and their derivatives, each against its plain loop.</summary>
public sealed class ActivationsTests
{
    private const int Count = 5,
        Width = 48;

    private readonly float[] _values = WithZeros(Bits.Uniform(new SplitMix(1), Count * Width, scale: 3));
    private readonly float[] _gradients = Bits.Uniform(new SplitMix(2), Count * Width);

    [Fact]
    public void Relu_KeepsWhatIsPositive()
    {
        using var matrix = new GuardedMatrix(Count, Width, _values);

        Activations.Relu(matrix.Inside);

        Bits.AssertSame([.. _values.Select(x => x < 0 ? 0 : x)], matrix.Values(), "relu");
        matrix.AssertGuardsUntouched();
    }

    [Fact]
    public void Tanh_IsThatOfEachElement()
    {
        using var matrix = new GuardedMatrix(Count, Width, _values);

        Activations.Tanh(matrix.Inside);

        Assert.All(_values.Zip(matrix.Values()), pair => Assert.Equal(Math.Tanh(pair.First), pair.Second, 1e-6));
        matrix.AssertGuardsUntouched();
    }

    [Fact]
    public void NotANumber_StaysNotANumber()
    {
        _values[7] = float.NaN;
        foreach (var activation in (Action<Matrix>[])[Activations.Relu, Activations.Tanh])
        {
            using var matrix = new GuardedMatrix(Count, Width, _values);
            activation(matrix.Inside);
            Assert.Equal([7], matrix.Values().Index().Where(pair => float.IsNaN(pair.Item)).Select(pair => pair.Index));
        }
    }

    [Fact]
    public void ReluDerivative_LetsPassWhatWasPositive()
    {
        using var activated = new GuardedMatrix(Count, Width, [.. _values.Select(x => Math.Max(x, 0))]);
        using var matrix = new GuardedMatrix(Count, Width, _gradients);

        Activations.MultiplyByReluDerivative(activated.Inside, matrix.Inside);

        Bits.AssertSame([.. _values.Zip(_gradients, (x, gradient) => x > 0 ? gradient : 0)], matrix.Values(), "relu'");
        matrix.AssertGuardsUntouched();
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(0.7f)]
    public void TanhDerivative_IsOneLessTheSquare_WhateverTheScale(float scale)
    {
        using var activated = new GuardedMatrix(Count, Width, [.. _values.Select(x => (float)Math.Tanh(x) / scale)]);
        using var matrix = new GuardedMatrix(Count, Width, _gradients);

        Activations.MultiplyByTanhDerivative(activated.Inside, scale, matrix.Inside);

        var expected = _values.Zip(_gradients, (x, gradient) => gradient * (1 - Math.Tanh(x) * Math.Tanh(x)));
        Assert.All(expected.Zip(matrix.Values()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        matrix.AssertGuardsUntouched();
    }

    private static float[] WithZeros(float[] values)
    {
        for (int i = 0; i < values.Length; i += 9)
            values[i] = 0;
        return values;
    }
}
