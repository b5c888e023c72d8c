using CharRnn.Datasets;
using FsCheck.Fluent;

namespace CharRnn.Tests;

public sealed class UniqueLineStageTests
{
    private static readonly TextPreparation Unique = new() { UniqueLines = true };

    [Theory]
    [InlineData("a\nb\na\nc\n", "a\nb\nc\n")]
    [InlineData("a\nb\na", "a\nb\n")]
    [InlineData("a\n\n\nb\n\na\n\n", "a\n\n\nb\n\n\n")]
    [InlineData("a\r\nb\r\na\r\na\n", "a\r\nb\r\n")]
    [InlineData("a\rb\ra\rc", "a\rb\rc")]
    [InlineData("a\ra\r\na\rb\n", "a\rb\n")]
    [InlineData("a\r\ra\r\n\rb", "a\r\r\rb")]
    [InlineData("no line end", "no line end")]
    public void TheFirstOfEqualLines_Stays_AndSoDoEmptyOnes(string text, string unique) =>
        Assert.Equal(unique, Prepared.Text(Unique, text));

    [Fact]
    public void Lines_OfAllSources_AreCompared()
    {
        Assert.Equal("⟨a\nb⟨c\n⟨", Prepared.Text(Unique, "a\nb", "b\na\nc\n", "a"));
        Assert.Equal("⟨ann⟨bo⟨", Prepared.Text(Unique with { Records = true }, "ann\nbo\r\nann\nbo\n"));
    }

    [Fact]
    public void Lines_AreComparedAfterFoldingAndCutting()
    {
        Assert.Equal("lodz\n", Prepared.Text(Unique with { Fold = Folding.Ascii }, "łódź\nlodz\n"));
        Assert.Equal("b\na\n", Prepared.Text(Unique with { SkipChars = 2 }, "a\nb\na\n"));
    }

    [Fact]
    public void AnyLines_AreThoseThatASetLeaves() =>
        Property.HoldsOfLists(
            Gen.Choose(0, 4).Select(length => new string('x', length)),
            maxLength: 20,
            times: 300,
            lines =>
            {
                var seen = new HashSet<string>();
                string[] kept = [.. lines.Where(line => line.Length == 0 || seen.Add(line))];
                Assert.Equal(
                    string.Concat(kept.Select(line => line + "\n")),
                    Prepared.Text(Unique, string.Concat(lines.Select(line => line + "\n")))
                );
                Prepared.Text(Unique, [string.Join('\n', lines)], blockSymbols: 7, out var facts);
                Assert.Equal(lines.Length - kept.Length, facts.RepeatedLines);
            }
        );
}
