using CharRnn.Report.Charts;
using CharRnn.Report.Pages;

namespace CharRnn.Report.Tests;

public sealed class AxisTests
{
    [Theory]
    [InlineData(1.32, 4.1, 6, 1, 4.5, 0.5)]
    [InlineData(0, 2218, 7, 0, 2500, 500)]
    [InlineData(0, 0.006, 6, 0, 0.006, 0.001)]
    [InlineData(-3, 7, 5, -4, 8, 2)]
    public void RoundNumbers_SurroundTheValues(
        double low,
        double high,
        int intervals,
        double min,
        double max,
        double step
    )
    {
        var axis = Axis.Over(low, high, intervals);
        Assert.Equal((min, max, step), (Math.Round(axis.Min, 9), Math.Round(axis.Max, 9), Math.Round(axis.Step, 9)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(1e-300)]
    [InlineData(1e300)]
    public void OneValue_HasRoomAroundIt(double value)
    {
        var axis = Axis.Over(value, value, 6);
        Assert.True(axis.Min <= value && value <= axis.Max && axis.Length > 0 && double.IsFinite(axis.Length));
        Assert.InRange(axis.Length / axis.Step, 1, 20);
    }

    [Fact]
    public void TightAxis_EndsAtTheLastValue() => Assert.Equal(2218, Axis.Over(0, 2218, 7, isTight: true).Max);

    [Theory]
    [InlineData(0, 4.5, 0.5, 1.5, "1.5")]
    [InlineData(0, 4.5, 0.5, 0, "0")]
    [InlineData(0, 9000, 1000, 3000, "3,000")]
    [InlineData(0, 50_000, 10_000, 20_000, "20k")]
    [InlineData(0, 1_500_000, 500_000, 500_000, "0.5M")]
    [InlineData(0, 0.0005, 0.0001, 0.0003, "3e-4")]
    [InlineData(0, 5e12, 1e12, 2e12, "2e12")]
    public void Numbers_AreShort(double min, double max, double step, double value, string expected) =>
        Assert.Equal(expected, new Axis(min, max, step).Format(value));
}
