using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class BaselinesTests
{
    [Fact]
    public void Of_AText_AreTheEntropiesThatASlowCountGives()
    {
        string text = SmallText.Of(40_000);
        var baselines = Baselines.Of(Corpus.FromText("t", text), TestContext.Current.CancellationToken);
        double unigram = text.GroupBy(c => c)
            .Sum(group => -(group.Count() / (double)text.Length) * Math.Log2(group.Count() / (double)text.Length));
        double bigram = text.Zip(text.Skip(1))
            .GroupBy(pair => pair)
            .Sum(group =>
                -(group.Count() / (text.Length - 1.0))
                * Math.Log2(group.Count() / (double)text.SkipLast(1).Count(c => c == group.Key.First))
            );
        Assert.Equal(unigram, baselines.UnigramBpc, 1e-9);
        Assert.Equal(bigram, baselines.BigramBpc!.Value, 1e-9);
        Assert.Equal(TextStatistics.Of(Corpus.FromText("t", text)).GzipBitsPerChar, baselines.GzipBpc!.Value, 1e-12);
    }

    [Fact]
    public void Of_ATextWhoseNextCharacterIsCertain_KnowTheCharacterBefore()
    {
        var baselines = Baselines.Of(
            Corpus.FromText("t", string.Concat(Enumerable.Repeat("abcd", 50))),
            TestContext.Current.CancellationToken
        );
        Assert.Equal((2, 0), (Math.Round(baselines.UnigramBpc, 12), baselines.BigramBpc));
    }

    [Fact]
    public void Pairs_InATableAndWithoutOne_GiveTheSame_AndTooManyNothing()
    {
        int[] ids =
        [
            .. Corpus.FromText("t", SmallText.Of(3000)) is var corpus
                ? Enumerable.Range(0, 3000).Select(i => corpus.Ids[i])
                : [],
        ];
        PairCounts table = new(corpus.Vocabulary.Count),
            pairs = new(corpus.Vocabulary.Count, maxTable: 0),
            few = new(corpus.Vocabulary.Count, maxTable: 0, maxPairs: 5);
        foreach (int[] block in ids.Chunk(700))
        {
            table.Add(block);
            pairs.Add(block);
            few.Add(block);
        }
        Assert.Equal(table.BigramBits()!.Value, pairs.BigramBits()!.Value, 1e-12);
        Assert.Null(few.BigramBits());
        Assert.Equal(table.UnigramBits(), few.UnigramBits());
    }

    [Fact]
    public void Of_ALongText_AreThoseOfStretchesSpreadOverIt()
    {
        string text = SmallText.Of(20_000);
        Baselines all = Baselines.Of(Corpus.FromText("t", text), TestContext.Current.CancellationToken),
            some = Baselines.Of(Corpus.FromText("t", text), 10_000, TestContext.Current.CancellationToken);
        Assert.NotEqual(all.UnigramBpc, some.UnigramBpc);
        Assert.Equal(all.UnigramBpc, some.UnigramBpc, 0.05);
        Assert.Equal(all.BigramBpc!.Value, some.BigramBpc!.Value, 0.1);
    }

    [Fact]
    public void Of_AStoppedReading_EndsAtOnce() =>
        Assert.Throws<OperationCanceledException>(() =>
            Baselines.Of(Corpus.FromText("t", "abab"), new CancellationToken(canceled: true))
        );
}
