using CharRnn.Networks;
using CharRnn.Sampling;

namespace CharRnn.Tests;

public sealed class ContinuousBatcherTests
{
    private const int Symbols = 37,
        Texts = 20;

    private static readonly string[] Labels = ["one", "two", "three"];
    private static readonly string[] Blends = ["two", "one", "one=1,three=3"];

    [Theory]
    [MemberData(nameof(Architectures.OfEveryCell), MemberType = typeof(Architectures))]
    public void EveryText_IsTheOneWrittenAlone_WhateverJoinsAndLeavesBesideIt(string cell, string architecture)
    {
        using var model = RandomModel.MakeIn(architecture, cell);
        foreach (int seed in Enumerable.Range(0, LongTests.Times(10)))
            AssertEachIsWrittenAlone(model, new Random(seed));
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void EveryTextUnderALabelOrABlend_IsTheOneWrittenAlone(string cell)
    {
        var spec = new ModelSpec
        {
            Cell = cell,
            VocabularySize = Symbols,
            HiddenSize = 13,
            EmbeddingSize = 5,
            NumLayers = 2,
            LabelCount = Labels.Length,
        };
        var vocabulary = new Vocabulary(Enumerable.Range(' ', Symbols), TextEncoding.Utf8);
        using var model = new LanguageModel(spec, vocabulary, Initialization.Parse("uniform:0.4"), 5, Labels);
        foreach (int seed in Enumerable.Range(0, LongTests.Samples(30, 6)))
            AssertEachIsWrittenAlone(model, new Random(seed));
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void EveryRecord_EndsAtItsBoundaryAsTheOneWrittenAlone(string cell)
    {
        const int letters = 4;
        var spec = new ModelSpec
        {
            Cell = cell,
            VocabularySize = letters + 1,
            HiddenSize = 8,
            EmbeddingSize = 3,
        };
        var vocabulary = new Vocabulary(
            [.. Enumerable.Range('a', letters), Vocabulary.BoundarySymbol],
            TextEncoding.Utf8
        );
        using var model = new LanguageModel(spec, vocabulary, Initialization.Parse("uniform:0.4"))
        {
            Preparation = new() { Records = true },
        };
        foreach (int seed in Enumerable.Range(0, LongTests.Samples(30, 6)))
            AssertEachIsWrittenAlone(model, new Random(seed));
    }

    [Fact]
    public void MoreTextsThanATurnHas_AreRefused()
    {
        using var model = RandomModel.Make();
        using var batcher = new ContinuousBatcher();
        var texts = Enumerable
            .Range(0, ContinuousBatcher.MaxStreams + 1)
            .Select(_ => new Generation(model, Request([1], maxSymbols: 1), new WrittenSymbols()))
            .ToList();
        Assert.Throws<ArgumentOutOfRangeException>(() => batcher.Begin(texts));
    }

    [Fact]
    public void MoreSizesAndLabelsThanSessionsAreKept_GiveTheSameTexts()
    {
        var spec = new ModelSpec
        {
            VocabularySize = Symbols,
            HiddenSize = 8,
            EmbeddingSize = 3,
            LabelCount = Labels.Length,
        };
        var vocabulary = new Vocabulary(Enumerable.Range(' ', Symbols), TextEncoding.Utf8);
        using var model = new LanguageModel(spec, vocabulary, Initialization.Parse("uniform:0.4"), 5, Labels);
        using var batcher = new ContinuousBatcher();
        for (int weight = 1; weight <= 60; weight++)
        {
            var label = LabelBlend.Parse($"one=1,two={weight % 40}.5", Labels);
            var written = new WrittenSymbols();
            Write(batcher, new Generation(model, Request([1, 2], maxSymbols: 3, label: label), written));
            Assert.Equal(new TextGenerator(model, label).Ids([1, 2], new()).Take(3), written.Ids);
        }
    }

    [Fact]
    public void AModelsSessions_AreForgotten_AndMadeAnewWhereTheyAreNeededAgain()
    {
        using var model = RandomModel.Make();
        using var batcher = new ContinuousBatcher();
        int[] alone = [.. new TextGenerator(model).Ids([3], new()).Take(5)];
        for (int time = 0; time < 3; time++)
        {
            var written = new WrittenSymbols();
            Write(batcher, new Generation(model, Request([3], maxSymbols: 5), written));
            Assert.Equal(alone, written.Ids);
            batcher.Forget(model);
        }
    }

    private static void Write(ContinuousBatcher batcher, Generation generation)
    {
        while (!generation.EndIfDone())
        {
            using var turn = batcher.Begin([generation]);
            turn.Step();
        }
    }

    private static GenerationRequest Request(int[] prompt, int maxSymbols, LabelBlend? label = null) =>
        new()
        {
            Prompt = prompt,
            Options = new(),
            MaxSymbols = maxSymbols,
            Label = label,
        };

    /// <summary>
    /// Texts of random requests come one after another, are stepped beside random others by one batcher or another, and
    /// some are cancelled.
    /// </summary>
    private static void AssertEachIsWrittenAlone(LanguageModel model, Random random)
    {
        ContinuousBatcher[] batchers = [new(), new()];
        var still = new Queue<DrawnText>(Enumerable.Range(0, Texts).Select(_ => new DrawnText(model, random)));
        DrawnText[] all = [.. still];
        var active = new List<DrawnText>();
        while (still.Count > 0 || active.Count > 0)
        {
            while (still.Count > 0 && (active.Count == 0 || random.Next(3) == 0))
                active.Add(still.Dequeue());
            active.RemoveAll(text => text.EndsNow());
            if (active.Count == 0)
                continue;
            var first = active[random.Next(active.Count)].Generation;
            Generation[] beside =
            [
                first,
                .. active
                    .Select(text => text.Generation)
                    .Where(other => other != first && other.GoesWith(first) && random.Next(3) > 0),
            ];
            random.Shuffle(beside);
            using var turn = batchers[random.Next(batchers.Length)].Begin(beside);
            int steps = random.Next(1, 5);
            for (int step = 0; step < steps; step++)
                turn.Step();
        }
        foreach (var batcher in batchers)
            batcher.Dispose();
        Assert.All(all, text => text.AssertIsTheOneWrittenAlone());
    }

    /// <summary>A text of random length, prompt, options, label and stops, some of which are cancelled.</summary>
    private sealed class DrawnText
    {
        private readonly GenerationRequest _request;
        private readonly WrittenSymbols _written = new();
        private readonly int? _cancelledAt;

        public DrawnText(LanguageModel model, Random random)
        {
            int symbols = model.Vocabulary.BoundaryId is null ? model.Vocabulary.Count : model.Vocabulary.Count - 1;
            int least = model.Spec.ConditionOnFirstSymbol ? 1 : 0;
            int[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(symbols))];
            T? Sometimes<T>(T value)
                where T : struct => random.Next(3) == 0 ? value : null;

            IReadOnlyList<int>[] stops = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Draw(random.Next(1, 3)))];
            _request = new GenerationRequest
            {
                Prompt = Draw(random.Next(least, 7)),
                Options = new SamplingOptions
                {
                    Temperature = Sometimes(0.0) ?? Sometimes(0.5) ?? 1,
                    TopK = Sometimes(random.Next(1, symbols + 1)),
                    TopP = Sometimes(0.8),
                    MinP = Sometimes(0.05),
                    RepetitionPenalty = Sometimes(1.3) ?? 1,
                    PresencePenalty = Sometimes(0.4) ?? 0,
                    FrequencyPenalty = Sometimes(0.2) ?? 0,
                    PenaltyWindow = Sometimes(5) ?? 64,
                    NoRepeatSpan = Sometimes(2),
                    // What stops a text is a property of the request, which one alone does not know of.
                    MinLength = stops.Length == 0 ? Sometimes(9) ?? 0 : 0,
                    LogitBias =
                        random.Next(3) == 0 ? new Dictionary<int, double> { [random.Next(symbols)] = 1.5 } : null,
                    Seed = (ulong)random.Next(4),
                },
                MaxSymbols = random.Next(30),
                Stream = (ulong)random.Next(3),
                Stops = stops,
                Label =
                    model.Labels.Count == 0 ? null : LabelBlend.Parse(Blends[random.Next(Blends.Length)], model.Labels),
                Likeliest = Sometimes(random.Next(4)),
            };
            _cancelledAt = random.Next(4) == 0 ? random.Next(10) : null;
            Generation = new Generation(model, _request, _written);
        }

        public Generation Generation { get; }

        public bool EndsNow()
        {
            if (_written.Ids.Count >= _cancelledAt)
                Generation.Cancel();
            return Generation.EndIfDone();
        }

        public void AssertIsTheOneWrittenAlone()
        {
            var (expected, hasStopped) = Alone();
            if (_written.End == GenerationEnd.Cancelled)
            {
                Assert.NotNull(_cancelledAt);
                Assert.Equal(expected.Take(_written.Ids.Count), _written.Ids);
                return;
            }
            Assert.Equal(expected, _written.Ids);
            Assert.Equal(hasStopped ? GenerationEnd.Stop : GenerationEnd.Length, _written.End);
            Assert.Equal(_request.Likeliest is null ? [] : expected, _written.Scores.Select(score => score.Symbol.Id));
            Assert.All(_written.Scores, score => Assert.Equal(_request.Likeliest, score.Likeliest.Count));
        }

        private (int[] Ids, bool HasStopped) Alone()
        {
            var generator = new TextGenerator(Generation.Model, _request.Label);
            var ids = new List<int>();
            foreach (
                int id in generator.Ids(_request.Prompt, _request.Options, _request.Stream).Take(_request.MaxSymbols)
            )
            {
                ids.Add(id);
                int stopped = _request
                    .Stops.Where(stop => stop.Count <= ids.Count && ids[^stop.Count..].SequenceEqual(stop))
                    .Select(stop => stop.Count)
                    .DefaultIfEmpty()
                    .Max();
                if (stopped > 0)
                    return ([.. ids[..^stopped]], true);
            }
            return ([.. ids], ids.Count < _request.MaxSymbols);
        }
    }
}

/// <summary>What a generation has written.</summary>
internal sealed class WrittenSymbols : IGenerationObserver
{
    public List<int> Ids { get; } = [];

    public List<SymbolScore> Scores { get; } = [];

    public List<SymbolScore> PromptScores { get; } = [];

    public GenerationEnd? End { get; private set; }

    public ModelException? Failure { get; private set; }

    public void PromptScored(SymbolScore score) => PromptScores.Add(score);

    public void Written(ReadOnlySpan<int> ids, ReadOnlySpan<SymbolScore> scores)
    {
        Assert.Null(End);
        Ids.AddRange(ids);
        Scores.AddRange(scores);
    }

    public void Ended(GenerationEnd end, ModelException? failure)
    {
        Assert.Null(End);
        (End, Failure) = (end, failure);
    }
}
