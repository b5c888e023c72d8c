using CharRnn.Datasets;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class EvaluatorTests
{
    private const int Symbols = 37;

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void OneStream_EqualsTheNaiveSum(string cell)
    {
        using var model = RandomModel.Make(cell, layers: 2);
        int[] ids = RandomModel.Ids(301, Symbols);
        using var evaluator = new Evaluator(model);
        var result = Score(evaluator, SymbolIds.Pack(ids, Symbols), new IdRange(0, ids.Length));
        var (nats, hits) = Naive(model, ids);
        Assert.Equal(300, result.Characters);
        Assert.Equal(hits, result.Hits);
        Assert.Equal(nats, result.TotalNats, nats * 1e-5);
        Assert.Equal(nats / 300, result.NatsPerChar, nats / 300 * 1e-5);
        Assert.Equal(result.NatsPerChar / Math.Log(2), result.BitsPerChar, 12);
        Assert.Equal(Math.Exp(result.NatsPerChar), result.Perplexity, 9);
        Assert.Equal(hits / 300.0, result.Accuracy);
    }

    [Theory]
    [MemberData(nameof(Architectures.Names), MemberType = typeof(Architectures))]
    public void OneStream_OfEveryArchitecture_EqualsTheNaiveSum_ForAnyNumberOfThreads(string architecture)
    {
        using var model = RandomModel.MakeIn(architecture);
        int[] ids = RandomModel.Ids(301, Symbols);
        var (characters, nats, hits) = NaiveCounted(model, ids);
        foreach (int threads in new[] { 1, 3 })
        {
            using var evaluator = new Evaluator(model, threads: threads);
            var result = Score(evaluator, SymbolIds.Pack(ids, Symbols), new IdRange(0, ids.Length));
            Assert.Equal(characters, result.Characters);
            Assert.Equal(hits, result.Hits);
            Assert.Equal(nats, result.TotalNats, nats * 1e-5);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(32)]
    public void SeveralStreams_EqualTheNaiveSumsOfTheirPieces(int streams)
    {
        using var model = RandomModel.Make();
        int[] ids = RandomModel.Ids(1000, Symbols);
        double nats = 0;
        long hits = 0;
        for (int stream = 0; stream < streams; stream++)
        {
            int start = 999 * stream / streams,
                end = 999 * (stream + 1) / streams;
            var piece = Naive(model, ids[start..(end + 1)]);
            nats += piece.Nats;
            hits += piece.Hits;
        }
        using var evaluator = new Evaluator(model, streams);
        var result = Score(evaluator, SymbolIds.Pack(ids, Symbols), new IdRange(0, 1000));
        Assert.Equal((999, hits), (result.Characters, result.Hits));
        Assert.Equal(nats, result.TotalNats, nats * 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(32)]
    public void Pieces_AreReadApart_HoweverManySideBySide(int streams)
    {
        using var model = RandomModel.Make();
        int[] ids = RandomModel.Ids(1000, Symbols);
        IdRange[] pieces = [new(0, 100), new(700, 1), new(200, 301), new(90, 20), new(999, 0), new(600, 2)];
        double nats = 0;
        long hits = 0;
        foreach (var piece in pieces.Where(piece => piece.Length > 1))
        {
            var alone = Naive(model, ids[(int)piece.Start..(int)piece.End]);
            nats += alone.Nats;
            hits += alone.Hits;
        }
        using var evaluator = new Evaluator(model, streams);
        var progress = new Done();
        var result = evaluator.Run(
            SymbolIds.Pack(ids, Symbols),
            pieces,
            progress,
            TestContext.Current.CancellationToken
        );
        Assert.Equal((99 + 300 + 19 + 1, hits, result.Characters), (result.Characters, result.Hits, progress.Last));
        Assert.Equal(nats, result.TotalNats, nats * 1e-5);
    }

    private sealed class Done : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value) => Last = value;
    }

    [Fact]
    public void SeveralStreams_DifferFromOneByTheirStartsAlone()
    {
        using var model = RandomModel.Make();
        var ids = SymbolIds.Pack(RandomModel.Ids(5000, Symbols), Symbols);
        using var one = new Evaluator(model);
        using var several = new Evaluator(model, streams: 8);
        var (expected, found) = (Score(one, ids, new IdRange(0, 5000)), Score(several, ids, new IdRange(0, 5000)));
        Assert.NotEqual(expected.TotalNats, found.TotalNats);
        Assert.Equal(expected.NatsPerChar, found.NatsPerChar, 0.01 * expected.NatsPerChar);
    }

    [Fact]
    public void Threads_DoNotChangeTheBits()
    {
        using var model = RandomModel.Make(hidden: 40);
        var ids = SymbolIds.Pack(RandomModel.Ids(900, Symbols), Symbols);
        foreach (int streams in new[] { 1, 20 })
        {
            using var alone = new Evaluator(model, streams, threads: 1);
            using var team = new Evaluator(model, streams, threads: 3);
            Assert.Equal(Score(alone, ids, new IdRange(0, 900)), Score(team, ids, new IdRange(0, 900)));
        }
    }

    [Fact]
    public void Part_OfAText_IsScoredByItself_AndAgainTheSame()
    {
        using var model = RandomModel.Make();
        int[] ids = RandomModel.Ids(400, Symbols);
        using var evaluator = new Evaluator(model);
        var part = Score(evaluator, SymbolIds.Pack(ids, Symbols), new IdRange(37, 150));
        Assert.Equal(Score(evaluator, SymbolIds.Pack(ids.AsSpan(37, 150), Symbols), new IdRange(0, 150)), part);
        Assert.Equal(149, part.Characters);
    }

    [Fact]
    public void TextsShorterThanTheStreams_AreScoredWhole()
    {
        using var model = RandomModel.Make();
        int[] ids = RandomModel.Ids(3, Symbols);
        using var evaluator = new Evaluator(model, streams: 8);
        var result = Score(evaluator, SymbolIds.Pack(ids, Symbols), new IdRange(0, 3));
        double nats = Naive(model, ids[..2]).Nats + Naive(model, ids[1..]).Nats;
        Assert.Equal(2, result.Characters);
        Assert.Equal(nats, result.TotalNats, nats * 1e-5);
    }

    [Fact]
    public void Progress_GrowsToAllCharacters()
    {
        using var model = RandomModel.Make();
        using var evaluator = new Evaluator(model, streams: 3);
        var told = new Told();
        Score(evaluator, SymbolIds.Pack(RandomModel.Ids(1000, Symbols), Symbols), new IdRange(0, 1000), told);
        Assert.Equal(999, told.Counts[^1]);
        Assert.Equal(told.Counts.Order().Distinct(), told.Counts);
        Assert.True(told.Counts.Count > 3);
    }

    [Fact]
    public void Cancelled_ItStops()
    {
        using var model = RandomModel.Make();
        using var evaluator = new Evaluator(model);
        Assert.Throws<OperationCanceledException>(() =>
            evaluator.Run(
                SymbolIds.Pack([1, 2, 3], Symbols),
                new IdRange(0, 3),
                cancellationToken: new CancellationToken(canceled: true)
            )
        );
    }

    [Fact]
    public void NothingToPredict_IsRefused()
    {
        using var model = RandomModel.Make();
        using var evaluator = new Evaluator(model);
        Assert.Throws<CorpusException>(() => Score(evaluator, SymbolIds.Pack([1], Symbols), new IdRange(0, 1)));
    }

    private static EvaluationResult Score(
        Evaluator evaluator,
        SymbolIds ids,
        IdRange range,
        IProgress<long>? progress = null
    ) => evaluator.Run(ids, range, progress, TestContext.Current.CancellationToken);

    private static (double Nats, long Hits) Naive(LanguageModel model, int[] ids)
    {
        var (_, nats, hits) = NaiveCounted(model, ids);
        return (nats, hits);
    }

    private static (long Characters, double Nats, long Hits) NaiveCounted(LanguageModel model, int[] ids)
    {
        int symbols = model.Spec.VocabularySize;
        NetworkState? state = null;
        float[] logits = model.Forward(ids.AsSpan(0, ids.Length - 1), ids.Length - 1, 1, ref state);
        double nats = 0;
        long characters = 0,
            hits = 0;
        for (int step = 0; step < ids.Length - 1; step++)
        {
            if (model.Spec.ConditionOnFirstSymbol && ids[step] == model.Spec.ResetId)
                continue;
            characters++;
            float[] row = logits[(step * symbols)..((step + 1) * symbols)];
            nats += Math.Log(row.Sum(logit => Math.Exp(logit))) - row[ids[step + 1]];
            if (Array.IndexOf(row, row.Max()) == ids[step + 1])
                hits++;
        }
        return (characters, nats, hits);
    }

    private sealed class Told : IProgress<long>
    {
        public List<long> Counts { get; } = [];

        public void Report(long value) => Counts.Add(value);
    }
}
