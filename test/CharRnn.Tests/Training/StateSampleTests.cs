using CharRnn.Datasets;

namespace CharRnn.Tests;

/// <summary>Samples that go on from the carried state, before an update.</summary>
public sealed class StateSampleTests : IDisposable
{
    private static readonly TrainingSettings Settings = SmallRun.Settings with
    {
        BatchSize = 1,
        EpochStart = EpochStart.Fixed,
        SampleFrom = SampleStart.State,
        SampleEvery = Cadence.EverySteps(10),
        SampleLength = 30,
    };

    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Samples_ComeBeforeTheirStepsUpdate_FromTheNextWindowsFirstCharacter()
    {
        var diary = new Diary();
        _runs.Train("run", Settings, observer: diary);

        Assert.Equal([0, 10, 20, 30], diary.Samples.Select(sample => sample.Step));
        Assert.Equal([0, 10, 20, 30], diary.StepsBefore);
        string text = SmallText.Of(2000);
        Assert.All(diary.Samples, sample => Assert.Equal(text[(int)sample.Step * 8].ToString(), sample.Prompt));
        Assert.All(diary.Samples, sample => Assert.Equal((30, 1.0), (sample.Text.Length, sample.Temperature)));
    }

    [Fact]
    public void Sampling_ChangesNeitherTheStateNorTheWeights()
    {
        var (silent, _) = _runs.Train("silent", Settings with { SampleEvery = Cadence.Never });
        var (sampled, _) = _runs.Train("sampled", Settings with { SampleEvery = Cadence.EverySteps(1) });

        Assert.Equal(SmallRun.LastTensors(silent), SmallRun.LastTensors(sampled));
    }

    [Theory]
    [InlineData("10")]
    [InlineData(null)]
    public void Resume_AtAStepWithASample_WritesTheSamplesOfAnUninterruptedRun(string? cadence)
    {
        var settings = Settings with { SampleEvery = cadence is null ? null : Cadence.Parse(cadence) };
        var (whole, _) = _runs.Train("whole", settings);
        var (stopped, _) = _runs.TrainWithStops("stopped", settings, 8, 10, 20, 27);
        var killed = _runs.TrainUntilKilled("killed", settings, 21);
        _runs.Resume("killed", settings);

        string expected = File.ReadAllText(whole.SamplesPath);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, File.ReadAllText(stopped.SamplesPath));
        Assert.Equal(expected, File.ReadAllText(killed.SamplesPath));
    }

    [Fact]
    public void Sample_FromStreamsSideBySide_GoesOnWithTheFirst()
    {
        var diary = new Diary();
        _runs.Train("run", Settings with { BatchSize = 5, CarryState = CarryState.Always }, observer: diary);

        Assert.Equal(4, diary.Samples.Count);
    }

    [Fact]
    public void TheUnknownSymbol_IsNeverWritten()
    {
        // Half of such a text is the unknown symbol, which would be written in its place.
        var rare = Corpus.FromText(
            "rare",
            string.Concat(Enumerable.Range(0x4E00, 300).Select(symbol => $"a{(char)symbol}")),
            new CorpusOptions { Preparation = new TextPreparation { MinCount = 2 } }
        );
        var diary = new Diary();
        _runs.Train("run", Settings with { LearningRate = 0.05 }, rare, diary);

        Assert.All(diary.Samples, sample => Assert.Equal(new string('a', 30), sample.Text));
    }

    private sealed class Diary : ITrainingObserver
    {
        private long _steps;

        public List<SampleReport> Samples { get; } = [];

        /// <summary>Steps told of when each sample came.</summary>
        public List<long> StepsBefore { get; } = [];

        public void OnStep(in TrainingProgress progress) => _steps = progress.Step;

        public void OnSampled(SampleReport report)
        {
            Samples.Add(report);
            StepsBefore.Add(_steps);
        }
    }
}
