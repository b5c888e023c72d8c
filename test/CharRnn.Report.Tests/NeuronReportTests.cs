using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CharRnn.Report.Neurons;
using CharRnn.Report.Pages;

namespace CharRnn.Report.Tests;

public sealed partial class NeuronReportTests
{
    private const double LeastContrast = 4.5;

    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void EveryColor_HasInkOfEnoughContrast_InBothSchemes()
    {
        var colors = ColorPair().Matches(StyleSheet.Neurons);
        Assert.Equal(2 * (7 + 7 + 7 + 4), colors.Count);
        foreach (Match color in colors)
            Assert.True(
                Contrast(color.Groups["ground"].Value, color.Groups["ink"].Value) >= LeastContrast,
                $"{color.Value} cannot be read"
            );
    }

    [Theory]
    [InlineData(0.0, "")]
    [InlineData(0.07, "")]
    [InlineData(0.08, "p1")]
    [InlineData(1.0, "p7")]
    [InlineData(40.0, "p7")]
    [InlineData(-0.5, "n4")]
    [InlineData(-1.0, "n7")]
    [InlineData(double.NaN, "")]
    public void Levels_GrowEvenlyFromTheMiddle_AndEndAtTheRange(double value, string level) =>
        Assert.Equal(level, ColorLevels.OfSignal(value, range: 1));

    [Fact]
    public void Surprise_HasLevelsAtOneTwoFourAndEightBits() =>
        Assert.Equal(
            ["", "s1", "s2", "s2", "s3", "s4", "s4"],
            new[] { 0.9, 1, 2, 3.9, 4, 8, 20 }.Select(ColorLevels.OfSurprise)
        );

    [Fact]
    public void CharactersOfOneColor_AreOneElement()
    {
        string page = Page(Strip("aaaabbb", value: place => place < 4 ? 0.9 : -0.9));
        Assert.Contains("<span class=\"p6\">aaaa</span><span class=\"n6\">bbb</span>", page);
    }

    [Fact]
    public void Candidates_StandBeneathTheirCharacter()
    {
        var strip = Strip("a", value: _ => 1, [new("b", 0.9), new("\n", 0.02)]);
        Assert.Contains("<b><span class=\"p7\">a</span><i class=\"q6\">b</i><i>↵</i></b>", Page(strip));
    }

    [Fact]
    public void TextOfThePage_IsNoPartOfItsMarkup()
    {
        const string hostile = "<script>alert(1)</script>&\"'\u0007";
        var strip = Strip(hostile, value: _ => 1, [new("<", 0.5)]) with { Unit = hostile, About = hostile };
        string page = NeuronReport.RenderPage(
            hostile,
            hostile,
            [new FoundUnit(hostile, hostile, "AUC", 1, 1, null)],
            [strip],
            Time
        );
        Assert.DoesNotContain("<script", page);
        var picture = XDocument.Parse(StripPicture.Render(strip with { Unit = "unit" }));
        Assert.DoesNotContain(picture.Descendants(), element => element.Name.LocalName == "script");
    }

    [Fact]
    public void APicture_CutsLinesAtEightyCharacters()
    {
        var picture = XDocument.Parse(StripPicture.Render(Strip(new string('x', 81), value: _ => 0)));
        var places = picture
            .Descendants()
            .Where(element => element.Value == "x")
            .Select(element => element.Attribute("y")!.Value)
            .GroupBy(place => place)
            .Select(line => line.Count());
        Assert.Equal([80, 1], places);
    }

    private static NeuronStrip Strip(
        string text,
        Func<int, double> value,
        IReadOnlyList<StripCandidate>? candidates = null
    ) =>
        new(
            "layer 1, unit 1, hidden",
            null,
            1,
            [.. text.Select((character, place) => new StripCharacter($"{character}", value(place), candidates ?? []))]
        );

    private static string Page(NeuronStrip strip) => NeuronReport.RenderPage("title", "headline", [], [strip], Time);

    private static double Contrast(string one, string other)
    {
        double a = Luminance(one),
            b = Luminance(other);
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>Relative luminance (WCAG 2).</summary>
    private static double Luminance(string color)
    {
        double[] channels =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(i => int.Parse(color.AsSpan(2 * i, 2), NumberStyles.HexNumber) / 255.0)
                .Select(channel => channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4)),
        ];
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
    }

    [GeneratedRegex(@"--(?<name>[npqs]\d): #(?<ground>[0-9a-f]{6}); --\k<name>i: #(?<ink>[0-9a-f]{6});")]
    private static partial Regex ColorPair();
}
