using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class EmbeddedNamesTests
{
    private static readonly LabeledRecords Names = LabeledRecords.Embedded();

    [Fact]
    public void ThereAreEnoughLanguagesAndNames()
    {
        Assert.Equal("names", Names.Name);
        Assert.InRange(Names.Labels.Count, 18, 40);
        Assert.All(Names.CountByLabel, count => Assert.InRange(count, 100, 250));
    }

    [Fact]
    public void NothingIsRepeatedBlankOrSurroundedByWhiteSpace() =>
        Assert.Equal((0, 0, 0), (Names.RepeatedCount, Names.BlankCount, Names.TrimmedCount));

    [Fact]
    public void Names_AreLettersWithSingleSpacesHyphensAndApostrophesWithin() =>
        Assert.All(Names.Records, record => Assert.Matches(@"^\p{L}+(?:[ '-]\p{L}+)*$", record.Text));

    [Fact]
    public void Names_AreComposed() =>
        Assert.All(Names.Records, record => Assert.True(record.Text.IsNormalized(NormalizationForm.FormC)));

    [Theory]
    [InlineData("German", "Müller")]
    [InlineData("Polish", "Łukaszewski")]
    [InlineData("Polish", "Marszałek")]
    [InlineData("Vietnamese", "Nguyễn")]
    [InlineData("Turkish", "Öztürk")]
    [InlineData("Irish", "Ó Briain")]
    public void Names_HaveTheirOwnLetters(string language, string name) =>
        Assert.Contains(Names.Records, record => record.Text == name && Names.Labels[record.Label] == language);

    [Fact]
    public void FoldedNames_AreAsciiAltogether()
    {
        var folded = LabeledRecords.Embedded(new() { Fold = Folding.Ascii });
        Assert.All(folded.Records, record => Assert.True(Ascii.IsValid(record.Text)));
        Assert.True(folded.DistinctAfter < folded.DistinctBefore);
        Assert.Contains(folded.Records, record => record.Text == "Marszalek");
    }

    [Fact]
    public void AsATextTheyAreTheirRecordsALine() =>
        Assert.Equal(
            string.Concat(Names.Records.Select(record => record.Text + "\n")),
            EmbeddedDatasets.Names.ReadText()
        );

    [Fact]
    public void TheDragonsHaveNoLabels() => Assert.Empty(EmbeddedDatasets.Dragons.Labels);
}
