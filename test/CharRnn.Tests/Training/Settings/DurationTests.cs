using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("60s", 60)]
    [InlineData("3m", 180)]
    [InlineData("2h", 7200)]
    [InlineData("1.5m", 90)]
    [InlineData("0.25s", 0.25)]
    [InlineData("8760h", 31_536_000)]
    public void Times_AreANumberAndAUnit(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("60")]
    [InlineData("0s")]
    [InlineData("-5s")]
    [InlineData("NaNs")]
    [InlineData("1e300h")]
    [InlineData("8761h")]
    [InlineData("0.000000001s")]
    [InlineData("3 m")]
    [InlineData("3min")]
    [InlineData("1h30m")]
    [InlineData("1,5m")]
    public void Others_AreRefusedWithWhatIsNeeded(string text) =>
        Assert.Contains("such as 90s, 3m or 2h", Assert.Throws<FormatException>(() => Duration.Parse(text)).Message);

    [Theory]
    [InlineData("60s", "1m")]
    [InlineData("90s", "90s")]
    [InlineData("120m", "2h")]
    [InlineData("0.25s", "0.25s")]
    public void Format_GivesAFormThatParsesBack(string text, string expected)
    {
        Assert.Equal(expected, Duration.Format(Duration.Parse(text)));
        Assert.Equal(Duration.Parse(text), Duration.Parse(expected));
    }

    [Fact]
    public void Cadence_TellsThemApart()
    {
        Assert.Equal(Cadence.EverySteps(1000), Cadence.Parse("1000"));
        Assert.Equal(Cadence.Every(TimeSpan.FromSeconds(30)), Cadence.Parse("30s"));
        Assert.True(Cadence.Parse("0").IsNever);
        Assert.All(["1000", "30s", "2h", "0"], text => Assert.Equal(text, Cadence.Parse(text).ToString()));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("soon")]
    [InlineData("99999999999999999999")]
    public void Cadence_RefusesOthersWithWhatIsNeeded(string text) =>
        Assert.Contains("a number of steps", Assert.Throws<FormatException>(() => Cadence.Parse(text)).Message);
}
