using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Evaluation;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class ClassifierTrainerTests : IDisposable
{
    private readonly SmallRecords _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("lstm", Pooling.Attention, 2, "balanced")]
    [InlineData("gru", Pooling.Mean, 1, "none")]
    [InlineData("rnn", Pooling.Last, 2, "0.5")]
    public void ModelFile_HasTheSameBytesForAnyNumberOfThreads(string cell, Pooling pooling, int layers, string weights)
    {
        var settings = SmallRecords.Settings with
        {
            Cell = cell,
            Pooling = pooling,
            NumLayers = layers,
            ClassWeights = ClassWeighting.Parse(weights),
            MaxEpochs = 2,
        };
        var models = new[] { 1, 2, 5 }
            .Select(threads => ModelBytes(_runs.Train($"on-{threads}", settings with { Threads = threads }).Run))
            .ToList();
        Assert.Equal(models[0], models[1]);
        Assert.Equal(models[0], models[2]);
    }

    [Fact]
    public void ModelOfSeveralLabelsAText_HasTheSameBytesForAnyNumberOfThreads_AndWhenItIsResumed()
    {
        var records = LabeledRecords.FromRows(
            "sets",
            SmallRecords
                .Rows(seed: 6)
                .Select(row => row with { Label = row.Label + (row.Text[0] < 'h' ? "|early" : "") }),
            purpose: LabeledPurpose.Scoring
        );
        var settings = SmallRecords.Settings with
        {
            MultiLabel = true,
            LabelSmoothing = 0,
            MaxEpochs = 3,
            ValFrac = 0.1,
        };
        var runs = new[] { 1, 2, 5 }
            .Select(threads => _runs.Train($"on-{threads}", settings with { Threads = threads }, records: records))
            .ToList();
        Assert.Equal(ModelBytes(runs[0].Run), ModelBytes(runs[1].Run));
        Assert.Equal(ModelBytes(runs[0].Run), ModelBytes(runs[2].Run));
        Assert.Equal(["Hawaiian", "Latin", "Polish", "early"], runs[0].Result.TestSets!.Labels);
        Assert.InRange(runs[0].Result.TestSets!.MicroF1, 0.5, 1);
        Assert.Null(runs[0].Result.Test);

        var run = RunFolder.Create(_runs["stopped"]);
        using (var trainer = ClassifierTrainer.Start(records, settings, run))
        {
            using var request = new CancellationTokenSource();
            trainer.Run(new At(5, request.Cancel), request.Token);
        }
        using (var trainer = ClassifierTrainer.Resume(records, settings, RunFolder.Open(run.Path)))
            trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(ModelBytes(runs[0].Run), ModelBytes(run));
        string figures = Path.Combine(run.Path, ClassificationFile.Name);
        Assert.Equal(
            File.ReadAllText(Path.Combine(runs[0].Run.Path, ClassificationFile.Name)),
            File.ReadAllText(figures)
        );
        Assert.Equal(runs[0].Result.TestSets!.LabelScores, LabelSetFile.Read(figures).LabelScores);
    }

    [Fact]
    public void Resumed_OftenAndInTheMidstOfEpochs_IsTheSameAsNeverStopped()
    {
        var settings = SmallRecords.Settings with
        {
            ClassWeights = ClassWeighting.Balanced,
            Schedule = LearningRateShape.Cosine,
        };
        var (whole, result) = _runs.Train("whole", settings);
        foreach (long stop in (long[])[3, 11, 25])
        {
            var part = _runs.TrainUntil("stopped", settings, stop);
            Assert.Equal((StopReason.Interrupted, stop), (part.Stopped, part.Steps));
            Assert.Null(part.Test);
        }
        var (resumed, again) = _runs.Resume("stopped", settings);
        Assert.Equal(ModelBytes(whole), ModelBytes(resumed));
        Assert.Equal(
            (result.Steps, result.BestStep, result.BestValAccuracy, result.TrainLoss),
            (again.Steps, again.BestStep, again.BestValAccuracy, again.TrainLoss)
        );
        Assert.Equal(MetricsWithoutTimes(whole), MetricsWithoutTimes(resumed));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole.Path, ClassificationFile.Name)),
            File.ReadAllBytes(Path.Combine(resumed.Path, ClassificationFile.Name))
        );
    }

    [Fact]
    public void Resumed_AtItsEnd_TellsOfTheTestPartOnce()
    {
        var (run, first) = _runs.Train("run", SmallRecords.Settings with { MaxEpochs = 1 });
        string metrics = File.ReadAllText(run.MetricsPath);
        var (_, again) = _runs.Resume("run", SmallRecords.Settings with { MaxEpochs = 1 });
        Assert.Equal(first.Test!.LogLoss, again.Test!.LogLoss);
        Assert.Equal(metrics, File.ReadAllText(run.MetricsPath));
        _runs.Resume("run", SmallRecords.Settings with { MaxEpochs = 2 });
        Assert.Equal(2, RunHistory.Read(run).Metrics.Count(line => line.Split == "test"));
    }

    [Fact]
    public void Resumed_WithOtherRecords_IsRefused()
    {
        _runs.TrainUntil("run", SmallRecords.Settings, 3);
        var others = LabeledRecords.FromRows("others", SmallRecords.Rows(seed: 6));
        var refusal = Assert.Throws<CorpusException>(() =>
            ClassifierTrainer.Resume(others, SmallRecords.Settings, RunFolder.Open(_runs["run"]))
        );
        Assert.Contains("SHA-256", refusal.Message);
    }

    [Fact]
    public void EasyNames_AreLearnt_AndTheTestPartIsScoredWithTheKeptModel()
    {
        var watcher = new SmallRecords.Watcher();
        var (run, result) = _runs.Train("run", SmallRecords.Settings with { MaxEpochs = 25 }, watcher);
        Assert.Equal(StopReason.MaxEpochs, result.Stopped);
        Assert.InRange(result.Test!.Accuracy, 0.9, 1);
        Assert.InRange(result.Test.MacroAccuracy, 0.85, 1);
        Assert.InRange(result.Test.MajorityBaseline, 0.4, 0.7);

        using var model = SequenceClassifier.Load(run.Path);
        Assert.Equal(SmallRecords.Names.Labels, model.Labels);
        var test = SmallRecords.Names.Split(SmallRecords.Settings.TestFrac, SmallRecords.Settings.Seed).Test;
        float[][] probabilities = model.Predict([.. test.Records.Select(record => record.Text)]);
        var again = ClassificationReport.Of(
            test.Labels,
            [.. test.Records.Select(record => record.Text)],
            [.. test.Records.Select(record => record.Label)],
            probabilities
        );
        Assert.Equal((result.Test.Accuracy, result.Test.LogLoss), (again.Accuracy, again.LogLoss));
        Assert.Equal(
            result.Test.LogLoss,
            ClassificationFile.Read(Path.Combine(run.Path, ClassificationFile.Name)).LogLoss,
            1e-12
        );
        Assert.Equal(25, watcher.Validations.Count);
        Assert.Equal(
            watcher.Validations.Max(validation => validation.Classification!.Accuracy),
            result.BestValAccuracy!.Value,
            1e-12
        );
    }

    [Fact]
    public void Patience_EndsARunThatGetsNoBetter_AndTheBestModelIsKept()
    {
        // With a rate of 0 the first epoch stays the best.
        var (run, result) = _runs.Train(
            "run",
            SmallRecords.Settings with
            {
                LearningRate = 0,
                Patience = 2,
                MaxEpochs = 100,
            }
        );
        long perEpoch = result.BestStep;
        Assert.Equal((StopReason.Patience, 3 * perEpoch), (result.Stopped, result.Steps));
        Assert.Equal((perEpoch, 3 * perEpoch), (run.BestStep, run.LastStep));
    }

    [Fact]
    public void BestModel_IsTheFirstOfTheHighestValidationAccuracy()
    {
        // A rate this high goes up and down.
        var watcher = new SmallRecords.Watcher();
        var (run, result) = _runs.Train(
            "run",
            SmallRecords.Settings with
            {
                LearningRate = 0.1,
                MaxEpochs = 12,
                GradClipNorm = null,
            },
            watcher
        );
        var best = watcher.Validations.MaxBy(validation => validation.Classification!.Accuracy)!;
        Assert.Equal(best.Progress.Step, result.BestStep);
        Assert.Equal(best.Classification!.Accuracy, result.BestValAccuracy!.Value, 1e-12);
        Assert.True(watcher.Validations.Last(validation => validation.IsBest) == best);
        Assert.Equal(result.BestStep, run.BestStep);
    }

    [Fact]
    public void WithoutValidation_TheLastModelIsKept_AndPatienceIsSaidToHaveNoEffect()
    {
        var watcher = new SmallRecords.Watcher();
        var (_, result) = _runs.Train(
            "run",
            SmallRecords.Settings with
            {
                ValFrac = 0,
                Patience = 1,
                MaxEpochs = 2,
            },
            watcher
        );
        Assert.Contains(watcher.Notes, note => note.Contains("'Patience'"));
        Assert.Null(result.BestValAccuracy);
        Assert.Equal(result.Steps, result.BestStep);
        Assert.Empty(watcher.Validations);
    }

    [Fact]
    public void WithoutATestPart_NothingIsScoredAtTheEnd()
    {
        var (run, result) = _runs.Train("run", SmallRecords.Settings with { TestFrac = 0, MaxEpochs = 1 });
        Assert.Null(result.Test);
        Assert.False(File.Exists(Path.Combine(run.Path, ClassificationFile.Name)));
    }

    [Fact]
    public void ClassWeights_AreInTheKeptModelsBiases_AndNotInTheCheckpointThatTrainingGoesOnFrom()
    {
        // With a rate of 0 the biases stay as they were drawn.
        var settings = SmallRecords.Settings with
        {
            LearningRate = 0,
            MaxEpochs = 1,
            ClassWeights = ClassWeighting.Balanced,
        };
        var (run, _) = _runs.Train("run", settings);
        float[] shifts = settings.ClassWeights.InLogits(
            ClassifierParts.Of(SmallRecords.Names, settings, new ClassifierMaterial(), []).Train.CountByLabel
        );
        using var kept = SequenceClassifier.Load(run.Path);
        using var checkpoint = SequenceClassifier.Load(run.CheckpointPath(run.LastStep!.Value));
        float[] with = Biases(kept),
            without = Biases(checkpoint);
        Assert.All(
            Enumerable.Range(0, shifts.Length),
            label => Assert.Equal(without[label] + shifts[label], with[label])
        );
        Assert.All(shifts, shift => Assert.NotEqual(0, shift));
    }

    [Fact]
    public void ClassWeights_FavourRareLabels()
    {
        var (_, even) = _runs.Train("even", SmallRecords.Settings with { MaxEpochs = 1 });
        var (_, heavy) = _runs.Train("heavy", SmallRecords.Settings with { MaxEpochs = 1, ClassWeights = new(3) });
        int rare = SmallRecords.Names.Labels.ToList().IndexOf("Hawaiian");
        Assert.InRange(GivenOf(heavy, rare), GivenOf(even, rare) + 1, int.MaxValue);

        static int GivenOf(ClassifierResult result, int label) =>
            Enumerable.Range(0, 3).Sum(row => result.Test!.Confusion[row, label]);
    }

    [Fact]
    public void UnknownSymbol_IsLearnt()
    {
        var settings = SmallRecords.Settings with { MaxEpochs = 1 };
        using var before = ClassifierTrainer.Start(SmallRecords.Names, settings);
        float[] drawn = UnknownEmbedding(before.Model);
        before.Run(cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEqual(drawn, UnknownEmbedding(before.Model));
        Assert.Equal(1, before.Model.Predict("漢字").Sum(), 1e-5);
    }

    [Theory]
    [InlineData(1e3)]
    [InlineData(1e38)]
    [InlineData(1e300)]
    public void Divergence_IsCaught_AndAFiniteModelKept(double rate)
    {
        var settings = SmallRecords.Settings with
        {
            LearningRate = rate,
            GradClipNorm = null,
            WarmupSteps = 0,
            Optimizer = new() { Name = "sgd" },
            MaxEpochs = 50,
        };
        var (run, result) = _runs.Train("run", settings);
        Assert.Equal(StopReason.Diverged, result.Stopped);
        Assert.Null(result.Test);
        using var model = SequenceClassifier.Load(run.Path);
        Assert.All(model.Predict("anna"), probability => Assert.True(float.IsFinite(probability)));
    }

    [Fact]
    public void MaxTime_EndsARun()
    {
        var (_, result) = _runs.Train(
            "run",
            SmallRecords.Settings with
            {
                MaxEpochs = null,
                MaxTime = TimeSpan.FromSeconds(0.3),
            }
        );
        Assert.Equal(StopReason.MaxTime, result.Stopped);
        Assert.NotNull(result.Test);
    }

    [Fact]
    public void Metrics_HaveEveryKey()
    {
        var (run, _) = _runs.Train("run", SmallRecords.Settings);
        var lines = File.ReadLines(run.MetricsPath).Select(line => JsonElement.Parse(line)).ToList();
        string[] keys =
        [
            "step",
            "epoch",
            "split",
            "loss",
            "accuracy",
            "macro_accuracy",
            "learning_rate",
            "grad_norm",
            "chars_per_sec",
            "seconds",
        ];
        Assert.All(lines, line => Assert.Equal(keys, line.EnumerateObject().Select(property => property.Name)));
        Assert.Equal(
            ["test", "train", "val"],
            lines.Select(line => line.GetProperty("split").GetString()!).Distinct().Order()
        );
        Assert.All(
            lines,
            line =>
                Assert.Equal(
                    line.GetProperty("split").GetString() == "train" ? JsonValueKind.Null : JsonValueKind.Number,
                    line.GetProperty("macro_accuracy").ValueKind
                )
        );
    }

    [Fact]
    public void OneTrainerAtATime_HasARun()
    {
        var run = RunFolder.Create(_runs["run"]);
        using var first = ClassifierTrainer.Start(SmallRecords.Names, SmallRecords.Settings, run);
        Assert.Contains(
            "is being trained",
            Assert
                .Throws<CharRnnException>(() => ClassifierTrainer.Start(SmallRecords.Names, SmallRecords.Settings, run))
                .Message
        );
    }

    private static float[] Biases(SequenceClassifier model) =>
        model.Layout.Tensors.Single(tensor => tensor.Name == "head.bias").CopyFrom(model.Weights);

    private static byte[] ModelBytes(RunFolder run) => File.ReadAllBytes(run.ModelPath);

    private static float[] UnknownEmbedding(SequenceClassifier model)
    {
        var embedding = model.Layout.Tensors.Single(tensor => tensor.Name == "embedding.weight");
        int size = model.Spec.EmbeddingSize;
        return embedding.CopyFrom(model.Weights)[(model.Vocabulary.UnknownId!.Value * size)..][..size];
    }

    private static List<string> MetricsWithoutTimes(RunFolder run) =>
        [
            .. File.ReadLines(run.MetricsPath)
                .Select(line => line[..line.IndexOf("\"chars_per_sec\"", StringComparison.Ordinal)]),
        ];
}
