using FsCheck.Fluent;

namespace CharRnn.Tests;

public sealed class BoundaryStageTests
{
    private static readonly TextPreparation Records = new() { Records = true };

    [Fact]
    public void SeveralSources_HaveBoundariesBeforeBetweenAndAfter_AndEmptyOnesNone()
    {
        Assert.Equal("⟨one\n⟨two⟨", Prepared.Text(new(), "one\n", "two"));
        Assert.Equal("⟨one⟨two⟨", Prepared.Text(new(), "", "one", "", "", "two", ""));
        Assert.Equal("", Prepared.Text(new(), "", ""));
        Assert.Equal("one", Prepared.Text(new(), "one"));
        Assert.Equal("onetwo", Prepared.Text(new() { JoinFiles = true }, "one", "two"));
    }

    [Theory]
    [InlineData("ann\nbo\n", "⟨ann⟨bo⟨")]
    [InlineData("ann\nbo", "⟨ann⟨bo⟨")]
    [InlineData("ann\r\nbo\r\n", "⟨ann⟨bo⟨")]
    [InlineData("\n\r\nann\n\n\r\nbo\n\n", "⟨ann⟨bo⟨")]
    [InlineData("ann\rbo\r", "⟨ann⟨bo⟨")]
    [InlineData("a\rn\r\r\nbo\r", "⟨a⟨n⟨bo⟨")]
    [InlineData("a\u2028b\u0085c\n", "⟨a\u2028b\u0085c⟨")]
    [InlineData("\r", "")]
    [InlineData("\n\n", "")]
    public void Records_HaveTheBoundaryInThePlaceOfLineEnds(string lines, string records) =>
        Assert.Equal(records, Prepared.Text(Records, lines));

    [Fact]
    public void Records_OfSeveralSources_StayApart_EvenWithoutALineEndBetween() =>
        Assert.Equal("⟨a⟨b⟨c⟨", Prepared.Text(Records with { JoinFiles = true }, "a\nb", "c\n"));

    [Fact]
    public void Facts_CountRecordsAndEmptyLines()
    {
        Prepared.Text(Records, ["\na\r\n\r\nb\n\n"], blockSymbols: 1, out var facts);
        Assert.Equal((2, 3), (facts.Texts, facts.EmptyLines));
        Assert.Equal("records: 2; empty lines left out: 3", Assert.Single(facts.Lines(Records)));
    }

    [Fact]
    public void AnyLines_AreTheRecordsThatSplittingGives() =>
        Property.HoldsOfLists(
            Gen.Elements("a", "b", "\n", "\r\n", "\r"),
            maxLength: 40,
            times: 500,
            parts =>
            {
                string text = string.Concat(parts);
                string[] lines = text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal(
                    lines.Length == 0 ? "" : "⟨" + string.Join('⟨', lines) + "⟨",
                    Prepared.Text(Records, text)
                );
            }
        );
}
