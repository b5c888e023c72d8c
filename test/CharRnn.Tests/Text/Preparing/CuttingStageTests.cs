namespace CharRnn.Tests;

public sealed class CuttingStageTests
{
    [Theory]
    [InlineData(0, 3L, "abc")]
    [InlineData(2, null, "cdef")]
    [InlineData(2, 3L, "cde")]
    [InlineData(5, 100L, "f")]
    [InlineData(6, null, "")]
    [InlineData(100, 5L, "")]
    public void WhatLiesBetween_IsLeft(long skip, long? most, string left) =>
        Assert.Equal(left, Prepared.Text(new() { SkipChars = skip, MaxChars = most }, "abcdef"));

    [Fact]
    public void Cuts_AreMadeInTheJoinedText_AfterFolding_AndASourceWithNothingLeftHasNoBoundary()
    {
        Assert.Equal("⟨c⟨de⟨", Prepared.Text(new() { SkipChars = 2, MaxChars = 3 }, "abc", "def", "ghi"));
        Assert.Equal("⟨de⟨", Prepared.Text(new() { SkipChars = 3, MaxChars = 2 }, "abc", "def", "ghi"));
        Assert.Equal(
            "se",
            Prepared.Text(
                new()
                {
                    Fold = Folding.Ascii,
                    SkipChars = 1,
                    MaxChars = 2,
                },
                "ße"
            )
        );
    }

    [Fact]
    public void Facts_SayWhatWasLeftOut()
    {
        var preparation = new TextPreparation { SkipChars = 2, MaxChars = 3 };
        Prepared.Text(preparation, ["abcdefgh"], blockSymbols: 3, out var facts);
        Assert.Equal("characters left out: 2 at the beginning, 3 at the end", Assert.Single(facts.Lines(preparation)));
    }
}
