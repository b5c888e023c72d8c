using CharRnn.Datasets;
using CharRnn.Inspecting;

namespace CharRnn.Tests;

public sealed class TextSurpriseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TextEncoding.Utf8)]
    [InlineData(TextEncoding.Bytes)]
    public void Bits_AddUpToTheEvaluatorsFigure_AndTheFirstIsNotPredicted(TextEncoding encoding)
    {
        using var corpus = Corpus.FromText(
            "small",
            SmallText.Of(3_000),
            new CorpusOptions { Encoding = encoding, CancellationToken = Token }
        );
        using var model = ModelOf(corpus);
        using var evaluator = new Evaluator(model);
        var expected = evaluator.Run(corpus.Ids, new IdRange(0, corpus.Ids.Length), cancellationToken: Token);

        var surprise = TextSurprise.Of(model, corpus.Ids, Token);

        Assert.Null(surprise.Bits[0]);
        Assert.Equal(expected.Characters, surprise.Bits.Count(bits => bits is not null));
        double total = expected.TotalNats / Math.Log(2);
        Assert.Equal(total, surprise.TotalBits, 1e-9 * total);
    }

    [Fact]
    public void WordsAndLines_AreThoseOfTheText_WithTheBitsOfTheirCharacters()
    {
        const string text = "The king's żółw, 40 years old,\n\nsaid 'no'.\r\nEnd";
        using var corpus = Corpus.FromText("small", text, new CorpusOptions { CancellationToken = Token });
        using var model = ModelOf(corpus);
        var surprise = TextSurprise.Of(model, corpus.Ids, Token);
        int[] ids = new int[corpus.Ids.Length];
        corpus.Ids.CopyTo(0, ids);

        Assert.Equal(["The", "king's", "żółw", "40", "years", "old", "said", "no", "End"], Texts(surprise.Words));
        Assert.Equal(["The king's żółw, 40 years old,", "said 'no'.", "End"], Texts(surprise.Lines));
        foreach (var span in surprise.Words.Concat(surprise.Lines))
            Assert.Equal(surprise.Bits.Skip(span.Start).Take(span.Length).Sum(bits => bits ?? 0), span.Bits, 1e-12);

        IEnumerable<string> Texts(IEnumerable<SurprisingSpan> spans) =>
            spans.Select(span => model.Vocabulary.Decode(ids.AsSpan(span.Start, span.Length)));
    }

    [Fact]
    public void TheMostSurprising_ComeFirst_ByAllTheirBitsOrByTheMean()
    {
        SurprisingSpan[] spans = [new(0, 2, 6), new(3, 10, 20), new(14, 1, 5)];
        Assert.Equal([1, 0], TextSurprise.Most(spans, 2).Select(span => Array.IndexOf(spans, span)));
        Assert.Equal(
            [2, 0, 1],
            TextSurprise.Most(spans, 9, perSymbol: true).Select(span => Array.IndexOf(spans, span))
        );
    }

    private static LanguageModel ModelOf(Corpus corpus) =>
        new(
            new ModelSpec
            {
                Cell = "gru",
                VocabularySize = corpus.Vocabulary.Count,
                HiddenSize = 12,
                EmbeddingSize = 5,
            },
            corpus.Vocabulary
        );
}
