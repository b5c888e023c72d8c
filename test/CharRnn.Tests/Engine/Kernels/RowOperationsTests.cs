using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests.Engine;

/// <summary>Sums over rows, squares and packing, each against its plain loop.</summary>
public sealed class RowOperationsTests
{
    private const int Count = 7,
        Width = 32;

    private readonly float[] _first = Bits.Uniform(new SplitMix(1), Count * Width);
    private readonly float[] _second = Bits.Uniform(new SplitMix(2), Count * Width);

    [Fact]
    public void Add_AddsElementByElement()
    {
        using var source = new GuardedMatrix(Count, Width, _first);
        using var destination = new GuardedMatrix(Count, Width, _second);

        RowOperations.Add(source.Inside, destination.Inside);

        Bits.AssertSame([.. _first.Zip(_second, (a, b) => b + a)], destination.Values(), "sum");
        destination.AssertGuardsUntouched();
    }

    [Fact]
    public void Sum_WritesWhatAddWouldGive()
    {
        using var a = new GuardedMatrix(Count, Width, _first);
        using var b = new GuardedMatrix(Count, Width, _second);
        using var destination = new GuardedMatrix(Count, Width);

        RowOperations.Sum(a.Inside, b.Inside, destination.Inside);

        Bits.AssertSame([.. _first.Zip(_second, (a, b) => a + b)], destination.Values(), "sum");
        destination.AssertGuardsUntouched();
    }

    [Fact]
    public void AddColumnSums_AddsRowsInOrder()
    {
        using var source = new GuardedMatrix(Count, Width, _first);
        using var sums = new GuardedMatrix(1, Width, _second[..Width]);
        float[] expected = _second[..Width];
        for (int i = 0; i < _first.Length; i++)
            expected[i % Width] += _first[i];

        RowOperations.AddColumnSums(source.Inside, sums.Inside);

        Bits.AssertSame(expected, sums.Values(), "column sums");
        sums.AssertGuardsUntouched();
    }

    [Fact]
    public void GatherAndAddScattered_FollowTheRowNumbers()
    {
        int[] rows = [4, 0, 4, 4, 6, 1, 0];
        using var table = new GuardedMatrix(Count, Width, _first);
        using var gathered = new GuardedMatrix(rows.Length, Width);
        using var source = new GuardedMatrix(rows.Length, Width, _second);
        float[] expected = [.. _first];
        for (int i = 0; i < rows.Length * Width; i++)
            expected[rows[i / Width] * Width + i % Width] += _second[i];

        RowOperations.Gather(table.Inside, rows, gathered.Inside);
        RowOperations.AddScattered(source.Inside, rows, table.Inside);

        Bits.AssertSame(
            [.. rows.SelectMany(row => _first[(row * Width)..((row + 1) * Width)])],
            gathered.Values(),
            "gathered"
        );
        Bits.AssertSame(expected, table.Values(), "scattered");
        gathered.AssertGuardsUntouched();
        table.AssertGuardsUntouched();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(4096)]
    public void SumOfSquares_IsThatOfDoubles(int count)
    {
        float[] values = Bits.Uniform(new SplitMix(3), count, scale: 1e25);
        double expected = values.Sum(value => (double)value * value);

        Assert.Equal(expected, Norms.SumOfSquares(values), expected * 1e-13);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void SumOfSquares_OfWhatIsNotFinite_IsNotFinite(float value)
    {
        for (int place = 0; place < 48; place++)
        {
            float[] values = new float[48];
            values[place] = value;
            Assert.False(double.IsFinite(Norms.SumOfSquares(values)));
        }
    }

    [Fact]
    public void PackRows_MovesEveryElementToItsPanel()
    {
        using var rows = new GuardedMatrix(Count, Width, _first);
        using var panels = new GuardedPanels(Count, Width);

        Packing.PackRows(rows.Inside, panels.Inside, sums: default);

        Bits.AssertSame(_first, panels.Values(), "panels");
        panels.AssertGuardsUntouched();
    }

    [Fact]
    public void PackRows_AddsUpTheRowsThatPass_AsAddColumnSumsDoes()
    {
        using var rows = new GuardedMatrix(Count, Width, _first);
        using var panels = new GuardedPanels(Count, Width);
        using var expected = new GuardedMatrix(1, Width, _second[..Width]);
        using var sums = new GuardedMatrix(1, Width, _second[..Width]);

        RowOperations.AddColumnSums(rows.Inside, expected.Inside);
        Packing.PackRows(rows.Inside, panels.Inside, sums.Inside);

        Bits.AssertSame(expected.Values(), sums.Values(), "column sums");
        Bits.AssertSame(_first, panels.Values(), "panels");
        sums.AssertGuardsUntouched();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 13)]
    [InlineData(16, 16)]
    [InlineData(17, 33)]
    [InlineData(100, 48)]
    public void Transpose_TurnsPanelsAround_AndLeavesThePaddingAlone(int inputs, int outputs)
    {
        int outputWidth = Padding.RoundUp(outputs),
            inputWidth = Padding.RoundUp(inputs);
        using var panels = new GuardedPanels(inputs, outputWidth, Bits.Uniform(new SplitMix(4), inputs * outputWidth));
        using var transposed = new GuardedPanels(outputs, inputWidth, new float[outputs * inputWidth]);

        Packing.Transpose(panels.Inside, first: 0, transposed.Inside);

        for (int n = 0; n < outputs; n++)
        {
            for (int k = 0; k < inputWidth; k++)
                Assert.Equal(k < inputs ? panels.Inside[k, n] : 0, transposed.Inside[n, k]);
        }
        transposed.AssertGuardsUntouched();
    }
}
