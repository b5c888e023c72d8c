namespace CharRnn.Tests;

public sealed class LabelBlendTests
{
    private static readonly string[] Labels = ["Greek", "Polish", "Russian", "x=1,y"];

    [Fact]
    public void ALabelsName_IsThatLabelAlone()
    {
        var mix = LabelBlend.Parse("Russian", Labels);
        Assert.Equal((2, "Russian"), (mix.Single, mix.Name));
        Assert.Equal([new LabelWeight(2, 1)], mix.Parts);
    }

    [Theory]
    [InlineData("Russian=0.75,Greek=0.25")]
    [InlineData("Russian=3, Greek")]
    [InlineData(" Greek = 1e1 , Russian = 30 ")]
    public void NamesWithWeights_AreABlend_WhoseWeightsAddUpToOne(string text)
    {
        var mix = LabelBlend.Parse(text, Labels);
        Assert.Equal([new LabelWeight(0, 0.25), new LabelWeight(2, 0.75)], mix.Parts);
        Assert.Null(mix.Single);
    }

    [Theory]
    [InlineData("\"x=1,y\"=0.75,Greek=0.25")]
    [InlineData("\"x=1,y\"=3, \"Greek\"")]
    public void NamesInQuotationMarks_MayHaveTheSignsInThem(string text) =>
        Assert.Equal([new LabelWeight(0, 0.25), new LabelWeight(3, 0.75)], LabelBlend.Parse(text, Labels).Parts);

    [Fact]
    public void AWholeName_ComesBeforeWhatItsSignsWouldMean() =>
        Assert.Equal(3, LabelBlend.Parse("x=1,y", Labels).Single);

    [Theory]
    [InlineData(
        "Rusian",
        "the model has no label 'Rusian'; did you mean 'Russian'? Its labels are Greek, Polish, Russian, \"x=1,y\"."
    )]
    [InlineData("Klingon", "the model has no label 'Klingon'. Its labels are Greek, Polish, Russian, \"x=1,y\".")]
    [InlineData(
        "Greek=0.5,Polsh=0.5",
        "the model has no label 'Polsh'; did you mean 'Polish'? Its labels are Greek, Polish, Russian, \"x=1,y\"."
    )]
    [InlineData("Greek=0", "the weight of the label 'Greek' is '0'; it must be a number above 0.")]
    [InlineData("Greek=-1,Polish=2", "the weight of the label 'Greek' is '-1'; it must be a number above 0.")]
    [InlineData("Greek=NaN", "the weight of the label 'Greek' is 'NaN'; it must be a number above 0.")]
    [InlineData("Greek=much", "the weight of the label 'Greek' is 'much'; it must be a number above 0.")]
    [InlineData("Greek=1,Greek=2", "the blend of labels 'Greek=1,Greek=2' has 'Greek' twice; give each label once.")]
    public void WhatCannotBeMeant_IsRefusedInOneLine(string text, string message) =>
        Assert.Equal(message, Assert.Throws<SettingsException>(() => LabelBlend.Parse(text, Labels)).Message);

    [Fact]
    public void AnyLabel_OfAModelWithoutLabels_IsRefused() =>
        Assert.Equal(
            "the label 'Greek' is asked for, and the model was trained without labels; leave it out.",
            Assert.Throws<SettingsException>(() => LabelBlend.Parse("Greek", [])).Message
        );
}
