using CharRnn.Report.Runs;

namespace CharRnn.Report.Tests;

public sealed class SampleSelectionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    public void FewSamples_AreAllShown(int count) => Assert.Equal(count, SampleSelection.Of(Samples(count)).Count);

    [Theory]
    [InlineData(25)]
    [InlineData(60)]
    [InlineData(2000)]
    public void ManySamples_AreChosenDenserAtTheBeginning(int count)
    {
        var places = SampleSelection.Of(Samples(count)).Select(sample => sample.Step).ToList();
        Assert.Equal(SampleSelection.Most, places.Count);
        Assert.Equal((0, count - 1), (places[0], places[^1]));
        var gaps = places.Skip(1).Zip(places, (next, before) => next - before).ToList();
        Assert.All(gaps, gap => Assert.True(gap > 0));
        Assert.True(gaps[0] <= gaps[^1]);
    }

    [Fact]
    public void LongTexts_AreCutBetweenCharacters()
    {
        string text = new string('a', SampleSelection.LongestText - 1) + "🐉 and more";
        var (shown, more) = SampleSelection.Cut(text);
        Assert.Equal(SampleSelection.LongestText - 1, shown.Length);
        Assert.Equal(text.Length, shown.Length + more);
    }

    private static List<SampleReport> Samples(int count) =>
        [.. Enumerable.Range(0, count).Select(step => new SampleReport(step, "", 0.8, "text"))];
}
