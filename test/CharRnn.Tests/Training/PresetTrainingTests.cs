using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Tests;

/// <summary>
/// Every preset on a real text, the large ones with fewer units and streams: until it knows more than how often each
/// character comes, and then on through what runs go through.
/// </summary>
public sealed class PresetTrainingTests : IDisposable
{
    private const int ManyUnits = 128,
        FewUnits = 48,
        FewStreams = 16;
    private const long StepsResumed = 3;

    private static readonly Corpus Text = Corpus.FromText("dragons", EmbeddedDatasets.Dragons.ReadText());

    private readonly SmallRun _runs = new();

    /// <summary>
    /// Every preset but the one for names (<see cref="TutorialGeneratorTests"/>), with the steps that it may take, and
    /// the windows of which the mean loss is taken: of one stream, some hundreds make a text's mixture.
    /// </summary>
    public static TheoryData<string, long, int> Cases =>
        [
            .. Presets
                .All.Where(preset => preset.Name != Presets.TutorialGenerator)
                .Select(preset =>
                    preset.Name == Presets.MinCharRnn ? (preset.Name, 3000L, 300) : (preset.Name, 400L, 10)
                ),
        ];

    public void Dispose() => _runs.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Preset_LearnsMoreThanHowOftenCharactersCome_AndResumesAndWritesAndScores(
        string name,
        long patience,
        int windows
    )
    {
        var settings = Reduced(Presets.Find(name)!) with { MaxSteps = patience };
        var losses = new LastLosses(windows, EntropyOf(Text.Ids));
        var (run, _) = _runs.TrainUntil("run", settings, Text, losses.AreBelowGoal);
        Assert.True(
            losses.Mean < losses.Goal,
            $"after {patience} steps the mean loss of the last {windows} windows is {losses.Mean}; it is to "
                + $"be below {losses.Goal}"
        );

        long step = run.LastStep!.Value;
        var (_, result) = _runs.Resume("run", settings with { MaxSteps = step + StepsResumed }, Text);
        Assert.Equal((step + StepsResumed, StopReason.MaxSteps), (result.Steps, result.Stopped));

        using var model = LanguageModel.Load(run.ModelPath);
        Assert.Equal(50, new TextGenerator(model).Generate("The ", 50, new SamplingOptions()).EnumerateRunes().Count());
        using var evaluator = new Evaluator(model);
        Assert.InRange(
            evaluator
                .Run(Text.Ids, new IdRange(0, 5000), cancellationToken: TestContext.Current.CancellationToken)
                .NatsPerChar,
            1,
            Math.Log(Text.Vocabulary.Count)
        );
    }

    /// <summary>The preset as it is, but for sizes, threads and what is saved and shown on the way.</summary>
    private static TrainingSettings Reduced(Preset<TrainingSettings> preset)
    {
        var settings = preset.Settings with
        {
            MaxEpochs = null,
            EvalEvery = Cadence.Never,
            SaveEvery = Cadence.Never,
            SampleEvery = Cadence.Never,
            Threads = 1,
        };
        return settings.HiddenSize <= ManyUnits
            ? settings
            : settings with
            {
                HiddenSize = FewUnits,
                EmbeddingSize = Math.Min(settings.EmbeddingSize, FewUnits),
                DefaultBatchSize = FewStreams,
            };
    }

    /// <summary>Nats per character of a model that knows how often each symbol comes, and nothing else.</summary>
    private static double EntropyOf(SymbolIds ids)
    {
        int[] all = new int[ids.Length];
        ids.CopyTo(0, all);
        return all.CountBy(id => id)
            .Select(count => (double)count.Value / all.Length)
            .Sum(share => -share * Math.Log(share));
    }

    /// <summary>The losses of the last windows, and what their mean is to be below.</summary>
    private sealed class LastLosses(int windows, double goal)
    {
        private readonly Queue<double> _losses = new();

        public double Goal => goal;

        public double Mean => _losses.Average();

        public bool AreBelowGoal(TrainingProgress progress)
        {
            _losses.Enqueue(progress.StepLoss);
            if (_losses.Count > windows)
                _losses.Dequeue();
            return _losses.Count == windows && Mean < Goal;
        }
    }
}
