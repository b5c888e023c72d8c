namespace CharRnn.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(999_700, "1.0 MB")]
    [InlineData(228_145, "228 kB")]
    [InlineData(1_115_394, "1.1 MB")]
    [InlineData(100_000_000, "100 MB")]
    [InlineData(1_000_000_000, "1.0 GB")]
    public void Bytes_AreShort(long bytes, string expected) => Assert.Equal(expected, Quantity.Bytes(bytes));

    [Theory]
    [InlineData(0, "0.0 %")]
    [InlineData(0.4524, "45.2 %")]
    [InlineData(1, "100.0 %")]
    public void Percent_HasOneDecimal(double share, string expected) => Assert.Equal(expected, Quantity.Percent(share));

    [Theory]
    [InlineData(0.4, "0 s")]
    [InlineData(59.6, "1 min 00 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(7800, "2 h 10 min")]
    [InlineData(360_000, "100 h 00 min")]
    public void Time_IsShort(double seconds, string expected) =>
        Assert.Equal(expected, Quantity.Time(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Count_GroupsThousands() => Assert.Equal("1,115,394", Quantity.Count(1_115_394));

    [Theory]
    [InlineData(0, "0 steps")]
    [InlineData(1, "1 step")]
    [InlineData(1_500, "1,500 steps")]
    public void Count_OfThings_NamesOneAndSeveral(long number, string expected) =>
        Assert.Equal(expected, Quantity.Count(number, "step"));
}
