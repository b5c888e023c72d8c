using CharRnn.Networks;
using FsCheck.Fluent;

namespace CharRnn.Tests;

public sealed class TextPreparationTests
{
    [Fact]
    public void Flags_AreReadBackAsTheyWereWritten()
    {
        Assert.Equal("", new TextPreparation().ToString());
        var preparations =
            from form in Gen.Elements(Enum.GetValues<Normalization>())
            from fold in Gen.Elements(Enum.GetValues<Folding>())
            from switches in Gen.Elements(true, false).ArrayOf(4)
            from minCount in Gen.Choose(1, 4)
            from skipped in Gen.Choose(0, 3)
            from most in Gen.Choose(0, 10)
            select new TextPreparation
            {
                Normalize = form,
                Fold = fold,
                FoldCase = switches[0],
                UniqueLines = switches[1],
                MinCount = minCount,
                SkipChars = skipped,
                MaxChars = most == 0 ? null : most,
                Records = switches[2],
                JoinFiles = switches[3],
            };
        Property.Holds(
            preparations,
            times: 200,
            preparation => Assert.Equal(preparation, TextPreparation.Parse(preparation.ToString()))
        );
        Assert.Equal(
            "--normalize nfkc --fold ascii --max-chars 5 --records",
            new TextPreparation
            {
                Normalize = Normalization.Nfkc,
                Fold = Folding.Ascii,
                MaxChars = 5,
                Records = true,
            }.ToString()
        );
    }

    [Theory]
    [InlineData("--normalize", "no value")]
    [InlineData("--normalize nfx", "'nfx'")]
    [InlineData("--skip-chars -1", "'-1'")]
    [InlineData("--shout", "'--shout'")]
    public void OtherFlags_AreRefused(string flags, string because) =>
        Assert.Contains(because, Assert.Throws<FormatException>(() => TextPreparation.Parse(flags)).Message);

    [Fact]
    public void Apply_NormalisesAndFoldsAPrompt_AndLeavesHalfASurrogatePairForOthers()
    {
        Assert.Equal(
            "Marszałek",
            new TextPreparation
            {
                Records = true,
                SkipChars = 3,
                MinCount = 9,
            }.Apply("Marszałek")
        );
        Assert.Equal("Marszalek", new TextPreparation { Fold = Folding.Ascii }.Apply("Marszałek"));
        Assert.Equal("é\ud83d", new TextPreparation { Normalize = Normalization.Nfc }.Apply("e\u0301\ud83d"));
    }

    [Fact]
    public void Validate_NamesTheProperty()
    {
        Refused("'MinCount' is 0", new() { MinCount = 0 });
        Refused("'SkipChars' is -1", new() { SkipChars = -1 });
        Refused("'MaxChars' is 0", new() { MaxChars = 0 });
        Refused("'Normalize' is for characters", new() { Normalize = Normalization.Nfc }, TextEncoding.Bytes);
        Refused("'Fold' is for characters", new() { Fold = Folding.Ascii }, TextEncoding.Bytes);
        new TextPreparation
        {
            Records = true,
            UniqueLines = true,
            MinCount = 2,
        }.Validate(TextEncoding.Bytes);

        static void Refused(string because, TextPreparation preparation, TextEncoding encoding = TextEncoding.Utf8) =>
            Assert.StartsWith(because, Assert.Throws<SettingsException>(() => preparation.Validate(encoding)).Message);
    }
}
