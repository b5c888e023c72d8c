using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class LabeledEvaluationTests
{
    private const double FloatRounding = 1e-6;

    private static readonly TrainingSettings Settings = SmallRun.Settings with
    {
        MaxSteps = 60,
        ValFrac = 0.2,
        TestFrac = 0.1,
        LearningRate = 0.01,
        LabelEmbeddingSize = 3,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void HeldOutRecords_HaveTheLossThatTrainingEndsWith(bool ignoreLabels, bool givenStarts)
    {
        var settings = Settings with { IgnoreLabels = ignoreLabels, ConditionOnFirstSymbol = givenStarts };
        var records = LabeledWords.Records(80);
        using var corpus = LabeledCorpus.Of(records, settings);
        using var trainer = Trainer.Start(corpus, settings);
        var result = trainer.Run(cancellationToken: Cancellation);
        var (rest, test) = records.Split(settings.TestFrac, settings.Seed);
        var validation = rest.Split(settings.ValFrac!.Value / (1 - settings.TestFrac), settings.Seed).Test;

        var scored = Score(trainer.Model, validation);

        Assert.Equal(result.ValLoss!.Value, scored.Result.NatsPerChar, FloatRounding);
        Assert.Equal(result.TestLoss!.Value, Score(trainer.Model, test).Result.NatsPerChar, FloatRounding);
        Assert.Equal(
            validation.Records.Sum(record => record.Text.Length + (givenStarts ? 0 : 1)),
            scored.Result.Characters
        );
        Assert.Equal(validation.Records.Count, scored.Records);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EachLabel_HasTheNaiveSumOfItsRecords_AndTheFiguresAreTheirSum(bool givenStarts)
    {
        var records = LabeledWords.Records(50);
        using var model = Model(records, givenStarts: givenStarts);

        var scored = Score(model, records);

        Assert.Equal(records.Labels, scored.ByLabel.Select(label => label.Label));
        Assert.Equal(records.CountByLabel, scored.ByLabel.Select(label => label.Records));
        foreach (var (label, told) in scored.ByLabel.Index())
        {
            var (characters, nats, hits) = Naive(model, label, records.Records.Where(record => record.Label == label));
            Assert.Equal((characters, hits), (told.Result.Characters, told.Result.Hits));
            Assert.Equal(nats, told.Result.TotalNats, nats * 1e-5);
        }
        Assert.Equal(scored.ByLabel.Sum(label => label.Result.Characters), scored.Result.Characters);
        Assert.Equal(scored.ByLabel.Sum(label => label.Result.Hits), scored.Result.Hits);
        Assert.Equal(scored.ByLabel.Sum(label => label.Result.TotalNats), scored.Result.TotalNats, 1e-9);
    }

    [Fact]
    public void SomeOfTheLabels_AreReadUnderTheModelsOwnIds()
    {
        var records = LabeledWords.Records(50);
        using var model = Model(records);
        // Alone, the last label is the first.
        var last = Rows(
            records.Records.Where(record => record.Label == 2).Select(record => (record.Text, records.Labels[2]))
        );

        var told = Assert.Single(Score(model, last).ByLabel);

        Assert.Equal(Score(model, records).ByLabel[2], told);
    }

    [Fact]
    public void AModelWithoutLabels_IsToldNone_WhateverTheRecordsAreCalled()
    {
        var records = LabeledWords.Records(50);
        using var model = Model(records, ignoreLabels: true);
        var renamed = Rows(records.Records.Select(record => (record.Text, $"new {record.Label}")));

        Assert.Equal(
            Score(model, records).ByLabel.Select(label => label.Result),
            Score(model, renamed).ByLabel.Select(label => label.Result)
        );
        Assert.Equal(["new 0", "new 1", "new 2"], Score(model, renamed).ByLabel.Select(label => label.Label));
    }

    [Fact]
    public void Threads_DoNotChangeTheBits()
    {
        var records = LabeledWords.Records(50);
        using var model = Model(records);
        Assert.Equal(Score(model, records, threads: 1).ByLabel, Score(model, records, threads: 3).ByLabel);
    }

    [Fact]
    public void Texts_AreFoldedAsTheModelsOwnWere()
    {
        using var model = Model(
            Rows([("ecole", "one"), ("cole", "two")]),
            new TextPreparation { Fold = Folding.Ascii, Records = true }
        );
        Assert.Equal(Score(model, Rows([("école", "one")])).Result, Score(model, Rows([("ecole", "one")])).Result);
    }

    [Fact]
    public void ALabelOrACharacterThatTheModelDoesNotKnow_IsRefusedByName()
    {
        var records = LabeledWords.Records(20);
        using var model = Model(records);

        var label = Assert.Throws<CorpusException>(() => Score(model, Rows([("abc", "kind 0"), ("abc", "kine 1")])));
        Assert.Equal(
            "rows has the label 'kine 1', which the model does not know; did you mean 'kind 1'? It knows "
                + "kind 0, kind 1, kind 2; leave those records out, or train with them.",
            label.Message
        );
        var character = Assert.Throws<CorpusException>(() =>
            Score(model, Rows([("abc", "kind 0"), ("aéc", "kind 1")]))
        );
        Assert.Equal(
            "rows, kind 1, 'aéc': 'é' (U+00E9), character 2 of the text, is not among the 19 symbols of the "
                + "model's vocabulary; leave it out, or pass 'Unknown' skip.",
            character.Message
        );
    }

    [Fact]
    public void SkippedCharacters_AreLeftOut_AndRecordsOfThemAlone()
    {
        var records = LabeledWords.Records(20);
        using var model = Model(records);

        var skipped = LabeledEvaluation.Of(
            model,
            Rows([("aéc", "kind 0"), ("éé", "kind 1"), ("g", "kind 1")]),
            skipUnknown: true,
            cancellationToken: Cancellation
        );

        Assert.Equal(Score(model, Rows([("ac", "kind 0"), ("g", "kind 1")])).ByLabel, skipped.ByLabel);
        Assert.Equal((3, 1, 0, 2), (skipped.Skipped, skipped.Emptied, skipped.Unknown, skipped.Records));
        var nothing = Assert.Throws<CorpusException>(() =>
            LabeledEvaluation.Of(model, Rows([("éé", "kind 1")]), skipUnknown: true, cancellationToken: Cancellation)
        );
        Assert.Equal(
            "rows has no record with a character that the model's vocabulary has; at least one is needed.",
            nothing.Message
        );
    }

    [Fact]
    public void AModelWithAnUnknownSymbol_ReadsItInPlaceOfWhatItLacks()
    {
        var vocabulary = new Vocabulary(
            [.. "abc".Select(letter => (int)letter), Vocabulary.BoundarySymbol, Vocabulary.UnknownSymbol],
            TextEncoding.Utf8
        );
        using var model = Model(vocabulary, ["kind 0"]);
        var scored = Score(model, Rows([("axy", "kind 0")]));
        Assert.Equal((4, 2, 0), (scored.Result.Characters, scored.Unknown, scored.Skipped));
    }

    [Fact]
    public void AModelOfNoRecords_IsRefused()
    {
        using var model = Model(new Vocabulary("abc".Select(letter => (int)letter), TextEncoding.Utf8), []);
        Assert.Contains(
            "no boundary symbol",
            Assert.Throws<ModelException>(() => Score(model, Rows([("abc", "one")]))).Message
        );
    }

    [Fact]
    public void Progress_GrowsToAllCharacters_AndCancelledItStops()
    {
        var records = LabeledWords.Records(50);
        using var model = Model(records);
        var told = new Told();
        var scored = LabeledEvaluation.Of(model, records, progress: told, cancellationToken: Cancellation);

        Assert.Equal(new EvaluationProgress(scored.Result.Characters, scored.Result.Characters), told.Reports[^1]);
        Assert.Equal(told.Reports.OrderBy(report => report.Characters), told.Reports);
        Assert.Throws<OperationCanceledException>(() =>
            LabeledEvaluation.Of(model, records, cancellationToken: new CancellationToken(canceled: true))
        );
    }

    private static LabeledEvaluation Score(LanguageModel model, LabeledRecords records, int? threads = null) =>
        LabeledEvaluation.Of(model, records, threads: threads, cancellationToken: Cancellation);

    private static LabeledRecords Rows(IEnumerable<(string Text, string Label)> rows) =>
        LabeledRecords.FromRows(
            "rows",
            rows.Select(row => new LabeledRow(row.Text, row.Label, "row")),
            purpose: LabeledPurpose.Scoring
        );

    private static LanguageModel Model(
        LabeledRecords records,
        TextPreparation? preparation = null,
        bool ignoreLabels = false,
        bool givenStarts = false
    )
    {
        int[] symbols =
        [
            .. records.Records.SelectMany(record => record.Text).Distinct().Select(letter => (int)letter),
            Vocabulary.BoundarySymbol,
        ];
        return Model(
            new Vocabulary(symbols, TextEncoding.Utf8),
            ignoreLabels ? [] : records.Labels,
            preparation,
            givenStarts
        );
    }

    private static LanguageModel Model(
        Vocabulary vocabulary,
        IReadOnlyList<string> labels,
        TextPreparation? preparation = null,
        bool givenStarts = false
    )
    {
        var spec = new ModelSpec
        {
            Cell = "lstm",
            VocabularySize = vocabulary.Count,
            HiddenSize = 9,
            EmbeddingSize = 5,
            LabelCount = labels.Count,
            LabelEmbeddingSize = 3,
            ResetId = vocabulary.BoundaryId,
            ConditionOnFirstSymbol = givenStarts,
        };
        return new LanguageModel(spec, vocabulary, labels: labels)
        {
            Preparation = preparation ?? new TextPreparation { Records = true },
        };
    }

    private static (long Characters, double Nats, long Hits) Naive(
        LanguageModel model,
        int label,
        IEnumerable<LabeledRecord> records
    )
    {
        int boundary = model.Vocabulary.BoundaryId!.Value;
        long characters = 0,
            hits = 0;
        double nats = 0;
        foreach (var record in records)
        {
            int[] ids = [boundary, .. model.Vocabulary.Encode(record.Text), boundary];
            using var session = model.NewSession(label: LabelBlend.Of(label, model.Labels));
            for (int i = 0; i + 1 < ids.Length; i++)
            {
                float[] logits = session.Step(ids[i]).ToArray();
                if (i == 0 && model.Spec.ConditionOnFirstSymbol)
                    continue;
                characters++;
                nats += Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[ids[i + 1]];
                if (Array.IndexOf(logits, logits.Max()) == ids[i + 1])
                    hits++;
            }
        }
        return (characters, nats, hits);
    }

    private sealed class Told : IProgress<EvaluationProgress>
    {
        public List<EvaluationProgress> Reports { get; } = [];

        public void Report(EvaluationProgress value) => Reports.Add(value);
    }
}
