namespace CharRnn.Tests;

public sealed class LabeledRecordsTests
{
    [Fact]
    public void Labels_AreInOrdinalOrder_AndRecordsInTheOrderOfTheirFirstAppearance()
    {
        var records = Rows.Read("polish: Nowak Lis", "Irish: Byrne Walsh", "polish: Mazur");
        Assert.Equal(["Irish", "polish"], records.Labels);
        Assert.Equal(
            [new("Nowak", 1), new("Lis", 1), new("Byrne", 0), new("Walsh", 0), new("Mazur", 1)],
            records.Records
        );
        Assert.Equal([2, 3], records.CountByLabel);
    }

    [Fact]
    public void RepeatsUnderOneLabel_AreLeftOutAndCounted_AndThoseUnderAnotherAreKept()
    {
        var records = Rows.Read("a: x y x x", "b: x z z");
        Assert.Equal(["x", "y", "x", "z"], records.Records.Select(record => record.Text));
        Assert.Equal(7, records.RowCount);
        Assert.Equal(3, records.RepeatedCount);
        Assert.Equal(3, records.TextCount);
    }

    [Fact]
    public void AmbiguousTexts_AreNamedWithTheirLabels_AndBoundTheAccuracy()
    {
        var records = Rows.Read("b: x y", "a: x z w", "c: x w");
        Assert.Equal(["x", "w"], records.AmbiguousTexts.Select(text => text.Text));
        Assert.Equal([0, 1, 2], records.AmbiguousTexts[0].Labels);
        Assert.Equal([0, 2], records.AmbiguousTexts[1].Labels);
        // Of the seven records the best guess has one right for each of the four texts.
        Assert.Equal(4.0 / 7, records.AccuracyCeiling);
    }

    [Fact]
    public void NoAmbiguousTexts_LeaveTheCeilingAtOne() =>
        Assert.Equal(1, Rows.Read("a: x y", "b: z w").AccuracyCeiling);

    [Fact]
    public void Folding_KeepsEveryLetter_AndDistinctCharactersAreCountedBeforeAndAfter()
    {
        var records = LabeledRecords.FromRows(
            "names",
            Rows.Of("Polish: Marszałek Żak", "German: Groß Müller"),
            new() { Fold = Folding.Ascii }
        );
        Assert.Equal(["Marszalek", "Zak", "Gross", "Muller"], records.Records.Select(record => record.Text));
        Assert.Equal("MarszałekŻkGoßül".Distinct().Count(), records.DistinctBefore);
        Assert.Equal("MarszalekZGou".Distinct().Count(), records.DistinctAfter);
    }

    [Fact]
    public void TextsThatFoldingMakesEqual_AreRepeats()
    {
        var records = LabeledRecords.FromRows(
            "names",
            Rows.Of("Polish: Żak Zak Nowak", "German: Groß Roth"),
            new() { Fold = Folding.Ascii }
        );
        Assert.Equal(1, records.RepeatedCount);
    }

    [Fact]
    public void Normalising_BringsTwoSpellingsOfALetterTogether()
    {
        var rows = Rows.Of("German: Mu\u0308ller M\u00FCller Roth", "Polish: Lis Mazur");
        Assert.Equal(0, LabeledRecords.FromRows("names", rows).RepeatedCount);
        Assert.Equal(1, LabeledRecords.FromRows("names", rows, new() { Normalize = Normalization.Nfc }).RepeatedCount);
    }

    [Fact]
    public void WithoutPreparation_TextsStayAsTheyAre() =>
        Assert.Equal(
            ["Nguyễn", "Łukaszewski", "𝔄𝔅", "e\u0301"],
            Rows.Read("a: Nguyễn Łukaszewski", "b: 𝔄𝔅 e\u0301").Records.Select(record => record.Text)
        );

    [Fact]
    public void APreparationOfWholeTexts_IsRefused()
    {
        var failure = Assert.Throws<SettingsException>(() =>
            LabeledRecords.FromRows("names", Rows.Of("a: x y"), new() { Fold = Folding.Ascii, SkipChars = 3 })
        );
        Assert.Contains("--skip-chars 3", failure.Message);
    }

    [Fact]
    public void WhiteSpaceAroundTexts_IsTakenOffAndCounted_AndBlankRowsArePassedOver()
    {
        LabeledRow[] rows =
        [
            new(" Lis", "a", "1"),
            new("Lis\u00A0", " a ", "2"),
            new("  ", "b", "3"),
            new("", "", "4"),
            new("de Vries", "a", "5"),
            new("Nowak", "b", "6"),
            new("Mazur", "b", "7"),
        ];
        var records = LabeledRecords.FromRows("rows", rows);
        Assert.Equal(["Lis", "de Vries", "Nowak", "Mazur"], records.Records.Select(record => record.Text));
        Assert.Equal((2, 2, 1), (records.TrimmedCount, records.BlankCount, records.RepeatedCount));
    }

    [Fact]
    public void Sha256_TellsOtherRecordsApart()
    {
        string hash = Rows.Read("a: x y", "b: z w").Sha256;
        Assert.Equal(hash, Rows.Read("a: x y x", "b: z w").Sha256);
        Assert.NotEqual(hash, Rows.Read("a: x y", "c: z w").Sha256);
        Assert.NotEqual(hash, Rows.Read("a: x yz", "b: w v").Sha256);
    }

    [Fact]
    public void TooLongATextIsRefused_ByItsCharactersAndNotItsCodeUnits()
    {
        string longest = string.Concat(Enumerable.Repeat("𝔄", LabeledRecords.MaxCharacters));
        Assert.Equal(5, Rows.Read($"a: {longest} y", "b: z w v").Records.Count);
        var failure = Assert.Throws<CorpusException>(() => Rows.Read("a: x", $"b: {new string('n', 10_000)}"));
        Assert.StartsWith("test, line 2: the text has 10,000 characters (it begins 'nnnn", failure.Message);
        Assert.Contains("1,000 at most", failure.Message);
        Assert.Contains(
            $"(it begins '{longest[..40]}')",
            Assert.Throws<CorpusException>(() => Rows.Read($"a: {longest}𝔄 y")).Message
        );
    }

    [Fact]
    public void OneLabelOnly_IsRefusedForLearning()
    {
        var failure = Assert.Throws<CorpusException>(() => Rows.Read("Irish: Byrne Walsh"));
        Assert.Contains("one label only, 'Irish'", failure.Message);
        Assert.Single(
            LabeledRecords.FromRows("test", Rows.Of("Irish: Byrne Walsh"), purpose: LabeledPurpose.Scoring).Labels
        );
    }

    [Fact]
    public void ALabelWithOneText_IsRefusedForLearning_RepeatsNotCounted()
    {
        var failure = Assert.Throws<CorpusException>(() => Rows.Read("Irish: Byrne Walsh", "Polish: Lis Lis"));
        Assert.StartsWith("test, line 2: label 'Polish' has this one text", failure.Message);
        Assert.Equal(
            3,
            LabeledRecords
                .FromRows("test", Rows.Of("Irish: Byrne Walsh", "Polish: Lis Lis"), purpose: LabeledPurpose.Scoring)
                .Records.Count
        );
    }

    [Fact]
    public void NoTextAtAll_IsRefusedForAnyPurpose() =>
        Assert.All(
            Enum.GetValues<LabeledPurpose>(),
            purpose => Assert.Throws<CorpusException>(() => LabeledRecords.FromRows("test", [], purpose: purpose))
        );

    [Fact]
    public void ATextWithoutALabel_IsRefusedWithItsPlace()
    {
        var failure = Assert.Throws<CorpusException>(() =>
            LabeledRecords.FromRows("rows", [new("Lis", " ", "rows.csv, line 7")])
        );
        Assert.StartsWith("rows.csv, line 7: the text has no label", failure.Message);
    }
}
