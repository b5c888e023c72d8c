using CharRnn.Structure;
using CharRnn.Text;

namespace CharRnn.Tests.Structure;

public sealed class TextScalarsTests
{
    [Theory]
    [InlineData(TextEncoding.Utf8)]
    [InlineData(TextEncoding.Bytes)]
    public void ATextsScalars_AreItsCharacters_WhateverItsSymbolsAre(TextEncoding encoding)
    {
        // Longer than a block, so that a character of several bytes lies across two.
        string text = string.Concat(Enumerable.Repeat("aé🐉\n", 10_000));
        using var corpus = Corpus.FromText("t", text, new CorpusOptions { Encoding = encoding });
        int[] read = [.. TextScalars.Read(corpus.Ids, corpus.Vocabulary).SelectMany(block => block)];
        Assert.Equal(text.EnumerateRunes().Select(rune => rune.Value), read);
        Assert.Equal(read[..8], TextScalars.Of(corpus.Vocabulary.Encode(text[..10]), corpus.Vocabulary));
        Assert.Equal((1, 1), TextScalars.PlaceOf(corpus.Ids, corpus.Vocabulary, 0));
        Assert.Equal((7501, 3), TextScalars.PlaceOf(corpus.Ids, corpus.Vocabulary, 30_002));
    }

    [Fact]
    public void ABoundary_IsShownAsALinesEnd_AndTheUnknownSymbolAsTheReplacementCharacter() =>
        Assert.Equal("a\n🐉\uFFFD", TextScalars.ToText(['a', Vocabulary.BoundarySymbol, 0x1F409, Vocabulary.UnknownSymbol]));
}
