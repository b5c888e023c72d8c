using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>Runs of a small network on a small text, each in a folder of its own that is gone after the test.</summary>
internal sealed class SmallRun : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    /// <summary>Sentences of a few words, drawn from a fixed seed.</summary>
    public static Corpus Text { get; } = Corpus.FromText("small", SmallText.Of(2000));

    /// <summary>The same sentences, each a record.</summary>
    public static Corpus Records { get; } =
        Corpus.FromText(
            "records",
            SmallText.Of(2000),
            new CorpusOptions { Preparation = new TextPreparation { Records = true } }
        );

    /// <summary>
    /// Everything that a default might change is said, so that what a test sees does not depend on how good the
    /// defaults are. One thread: in so small a network others would only wait for each other.
    /// </summary>
    public static TrainingSettings Settings { get; } =
        new()
        {
            Cell = "gru",
            HiddenSize = 16,
            NumLayers = 1,
            EmbeddingSize = 8,
            SeqLength = 8,
            BatchSize = 5,
            MaxSteps = 40,
            LearningRate = 5e-3,
            Schedule = LearningRateShape.Constant,
            WarmupSteps = 3,
            ValFrac = 0,
            EvalEvery = Cadence.Never,
            SaveEvery = Cadence.EverySteps(10),
            SampleEvery = Cadence.Never,
            SampleLength = 10,
            Threads = 1,
        };

    public string this[string name] => _scratch[name];

    public void Dispose() => _scratch.Dispose();

    /// <summary>Trains a new run to its end.</summary>
    public (RunFolder Run, TrainingResult Result) Train(
        string name,
        TrainingSettings settings,
        Corpus? corpus = null,
        ITrainingObserver? observer = null
    )
    {
        var run = RunFolder.Create(_scratch[name]);
        using var trainer = Trainer.Start(corpus ?? Text, settings, run, "charrnn train");
        return (run, trainer.Run(observer, TestContext.Current.CancellationToken));
    }

    /// <summary>Goes on with a run to its end.</summary>
    public (RunFolder Run, TrainingResult Result) Resume(
        string name,
        TrainingSettings settings,
        Corpus? corpus = null,
        ITrainingObserver? observer = null
    )
    {
        var run = RunFolder.Open(_scratch[name]);
        using var trainer = Trainer.Resume(corpus ?? Text, settings, run);
        return (run, trainer.Run(observer, TestContext.Current.CancellationToken));
    }

    /// <summary>Trains a run that is asked to stop after each of some steps, and resumed each time.</summary>
    public (RunFolder Run, TrainingResult Result) TrainWithStops(
        string name,
        TrainingSettings settings,
        params long[] stops
    ) => TrainWithStops(name, settings, Text, stops);

    /// <summary>The same on a text of the caller's.</summary>
    public (RunFolder Run, TrainingResult Result) TrainWithStops(
        string name,
        TrainingSettings settings,
        Corpus corpus,
        params long[] stops
    )
    {
        var run = RunFolder.Create(_scratch[name]);
        foreach (long stop in stops)
        {
            using var trainer = run.LastStep is null
                ? Trainer.Start(corpus, settings, run)
                : Trainer.Resume(corpus, settings, run);
            using var request = new CancellationTokenSource();
            var result = trainer.Run(new At(stop, request.Cancel), request.Token);
            Assert.Equal((StopReason.Interrupted, stop), (result.Stopped, result.Steps));
        }
        return Resume(name, settings, corpus);
    }

    /// <summary>Trains a new run that is asked to stop after the first step of which a condition holds.</summary>
    public (RunFolder Run, TrainingResult Result) TrainUntil(
        string name,
        TrainingSettings settings,
        Corpus corpus,
        Func<TrainingProgress, bool> isEnough
    )
    {
        var run = RunFolder.Create(_scratch[name]);
        using var trainer = Trainer.Start(corpus, settings, run);
        using var request = new CancellationTokenSource();
        return (run, trainer.Run(new Until(isEnough, request.Cancel), request.Token));
    }

    /// <summary>Trains a run that breaks off after a step without a chance to save, as if it had been killed.</summary>
    public RunFolder TrainUntilKilled(string name, TrainingSettings settings, long step)
    {
        var run = RunFolder.Create(_scratch[name]);
        using var trainer = Trainer.Start(Text, settings, run);
        Assert.Throws<KilledException>(() =>
            trainer.Run(new At(step, () => throw new KilledException()), TestContext.Current.CancellationToken)
        );
        return run;
    }

    /// <summary>The bytes of the kept model.</summary>
    public static byte[] ModelBytes(RunFolder run) => File.ReadAllBytes(run.ModelPath);

    /// <summary>Weights, moments and carried state of the last checkpoint, by name. (Its metadata has times.)</summary>
    public static SortedDictionary<string, float[]> LastTensors(RunFolder run) =>
        new(
            run.ReadCheckpoint(run.LastStep!.Value)
                .Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.ToSingles()),
            StringComparer.Ordinal
        );

    public static bool IsFinite(LanguageModel model) =>
        model.Layout.Tensors.All(tensor => tensor.CopyFrom(model.Weights).All(float.IsFinite));

    public sealed class KilledException : Exception;

    /// <summary>Does something after every step of which a condition holds.</summary>
    private sealed class Until(Func<TrainingProgress, bool> isEnough, Action act) : ITrainingObserver
    {
        public void OnStep(in TrainingProgress progress)
        {
            if (isEnough(progress))
                act();
        }
    }
}
