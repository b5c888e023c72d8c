using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class TrainerValidationTests : IDisposable
{
    private static readonly Corpus Other = Corpus.FromText(
        "other",
        SmallText.Of(700, seed: 5),
        new CorpusOptions { Vocabulary = SmallRun.Text.Vocabulary }
    );

    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData(WindowSampling.Stateful)]
    [InlineData(WindowSampling.Random)]
    public void Interleaved_ScoresTheEndOfEachStream_AndResumesToTheSameBits(WindowSampling sampling)
    {
        var settings = SmallRun.Settings with
        {
            ValSplit = ValSplit.Interleaved,
            ValFrac = 0.1,
            TestFrac = 0.1,
            Sampling = sampling,
            EvalEvery = Cadence.EverySteps(10),
        };
        var seen = new Seen();
        var (whole, result) = _runs.Train("whole", settings, observer: seen);
        // 49 windows of 5 streams of 8: 39 train, 5 validate, 5 test.
        Assert.Equal(
            (39 * 40, 5 * 40, 5 * 40),
            (seen.Overview!.TrainCharacters, seen.Overview.ValidationCharacters, seen.Overview.TestCharacters)
        );
        using var model = LanguageModel.Load(whole.Path);
        var split = CorpusSplit.Interleaved(2000, 8, 5, 0.1, 0.1);
        Assert.Equal(Naive(model, split.Validation), result.ValLoss!.Value, 1e-9);
        Assert.Equal(Naive(model, split.Test), result.TestLoss!.Value, 1e-9);
        Assert.Equal(result.BestValLoss!.Value, result.ValLoss.Value, 1e-9);
        _runs.TrainUntilKilled("killed", settings, 17);
        Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(_runs.Resume("killed", settings).Run));

        double Naive(LanguageModel model, CorpusPart part)
        {
            using var evaluator = new Evaluator(model);
            return part.Ranges.Sum(range =>
                    evaluator
                        .Run(SmallRun.Text.Ids, range, cancellationToken: TestContext.Current.CancellationToken)
                        .TotalNats
                ) / part.Pairs;
        }
    }

    [Fact]
    public void Interleaved_OfAShortText_ShrinksTheWindowsUntilEveryPartHasSome()
    {
        var settings = SmallRun.Settings with
        {
            ValSplit = ValSplit.Interleaved,
            ValFrac = 0.05,
            SeqLength = null,
            BatchSize = null,
            MaxSteps = 3,
        };
        var seen = new Seen();
        var (_, result) = _runs.Train("run", settings, observer: seen);
        Assert.NotNull(result.ValLoss);
        Assert.Equal((64, 1), (seen.Overview!.SeqLength, seen.Overview.BatchSize));
        Assert.Contains(
            "'ValSplit'",
            Assert
                .Throws<SettingsException>(() =>
                    Trainer.Start(SmallRun.Text, settings with { SeqLength = 64, BatchSize = 32 })
                )
                .Message
        );
    }

    [Fact]
    public void ATrainFraction_TrainsOnTheBeginningAlone_AndValidatesOnTheSame()
    {
        var settings = SmallRun.Settings with { ValFrac = 0.1, MaxSteps = 100 };
        var seen = new Seen();
        var (fifth, result) = _runs.Train("fifth", settings with { TrainFraction = 0.2 }, observer: seen);
        Assert.Equal((360, 200), (seen.Overview!.TrainCharacters, seen.Overview.ValidationCharacters));
        string text = SmallText.Of(2000);
        // What lies between may be anything.
        var changed = Corpus.FromText("small", text[..360] + new string([.. text[360..1800].Reverse()]) + text[1800..]);
        var (same, changedResult) = _runs.Train("same", settings with { TrainFraction = 0.2 }, changed);
        Assert.Equal(result.ValLoss, changedResult.ValLoss);
        Assert.Equal(SmallRun.LastTensors(fifth), SmallRun.LastTensors(same));
    }

    [Fact]
    public void AValidationText_IsScoredWhole_Recorded_AndNeededToResume()
    {
        var settings = SmallRun.Settings with { EvalEvery = Cadence.EverySteps(10) };
        var (whole, result) = Train("whole", settings, Other);
        using (var model = LanguageModel.Load(whole.Path))
        {
            using var evaluator = new Evaluator(model);
            Assert.Equal(
                evaluator
                    .Run(Other.Ids, new IdRange(0, 700), cancellationToken: TestContext.Current.CancellationToken)
                    .NatsPerChar,
                result.ValLoss
            );
        }
        var record = RunConfiguration.Parse(whole.ReadConfig(), whole.ConfigPath).Validation!;
        Assert.Equal((Other.Sha256, 700, "other"), (record.Sha256, record.Characters, record.Name));

        Train("stopped", settings with { MaxSteps = 20 }, Other);
        var stopped = RunFolder.Open(_runs["stopped"]);
        Assert.Contains(
            "it is needed to resume",
            Assert.Throws<SettingsException>(() => Trainer.Resume(SmallRun.Text, settings, stopped)).Message
        );
        Assert.Contains(
            "validates on",
            Assert
                .Throws<CorpusException>(() => Trainer.Resume(SmallRun.Text, settings, stopped, SmallRun.Text))
                .Message
        );
        using (var trainer = Trainer.Resume(SmallRun.Text, settings, stopped, Other))
            Assert.Equal(result.ValLoss, trainer.Run(cancellationToken: TestContext.Current.CancellationToken).ValLoss);
        Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(stopped));
    }

    [Fact]
    public void AValidationText_BesideAValidationPart_OrOfAnotherVocabulary_IsRefused()
    {
        Assert.Contains(
            "'ValFrac'",
            Assert
                .Throws<SettingsException>(() =>
                    Trainer.Start(
                        SmallRun.Text,
                        SmallRun.Settings with
                        {
                            ValFrac = 0.1,
                        },
                        material: new() { Validation = Other }
                    )
                )
                .Message
        );
        var foreign = Corpus.FromText("foreign", "abcabc");
        Assert.Contains(
            "another vocabulary",
            Assert
                .Throws<SettingsException>(() =>
                    Trainer.Start(SmallRun.Text, SmallRun.Settings, material: new() { Validation = foreign })
                )
                .Message
        );
    }

    [Fact]
    public void EvalChars_BoundsWhatIsScoredWhileTraining_AndNotTheFigureAtTheEnd()
    {
        var settings = SmallRun.Settings with { ValFrac = 0.5, MaxSteps = 10, EvalEvery = Cadence.EverySteps(10) };
        var (all, allResult) = _runs.Train("all", settings);
        var (some, someResult) = _runs.Train("some", settings with { EvalChars = 64 });
        Assert.Equal(SmallRun.LastTensors(all), SmallRun.LastTensors(some));
        Assert.Equal(allResult.ValLoss, someResult.ValLoss);
        Assert.NotEqual(allResult.BestValLoss, someResult.BestValLoss);
        using var model = LanguageModel.Load(some.Path);
        using var evaluator = new Evaluator(model, 32);
        var pieces = CorpusPart.Of(new IdRange(1000, 1000)).Pieces(32, 64);
        var scored = evaluator.Run(SmallRun.Text.Ids, pieces, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((64, scored.NatsPerChar), (scored.Characters, someResult.BestValLoss));
    }

    [Fact]
    public void TheTestFigure_IsOfTheBestModel_NotOfTheLast()
    {
        var settings = SmallRun.Settings with
        {
            ValFrac = 0.2,
            TestFrac = 0.2,
            EvalEvery = Cadence.EverySteps(5),
            MaxSteps = 60,
            LearningRate = 0.05,
        };
        // Learnt by heart, the text's first part says less and less of the others.
        var corpus = Corpus.FromText(
            "turning",
            string.Concat(Enumerable.Repeat("abcabc", 200))
                + new string([.. Enumerable.Range(0, 800).Select(i => "abc"[i * i * 7 % 31 % 3])])
        );
        var (run, result) = _runs.Train("run", settings, corpus);
        Assert.InRange(result.BestStep, 1, 59);
        using LanguageModel best = LanguageModel.Load(run.Path),
            last = LanguageModel.Load(run.CheckpointPath(60));
        var test = CorpusSplit.Contiguous(2000, 0.2, 0.2).Test.Ranges[0];
        Assert.Equal(Loss(best), result.TestLoss);
        Assert.NotEqual(Loss(last), result.TestLoss);

        double Loss(LanguageModel model)
        {
            using var evaluator = new Evaluator(model);
            return evaluator
                .Run(corpus.Ids, test, cancellationToken: TestContext.Current.CancellationToken)
                .NatsPerChar;
        }
    }

    [Fact]
    public void Predictions_AreTheLikeliestCharacters_OfAPassageThatStaysTheSame()
    {
        var settings = SmallRun.Settings with
        {
            ValFrac = 0.4,
            EvalEvery = Cadence.EverySteps(20),
            MaxSteps = 400,
            LearningRate = 2e-2,
        };
        var seen = new Seen { WantsPredictions = true };
        var (plain, _) = _runs.Train("plain", settings);
        var (run, _) = _runs.Train("run", settings, observer: seen);
        Assert.Equal(SmallRun.LastTensors(plain), SmallRun.LastTensors(run));
        Assert.Equal(20, seen.Predictions.Count);
        Assert.Single(seen.Predictions.Select(TargetOf).Distinct());
        Assert.Contains(TargetOf(seen.Predictions[0]), SmallText.Of(2000)[1200..]);
        Assert.All(
            seen.Predictions.SelectMany(report => report.Characters),
            shown => Assert.Equal(shown.IsRight, shown.Target == shown.Predicted)
        );
        Assert.True(Right(seen.Predictions[^1]) > 1.2 * Right(seen.Predictions[0]));

        using var last = LanguageModel.Load(run.CheckpointPath(400));
        int[] ids = last.Vocabulary.Encode(SmallText.Of(2000)[1200..1480]);
        NetworkState? state = null;
        float[] logits = last.Forward(ids, ids.Length, 1, ref state);
        var expected = Enumerable
            .Range(69, 210)
            .Select(i =>
                last.Vocabulary.Decode([ArgMax(logits.AsSpan(i * last.Vocabulary.Count, last.Vocabulary.Count))])
            );
        Assert.Equal(expected, seen.Predictions[^1].Characters.Select(shown => shown.Predicted));

        static string TargetOf(PredictionReport report) =>
            string.Concat(report.Characters.Select(shown => shown.Target));
        static int Right(PredictionReport report) => report.Characters.Count(shown => shown.IsRight);
        static int ArgMax(ReadOnlySpan<float> row) => Softmax.ArgMax(row, row.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    public void Records_AreScoredFromTheirBeginnings_WhileTrainingToo(long evalChars)
    {
        var settings = SmallRun.Settings with
        {
            Cell = "lstm",
            ValFrac = 0.2,
            EvalEvery = Cadence.EverySteps(40),
            EvalChars = evalChars,
        };
        var (run, result) = _runs.Train("run", settings, SmallRun.Records);

        using var model = LanguageModel.Load(run.Path);
        int boundary = model.Vocabulary.BoundaryId!.Value;
        var split = RecordSplit.Align(
            CorpusSplit.Contiguous(SmallRun.Records.Ids.Length, 0.2, 0),
            SmallRun.Records.Ids,
            boundary
        );
        int[] ids = new int[split.Validation.Characters];
        SmallRun.Records.Ids.CopyTo(split.Validation.Ranges[0].Start, ids);
        int[] begins = [.. Enumerable.Range(0, ids.Length).Where(i => ids[i] == boundary)];
        double[][] nats = [.. begins.Zip(begins.Skip(1), (start, end) => Nats(model, ids[start..(end + 1)]))];
        Assert.InRange(nats.Length, 5, 100);
        Assert.Equal(nats.SelectMany(record => record).Average(), result.ValLoss!.Value, 1e-5);
        double best = result.BestValLoss!.Value;
        if (evalChars == 0)
            Assert.Equal(result.ValLoss.Value, best, 1e-9);
        // Some of the records, all of each.
        else
            Assert.InRange(best, nats.Min(record => record.Average()), nats.Max(record => record.Average()));
    }

    /// <summary>The loss of every symbol but the first, from a state of zeros.</summary>
    private static double[] Nats(LanguageModel model, int[] ids)
    {
        using var session = model.NewSession();
        return
        [
            .. ids.Zip(
                ids.Skip(1),
                (input, target) =>
                {
                    float[] logits = session.Step(input).ToArray();
                    return Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[target];
                }
            ),
        ];
    }

    [Fact]
    public void Predictions_WhereNothingIsHeldOut_ComeWithTheSamples()
    {
        var seen = new Seen { WantsPredictions = true };
        _runs.Train("run", SmallRun.Settings with { SampleEvery = Cadence.EverySteps(15) }, observer: seen);
        Assert.Equal([15L, 30], seen.Predictions.Select(report => report.Step));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(50)]
    public void Predictions_OfAShortPart_AreOfAllButItsFirstCharacter(int length)
    {
        using var model = new LanguageModel(
            SmallRun.Settings.ModelSpec(SmallRun.Text.Vocabulary.Count),
            SmallRun.Text.Vocabulary
        );
        Assert.Equal(
            length - 1,
            PredictionView.Of(model, SmallRun.Text.Ids, CorpusPart.Of(new IdRange(5, length)), step: 0).Characters.Count
        );
    }

    private (RunFolder Run, TrainingResult Result) Train(string name, TrainingSettings settings, Corpus validation)
    {
        var run = RunFolder.Create(_runs[name]);
        using var trainer = Trainer.Start(
            SmallRun.Text,
            settings,
            run,
            material: new TrainingMaterial { Validation = validation }
        );
        return (run, trainer.Run(cancellationToken: TestContext.Current.CancellationToken));
    }

    private sealed class Seen : ITrainingObserver
    {
        public bool WantsPredictions { get; init; }

        public TrainingOverview? Overview { get; private set; }

        public List<PredictionReport> Predictions { get; } = [];

        public void OnStarted(TrainingOverview overview) => Overview = overview;

        public void OnPredicted(PredictionReport report) => Predictions.Add(report);
    }
}
