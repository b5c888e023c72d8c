using CharRnn.Engine;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class LabeledTrainingTests : IDisposable
{
    private static readonly TrainingSettings Settings = SmallRun.Settings with
    {
        MaxSteps = 300,
        ValFrac = 0.2,
        LearningRate = 0.01,
        LabelEmbeddingSize = 3,
        SampleEvery = Cadence.EverySteps(20),
    };

    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void LabelsThatSayMuch_LowerTheValidationLoss_AndAreWrittenBy()
    {
        using Corpus labeled = Words(),
            ignored = Words(Settings with { IgnoreLabels = true });
        using var trainer = Trainer.Start(labeled, Settings);
        double with = trainer.Run(cancellationToken: TestContext.Current.CancellationToken).ValLoss!.Value;
        double without = _runs.Train("without", Settings with { IgnoreLabels = true }, ignored).Result.ValLoss!.Value;

        Assert.True(with < without - 0.1, $"{with} with labels, {without} without");
        for (int label = 0; label < 3; label++)
        {
            var words = new RecordGenerator(trainer.Model, LabelBlend.Of(label, trainer.Model.Labels))
                .Records(
                    [],
                    new SamplingOptions { Temperature = 0.5 },
                    longest: 10,
                    TestContext.Current.CancellationToken
                )
                .Take(40);
            string written = string.Concat(words.Select(word => trainer.Model.Vocabulary.Decode(word)));
            Assert.True(
                written.Count(letter => LabeledWords.LabelOf(letter) == label) > 0.9 * written.Length,
                $"label {label}: {written}"
            );
        }
    }

    [Fact]
    public void TheValidationLoss_CountsEveryLetterAndEveryEnd_OfWordsReadFromTheirBeginnings()
    {
        using var corpus = Words();
        using var trainer = Trainer.Start(corpus, Settings with { MaxSteps = 20 });
        double told = trainer.Run(cancellationToken: TestContext.Current.CancellationToken).ValLoss!.Value;

        double nats = 0;
        long pairs = 0;
        foreach (var (text, label) in LabeledWords.Records(80).Split(0.2, Settings.Seed).Test.Records)
        {
            int boundary = corpus.Vocabulary.BoundaryId!.Value;
            int[] word = [boundary, .. corpus.Vocabulary.Encode(text), boundary];
            using var session = trainer.Model.NewSession(label: LabelBlend.Of(label, trainer.Model.Labels));
            for (int i = 0; i + 1 < word.Length; i++, pairs++)
                nats += CrossEntropy(session.Step(word[i]), word[i + 1]);
        }
        Assert.Equal(nats / pairs, told, 1e-5);
    }

    [Fact]
    public void AResumedRun_EndsWithTheBitsOfOneThatNeverStopped_ForAnyNumberOfThreads()
    {
        foreach (var sampling in new[] { WindowSampling.Stateful, WindowSampling.Random })
        {
            var settings = Settings with { MaxSteps = 40, Sampling = sampling };
            using var corpus = Words(settings);
            var whole = _runs.Train($"{sampling}", settings with { Threads = 1 }, corpus).Run;
            var stopped = _runs.TrainWithStops($"{sampling}-stopped", settings with { Threads = 3 }, corpus, 7, 22).Run;

            Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(stopped));
            Assert.Equal(SmallRun.LastTensors(whole), SmallRun.LastTensors(stopped));
        }
    }

    [Fact]
    public void SamplesWhileTraining_DrawALabelForEachWord_AndSayWhich()
    {
        var samples = new Samples();
        using var corpus = Words();
        _runs.Train("told", Settings with { MaxSteps = 20, SampleLength = 60 }, corpus, samples);

        string[] lines = Assert.Single(samples.Texts).Split('\n');
        Assert.True(lines.Length > 2);
        Assert.All(lines, line => Assert.Matches("^kind [012]: [a-r]*$", line));
        Assert.True(lines.Select(line => line[..6]).Distinct().Count() > 1);
    }

    [Fact]
    public void AModelToStartFrom_KeepsTheLabelsThatTheNewDataHave_WhereverTheyAreNow()
    {
        using var corpus = Words();
        var (run, _) = _runs.Train("first", Settings with { MaxSteps = 20 }, corpus);
        using var from = StartingModel.Load(run.ModelPath);
        using var trainer = Trainer.Start(
            corpus,
            (Settings with { MaxSteps = 0 }).WithNetworkOf(from.Model.Spec),
            material: new TrainingMaterial { InitFrom = from }
        );

        Assert.Equal(Weights(from.Model), Weights(trainer.Model));
        using var plain = Words(Settings with { IgnoreLabels = true });
        var refused = Assert.Throws<SettingsException>(() =>
            Trainer.Start(
                plain,
                Settings with
                {
                    IgnoreLabels = true,
                },
                material: new TrainingMaterial { InitFrom = from }
            )
        );
        Assert.Contains("has learnt texts by their labels", refused.Message);
    }

    private static Corpus Words(TrainingSettings? settings = null) =>
        LabeledCorpus.Of(LabeledWords.Records(80), settings ?? Settings);

    private static float[][] Weights(LanguageModel model) =>
        [.. model.Layout.Tensors.Select(tensor => tensor.CopyFrom(model.Weights))];

    private static double CrossEntropy(ReadOnlySpan<float> logits, int target)
    {
        double largest = logits[0],
            sum = 0;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);
        foreach (float logit in logits)
            sum += Math.Exp(logit - largest);
        return largest + Math.Log(sum) - logits[target];
    }

    private sealed class Samples : ITrainingObserver
    {
        public List<string> Texts { get; } = [];

        public void OnSampled(SampleReport report) => Texts.Add(report.Text);
    }
}
