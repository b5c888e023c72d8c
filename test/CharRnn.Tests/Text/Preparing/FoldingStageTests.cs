using System.Text;
using CharRnn.Networks;
using FsCheck.Fluent;

namespace CharRnn.Tests;

public sealed class FoldingStageTests
{
    private static readonly TextPreparation Ascii = new() { Fold = Folding.Ascii };

    [Theory]
    [InlineData("Marszałek", "Marszalek")]
    [InlineData("ŁÓDŹ łódź", "LODZ lodz")]
    [InlineData("Ærøskøbing Straße STRAẞE", "AEroskobing Strasse STRASSE")]
    [InlineData("Þór þú ðið Ðe", "THor thu did De")]
    [InlineData("œuvre Œuvre", "oeuvre OEuvre")]
    [InlineData("đĐ ħĦ ıİ ŋŊ ŧŦ ƒƑ ĳĲ ſ ŀĿ ŉ", "dD hH iI ngNG tT fF ijIJ s lL 'n")]
    [InlineData("Việt Nam, Ǿ, ǆ", "Viet Nam, O, dz")]
    [InlineData("“It’s” „so“ ‹a› «b» – — ‐ ‑ − …", "\"It's\" \"so\" 'a' \"b\" - - - - - ...")]
    [InlineData("a\u00A0b\u2003c\u3000d\u202Fe\u1680f", "a b c d e f")]
    [InlineData("ﬁn ½ ™ Ａ №", "fin 1/2 TM A No")]
    [InlineData("tab\tline\r\n", "tab\tline\r\n")]
    public void WhatHasAnAsciiForm_BecomesIt(string text, string folded)
    {
        Assert.Equal(folded, Prepared.Text(Ascii, text));
        Assert.True(Ascii.Apply(text).All(char.IsAscii));
    }

    [Theory]
    [InlineData("Привет, й и\u0306")]
    [InlineData("漢字 한글 עברית العربية")]
    [InlineData("🐉 👩\u200D👩\u200D👧 🇵🇱 1\uFE0F\u20E3")]
    [InlineData("≠ \u0301 ¨ ° € × ə")]
    public void WhatHasNone_StaysAsItIs(string text) => Assert.Equal(text, Prepared.Text(Ascii, text));

    [Fact]
    public void MarksAfterLetters_GoAsThoseInLettersDo()
    {
        Assert.Equal("e e o", Prepared.Text(Ascii, "é e\u0301 o\u0302\u0323"));
        Assert.Equal("e\n\u0301", Prepared.Text(Ascii, "e\n\u0301"));
        // A source's last letter is not the next one's.
        Assert.Equal("⟨e⟨\u0301a⟨", Prepared.Text(Ascii, "e", "\u0301a"));
    }

    [Fact]
    public void Facts_SayHowManyStayed_AndHowManyDistinctCharactersThereWereAndAre()
    {
        Prepared.Text(Ascii, ["éeè漢漢字"], blockSymbols: 2, out var facts);
        Assert.Equal((5, 3), (facts.DistinctBefore, facts.DistinctAfter));
        Assert.Equal((3, 2), (facts.Unfolded, facts.DistinctUnfolded));
        Assert.Equal(
            [
                "distinct characters: 5 before, 3 after folding",
                "characters without an ASCII form, kept as they are: 3 (2 distinct)",
            ],
            facts.Lines(Ascii)
        );
    }

    [Fact]
    public void EveryScalar_IsAsciiAfterwardsOrUnchanged_AndNothingVanishes()
    {
        const char Separator = '\u0001';
        foreach (
            var runes in Enumerable
                .Range(Separator + 1, 0x110000 - Separator - 1)
                .Where(Rune.IsValid)
                .Select(value => new Rune(value))
                .Chunk(1 << 14)
        )
        {
            string[] folded = Ascii.Apply(string.Join(Separator, runes)).Split(Separator);
            Assert.Equal(runes.Length, folded.Length);
            for (int i = 0; i < runes.Length; i++)
                Assert.True(
                    folded[i] == runes[i].ToString() || (folded[i].Length > 0 && folded[i].All(char.IsAscii)),
                    $"U+{runes[i].Value:X4} becomes {folded[i]}"
                );
        }
    }

    [Fact]
    public void AnyText_FoldsTheSame_NormalizedOrNot() =>
        Property.HoldsOfLists(
            Gen.Elements("a", "ł", "é", "e\u0301", "\u0323", "漢", " ", "ß", "\n", "Ǿ", "й", "\u0301", "🐉"),
            maxLength: 30,
            times: 500,
            parts =>
            {
                string text = string.Concat(parts),
                    folded = Prepared.Text(Ascii, text);
                Assert.Equal(folded, Ascii.Apply(folded));
                Assert.Equal(Ascii.Apply(text.Replace("e\u0301", "é")), folded);
            }
        );
}
