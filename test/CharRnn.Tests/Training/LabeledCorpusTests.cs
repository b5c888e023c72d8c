using CharRnn.Datasets;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class LabeledCorpusTests
{
    private static readonly TrainingSettings Settings = new()
    {
        ValFrac = 0.2,
        TestFrac = 0.2,
        Seed = 3,
    };

    [Fact]
    public void EveryRecord_StandsBetweenBoundaries_WithItsLabelAtEachPosition()
    {
        var records = LabeledWords.Records(60);
        using var corpus = LabeledCorpus.Of(records, Settings);

        var told = RecordsOf(corpus, new IdRange(0, corpus.Ids.Length));

        Assert.Equal(records.Records.Select(record => (record.Text, record.Label)).Order(), told.Order());
        Assert.Equal(records.Labels, corpus.Labels);
        Assert.True(corpus.IsRecords);
        Assert.Equal(records.Sha256, corpus.Sha256);
    }

    [Fact]
    public void Parts_AreThoseOfTheStratifiedSplit_AndHaveNoTextInCommon()
    {
        var records = LabeledWords.Records(100);
        using var corpus = LabeledCorpus.Of(records, Settings);

        var parts = corpus.Parts!;
        List<(string Text, int Label)>[] told =
        [
            .. new[] { parts.Train, parts.Validation, parts.Test }.Select(part =>
                RecordsOf(corpus, part.Ranges.Single())
            ),
        ];

        Assert.Equal(records.Records.Count, told.Sum(part => part.Count));
        var split = records.Split(0.2, Settings.Seed);
        Assert.Equal(split.Test.Records.Select(record => (record.Text, record.Label)), told[2]);
        Assert.Equal(
            split.Train.Split(0.25, Settings.Seed).Test.Records.Select(record => (record.Text, record.Label)),
            told[1]
        );
        Assert.All(
            told,
            part => Assert.Equal(records.Labels.Count, part.Select(record => record.Label).Distinct().Count())
        );
        Assert.Empty(
            told[0].Select(record => record.Text).Intersect(told[1].Concat(told[2]).Select(record => record.Text))
        );
    }

    [Fact]
    public void ATextOfSeveralLines_IsRefused_SinceASampleEndsWithItsLine()
    {
        var records = LabeledRecords.FromRows(
            "verses",
            [
                new("one\ntwo", "a", "row 1"),
                new("three", "a", "row 2"),
                new("four", "b", "row 3"),
                new("five", "b", "row 4"),
            ]
        );
        Assert.Contains(
            @"verses has the text 'one\u000atwo', of several lines",
            Assert.Throws<CorpusException>(() => LabeledCorpus.Of(records, Settings)).Message
        );
    }

    [Fact]
    public void WithoutLabels_TextAndPartsAreTheSame()
    {
        var records = LabeledWords.Records(60);
        using Corpus with = LabeledCorpus.Of(records, Settings),
            without = LabeledCorpus.Of(records, Settings with { IgnoreLabels = true });

        Assert.Equal(Ids(with.Ids), Ids(without.Ids));
        Assert.Null(without.Ids.Labels);
        Assert.NotNull(with.Ids.Labels);
        Assert.Equal(with.Parts!.Train.Ranges, without.Parts!.Train.Ranges);
        Assert.Equal(with.Parts.Validation.Ranges, without.Parts.Validation.Ranges);
    }

    [Theory]
    [InlineData(WindowSampling.Stateful)]
    [InlineData(WindowSampling.Random)]
    public void Batchers_GiveEachInputTheLabelOfItsRecord(WindowSampling sampling)
    {
        using var corpus = LabeledCorpus.Of(LabeledWords.Records(100), Settings);
        var parts = TextParts.Of(
            corpus,
            Settings with
            {
                Sampling = sampling,
                SeqLength = 11,
                BatchSize = 4,
            },
            windows: null,
            []
        );
        var batcher = parts.MakeBatcher(corpus.Ids, Settings with { Sampling = sampling });
        int[] inputs = new int[44],
            targets = new int[44];

        for (long step = 0; step < 2 * batcher.WindowsPerEpoch; step++)
        {
            batcher.Fill(step, inputs, targets);
            // The words of each label are spelt with letters of its own.
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i] != corpus.Vocabulary.BoundaryId)
                    Assert.Equal(LabeledWords.LabelOf(corpus.Vocabulary.Decode([inputs[i]])[0]), batcher.Labels[i]);
                else if (targets[i] != corpus.Vocabulary.BoundaryId)
                    Assert.Equal(LabeledWords.LabelOf(corpus.Vocabulary.Decode([targets[i]])[0]), batcher.Labels[i]);
            }
        }
    }

    [Theory]
    [InlineData(0, 0.6)]
    [InlineData(0.5, 0.45)]
    [InlineData(1, 1.0 / 3)]
    public void LabelWeights_DrawRareLabelsMoreOftenThanTheyCome(double weights, double shareOfFirst)
    {
        // 180, 60 and 60 records.
        var rows = LabeledWords
            .Records(180)
            .Records.Index()
            .Where(pair => pair.Item.Label == 0 || pair.Index % 9 < 3)
            .Select(pair => new LabeledRow(pair.Item.Text, $"{pair.Item.Label}", "row"));
        var records = LabeledRecords.FromRows("words", rows);
        var settings = Settings with
        {
            ValFrac = 0,
            TestFrac = 0,
            Sampling = WindowSampling.Random,
            LabelWeights = weights,
            SeqLength = 40,
            BatchSize = 10,
        };
        using var corpus = LabeledCorpus.Of(records, settings);
        var batcher = TextParts.Of(corpus, settings, windows: null, []).MakeBatcher(corpus.Ids, settings);
        int[] inputs = new int[400],
            targets = new int[400];
        int[] begun = new int[3];
        for (long step = 0; step < 100; step++)
        {
            batcher.Fill(step, inputs, targets);
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i] == corpus.Vocabulary.BoundaryId)
                    begun[batcher.Labels[i]]++;
            }
        }
        double ofAll = records.CountByLabel[0] / (double)records.Records.Count,
            expected = weights == 0 ? ofAll : shareOfFirst;
        Assert.InRange(begun[0] / (double)begun.Sum(), expected - 0.04, expected + 0.04);
    }

    [Fact]
    public void AVocabularyThatIsGiven_IsKept_AndOneWithoutABoundaryRefused()
    {
        var records = LabeledWords.Records(60);
        using var own = LabeledCorpus.Of(records, Settings);
        var wider = own.Vocabulary.With(new Vocabulary(['!'], TextEncoding.Utf8));
        using var corpus = LabeledCorpus.Of(records, Settings, wider);

        Assert.Same(wider, corpus.Vocabulary);
        Assert.Equal(own.Distinct, corpus.Distinct);
        var prose = new Vocabulary(Enumerable.Range('a', 26), TextEncoding.Utf8);
        Assert.Contains(
            "need a boundary symbol",
            Assert.Throws<SettingsException>(() => LabeledCorpus.Of(records, Settings, prose)).Message
        );
    }

    [Fact]
    public void SharesThatLeaveNothing_OrATrainFraction_AreRefused()
    {
        var records = LabeledWords.Records(60);
        Assert.Contains(
            "leave nothing to train on",
            Assert
                .Throws<SettingsException>(() =>
                    LabeledCorpus.Of(records, Settings with { ValFrac = 0.5, TestFrac = 0.5 })
                )
                .Message
        );
        using var corpus = LabeledCorpus.Of(records, Settings);
        Assert.Contains(
            "'TrainFraction'",
            Assert
                .Throws<SettingsException>(() =>
                    TextParts.Of(corpus, Settings with { TrainFraction = 0.5 }, windows: null, [])
                )
                .Message
        );
    }

    private static List<(string Text, int Label)> RecordsOf(Corpus corpus, IdRange range)
    {
        var records = new List<(string, int)>();
        long start = range.Start;
        for (long i = start + 1; i < range.End; i++)
        {
            if (corpus.Ids[i] != corpus.Vocabulary.BoundaryId)
                continue;
            int[] ids = new int[i - start],
                labels = new int[i - start];
            corpus.Ids.CopyTo(start, ids);
            corpus.Ids.Labels!.CopyTo(start, labels);
            Assert.Equal(corpus.Vocabulary.BoundaryId, ids[0]);
            records.Add((corpus.Vocabulary.Decode(ids.AsSpan(1)), Assert.Single(labels.Distinct())));
            start = i;
        }
        return records;
    }

    private static int[] Ids(SymbolIds ids)
    {
        int[] all = new int[ids.Length];
        ids.CopyTo(0, all);
        return all;
    }
}
