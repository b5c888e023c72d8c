using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class TextEscapeTests
{
    [Theory]
    [InlineData("plain, ł, 🐉 and \\n", "plain, ł, 🐉 and \\n")]
    [InlineData("two\nlines\tand a tab", "two\nlines\tand a tab")]
    [InlineData("\u001b[2J\u0007\u0000\u007f", @"\x1B[2J\x07\x00\x7F")]
    [InlineData("\u009b31m\u0085", @"\x9B31m\x85")]
    [InlineData("over\rwritten", @"over\rwritten")]
    [InlineData("\u202Egnp.exe\u2066\u200F\u061C", @"\u{202E}gnp.exe\u{2066}\u{200F}\u{061C}")]
    [InlineData("a\u2028b", @"a\u{2028}b")]
    [InlineData("👩\u200d👧", "👩\u200d👧")]
    public void ForTerminal_EscapesWhatATerminalActsOnAndNothingElse(string text, string escaped) =>
        Assert.Equal(escaped, TextEscape.ForTerminal(text));

    // Half a surrogate pair cannot travel in an attribute.
    [Fact]
    public void ForTerminal_EscapesHalfASurrogatePair() =>
        Assert.Equal(@"a\u{D83D}b", TextEscape.ForTerminal("a\ud83db"));

    [Fact]
    public void ForTerminal_OnOneLine_EscapesLineFeedsAndTabsToo() =>
        Assert.Equal(
            @"two\nlines\tand a tab",
            TextEscape.ForTerminal("two\nlines\tand a tab", keepLineFeedsAndTabs: false)
        );

    [Fact]
    public void ForTerminal_LeavesNoControlCharacter_OfAllThereAre()
    {
        for (int symbol = 0; symbol < 0x10000; symbol++)
        {
            string escaped = TextEscape.ForTerminal(((char)symbol).ToString(), keepLineFeedsAndTabs: false);
            Assert.DoesNotContain(escaped, char.IsControl);
            Assert.DoesNotContain(escaped, char.IsSurrogate);
        }
    }
}
