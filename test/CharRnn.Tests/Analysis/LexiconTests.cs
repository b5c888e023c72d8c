using CharRnn.Analysis;

namespace CharRnn.Tests;

public sealed class LexiconTests
{
    [Fact]
    public void Words_AreLettersInAnyCase_WithApostrophesBetweenThem()
    {
        var lexicon = Of("The dragon's CAVE, naïve Żółw. e\u0301t\u0301e Don’t");
        Assert.Equal((7, 7), Look(lexicon, "the Dragon's cave; NAÏVE żółw: e\u0301t\u0301e, don't."));
        Assert.Equal((2, 0), Look(lexicon, "dragon caves "));
    }

    [Fact]
    public void QuotesAroundAWord_AreNoPartOfIt() =>
        Assert.Equal((3, 3), Look(Of("one two three"), "'one' ''two ’three’ "));

    [Fact]
    public void DigitsAndUnderscores_PartWords() => Assert.Equal((4, 3), Look(Of("get page int"), "get_page2 int8x_"));

    [Fact]
    public void AWordThatTheSamplesEndMayHaveCut_IsNotCounted() =>
        Assert.Equal((1, 1), Look(Of("the dragon"), "the drago"));

    [Fact]
    public void ALastWordOfTheText_IsAWord() => Assert.Equal((1, 1), Look(Of("the end"), "end."));

    [Fact]
    public void ARowOfMoreLettersThanAnyWordHas_IsNone() =>
        Assert.Equal((0, 0), Look(Of("a"), new string('a', 200) + " "));

    private static Lexicon Of(string text)
    {
        var lexicon = new Lexicon();
        lexicon.Read(Scalars(text));
        lexicon.EndText();
        return lexicon;
    }

    private static (long, long) Look(Lexicon lexicon, string sample) => lexicon.Look(Scalars(sample));

    private static int[] Scalars(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];
}
