using CharRnn.Datasets;
using CharRnn.Inspecting;

namespace CharRnn.Tests;

public sealed class UnitSearchTests
{
    [Theory]
    [InlineData("quotes", "a \"bc\" d", "00111000")]
    [InlineData("quotes", "don't 'be' so", "0000001110000")]
    [InlineData("brackets", "a(b[c])d]", "011111000")]
    [InlineData("tags", "1 < 2 <b>x", "0000001100")]
    [InlineData("word", "it's 'x'", "11110010")]
    [InlineData("line-start", "ab\ncd", "10010")]
    [InlineData("upper", "aBÉ", "011")]
    [InlineData("digit", "a1", "01")]
    [InlineData("vowel", "béa", "011")]
    [InlineData("space", "a b\n", "0101")]
    [InlineData("line-position", "abc\nde", "012301")]
    [InlineData("word-position", "ab cd", "12012")]
    public void Properties_AreThoseOfTheCharacters(string name, string text, string expected)
    {
        int[] scalars = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        Assert.Equal(expected, string.Concat(TextProperty.Parse(name).Of(scalars)));
    }

    [Fact]
    public void Regex_HoldsWithinItsMatches()
    {
        Assert.Equal("01100", string.Concat(TextProperty.OfRegex("b+").Of([.. "abbca".Select(c => (int)c)])));
        var error = Assert.Throws<SettingsException>(() => TextProperty.OfRegex("(b"));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Search_IsDeterministic_AndFindsWhatAStateTellsExactly()
    {
        using var model = RandomModel.Make("lstm", layers: 2);
        int[] read = RandomModel.Ids(2000, 37);
        var ids = SymbolIds.Pack(read, 37);
        var property = TextProperty.Parse("digit");
        var (first, again) = (Search(), Search());
        Assert.Equal(first.Best, again.Best);
        Assert.Equal(first.Untrained, again.Untrained);
        Assert.Equal(20, first.Best.Count);
        Assert.Equal(first.Best.OrderByDescending(unit => unit.Score), first.Best);
        Assert.All(first.Best, unit => Assert.InRange(unit.Score, 0.5, 1));
        Assert.All(first.Best, unit => Assert.InRange(unit.Accuracy!.Value, 0, 1));

        UnitSearchResult Search() =>
            UnitSearch.Run(
                model,
                ids,
                new IdRange(0, ids.Length),
                property,
                cancellationToken: TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public void Search_OfWhatNeverHolds_IsRefused()
    {
        using var model = RandomModel.Make();
        var ids = SymbolIds.Pack(RandomModel.Ids(100, 37), 37);
        var error = Assert.Throws<SettingsException>(() =>
            UnitSearch.Run(model, ids, new IdRange(0, 100), TextProperty.OfRegex("zzz"))
        );
        Assert.Contains("first half", error.Message, StringComparison.Ordinal);
    }
}
