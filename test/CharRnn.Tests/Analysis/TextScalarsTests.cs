using CharRnn.Analysis;
using CharRnn.Datasets;

namespace CharRnn.Tests;

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
        Assert.Equal((0, 1, 1), TextScalars.PlaceOf(corpus.Ids, corpus.Vocabulary, 0));
        Assert.Equal((0, 7501, 3), TextScalars.PlaceOf(corpus.Ids, corpus.Vocabulary, 30_002));
    }

    [Fact]
    public void APlace_IsCountedFromTheLastBoundary()
    {
        var vocabulary = new Vocabulary(['\n', 'a', 'b', Vocabulary.BoundarySymbol], TextEncoding.Utf8);
        int boundary = vocabulary.BoundaryId!.Value,
            a = vocabulary.Encode("a")[0],
            lineFeed = vocabulary.Encode("\n")[0];
        var ids = SymbolIds.Pack([boundary, a, lineFeed, a, boundary, a, lineFeed, a, a, boundary], vocabulary.Count);
        Assert.Equal((1, 2, 1), TextScalars.PlaceOf(ids, vocabulary, 3));
        Assert.Equal((2, 2, 2), TextScalars.PlaceOf(ids, vocabulary, 8));
    }

    [Fact]
    public void ABoundary_IsShownAsALinesEnd_AndTheUnknownSymbolAsTheReplacementCharacter() =>
        Assert.Equal(
            "a\n🐉\uFFFD",
            TextScalars.ToText(['a', Vocabulary.BoundarySymbol, 0x1F409, Vocabulary.UnknownSymbol])
        );
}
