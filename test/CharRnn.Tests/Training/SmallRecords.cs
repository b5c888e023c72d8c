using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>
/// Runs of a small classifier on made-up names, each in a folder of its own that is gone after the test.
/// </summary>
internal sealed class SmallRecords : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    /// <summary>Three languages, told by their endings; the first has three times as many names as the last.</summary>
    public static LabeledRecords Names { get; } = LabeledRecords.FromRows("small", Rows(seed: 5));

    /// <summary>
    /// Everything that a default might change is said, so that what a test sees does not depend on how good the
    /// defaults are.
    /// </summary>
    public static ClassifierSettings Settings { get; } =
        new()
        {
            Cell = "gru",
            HiddenSize = 12,
            NumLayers = 1,
            EmbeddingSize = 6,
            Bidirectional = true,
            Pooling = Pooling.Last,
            EmbeddingDropout = 0.1,
            Dropout = 0.1,
            OutputDropout = 0.1,
            CharDropout = 0.05,
            LabelSmoothing = 0.05,
            BatchSize = 16,
            MaxEpochs = 4,
            LearningRate = 1e-2,
            Schedule = LearningRateShape.Constant,
            WarmupSteps = 3,
            TestFrac = 0.2,
            ValFrac = 0.2,
            Threads = 1,
        };

    public string this[string name] => _scratch[name];

    public void Dispose() => _scratch.Dispose();

    /// <summary>Trains a new run to its end.</summary>
    public (RunFolder Run, ClassifierResult Result) Train(
        string name,
        ClassifierSettings settings,
        ITrainingObserver? observer = null,
        LabeledRecords? records = null
    )
    {
        var run = RunFolder.Create(_scratch[name]);
        using var trainer = ClassifierTrainer.Start(records ?? Names, settings, run, "charrnn classify train");
        return (run, trainer.Run(observer, TestContext.Current.CancellationToken));
    }

    /// <summary>Goes on with a run to its end.</summary>
    public (RunFolder Run, ClassifierResult Result) Resume(
        string name,
        ClassifierSettings settings,
        ITrainingObserver? observer = null
    )
    {
        var run = RunFolder.Open(_scratch[name]);
        using var trainer = ClassifierTrainer.Resume(Names, settings, run);
        return (run, trainer.Run(observer, TestContext.Current.CancellationToken));
    }

    /// <summary>Trains or goes on with a run until it is asked to stop after a step.</summary>
    public ClassifierResult TrainUntil(string name, ClassifierSettings settings, long step)
    {
        bool isNew = !Directory.Exists(_scratch[name]);
        var run = isNew ? RunFolder.Create(_scratch[name]) : RunFolder.Open(_scratch[name]);
        using var trainer = isNew
            ? ClassifierTrainer.Start(Names, settings, run)
            : ClassifierTrainer.Resume(Names, settings, run);
        using var request = new CancellationTokenSource();
        return trainer.Run(new At(step, request.Cancel), request.Token);
    }

    public static IEnumerable<LabeledRow> Rows(int seed)
    {
        var random = new Random(seed);
        (string Label, string[] Ends, int Count)[] languages =
        [
            ("Latin", ["us", "um", "is"], 120),
            ("Polish", ["ski", "czyk", "ów"], 60),
            ("Hawaiian", ["ao", "oe", "ua"], 40),
        ];
        foreach (var (label, ends, count) in languages)
        {
            for (int i = 0; i < count; i++)
            {
                string stem = string.Concat(
                    Enumerable.Range(0, 1 + random.Next(7)).Select(_ => "abdeghilmnoprtuw"[random.Next(16)])
                );
                yield return new LabeledRow(stem + ends[random.Next(ends.Length)], label, $"name {i}");
            }
        }
    }

    /// <summary>Keeps what a run said.</summary>
    public sealed class Watcher : ITrainingObserver
    {
        public List<ValidationReport> Validations { get; } = [];

        public IReadOnlyList<string> Notes { get; private set; } = [];

        public void OnStarted(ClassifierOverview overview) => Notes = overview.Notes;

        public void OnEvaluated(ValidationReport validation) => Validations.Add(validation);
    }
}
