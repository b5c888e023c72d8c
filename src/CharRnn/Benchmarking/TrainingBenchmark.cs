using System.Diagnostics;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Benchmarking;

/// <summary>Phase of a benchmark.</summary>
internal enum BenchmarkPhase
{
    /// <summary>Training steps.</summary>
    Training,

    /// <summary>Writing, in one stream and in several.</summary>
    Sampling,
}

/// <summary>Least, middle and greatest of some measurements.</summary>
/// <param name="Min">The least.</param>
/// <param name="Median">The middle one.</param>
/// <param name="Max">The greatest.</param>
internal readonly record struct Spread(double Min, double Median, double Max)
{
    /// <summary>The spread of some numbers, at least one.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new(sorted[0], sorted[sorted.Length / 2], sorted[^1]);
    }
}

/// <summary>Speed of one configuration on this machine.</summary>
/// <param name="Threads">Worker threads.</param>
/// <param name="Parameters">Number of trained parameters.</param>
/// <param name="SecondsPerStep">Time of a training step, at the median speed.</param>
/// <param name="CharsPerSecond">Characters trained on each second.</param>
/// <param name="Gflops">
/// 10⁹ floating-point operations a second, at the median speed: six for each weight that a character uses, the first
/// layer's table not counted.
/// </param>
/// <param name="PeakGflops">Median rate of this machine's multiply-adds on as many threads, in turn with the steps.</param>
/// <param name="PeakFraction">The share of the peak: of each slice beside the peak before and after it.</param>
/// <param name="SampleCharsPerSecond">Characters written each second by one stream.</param>
/// <param name="BatchSampleCharsPerSecond">The same by 64 streams side by side.</param>
/// <param name="ResidentBytes">The process's resident memory while it trained.</param>
internal sealed record TrainingBenchmarkResult(
    int Threads,
    long Parameters,
    double SecondsPerStep,
    Spread CharsPerSecond,
    double Gflops,
    double PeakGflops,
    Spread PeakFraction,
    double SampleCharsPerSecond,
    double BatchSampleCharsPerSecond,
    long ResidentBytes
);

/// <summary>
/// Measures training steps and sampling on ids drawn at random: the speed does not depend on the text, but for the
/// number of distinct symbols in a window.
/// </summary>
internal sealed class TrainingBenchmark(ModelSpec spec, TrainingSettings settings)
{
    private const int WarmUpSteps = 3;
    private const int MinSteps = 5;
    private const int SamplingStreams = 64;

    // Steps and the peak are measured in turn, in slices: a neighbor on the machine, or a change of its clock, then
    // counts against neither.
    private const int MinSlices = 5;
    private const int SlicesInDuration = 20;
    private static readonly TimeSpan MaxSlice = TimeSpan.FromSeconds(0.2);
    private const long PeakRounds = 2_000_000;

    private readonly int _steps = settings.SeqLength ?? settings.DefaultSeqLength;
    private readonly int _streams = settings.BatchSize ?? settings.DefaultBatchSize;

    /// <summary>Measures.</summary>
    /// <param name="threads">Worker threads.</param>
    /// <param name="duration">About how long to train; sampling takes half as long again.</param>
    /// <param name="progress">Receives what is measured, often; null for none.</param>
    /// <param name="cancellationToken">Stops early with an <see cref="OperationCanceledException"/>.</param>
    public TrainingBenchmarkResult Run(
        int threads,
        TimeSpan duration,
        IProgress<BenchmarkPhase>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var vocabulary = new Vocabulary(Enumerable.Range(0, spec.VocabularySize).Select(SymbolOf), TextEncoding.Utf8);
        using var model = new LanguageModel(
            spec,
            vocabulary,
            Initialization.Parse(settings.Init, settings.ForgetBias),
            settings.Seed
        );
        using var team = new WorkerTeam(threads);
        var (slices, residentBytes) = MeasureSlices(model, team, duration, progress, cancellationToken);
        double characters = (double)_steps * _streams,
            flop = FlopPerCharacter(spec);
        var speed = Spread.Of(slices.Select(slice => characters / slice.SecondsPerStep));
        progress?.Report(BenchmarkPhase.Sampling);
        return new TrainingBenchmarkResult(
            threads,
            model.ParameterCount,
            characters / speed.Median,
            speed,
            flop * speed.Median / 1e9,
            Spread.Of(slices.Select(slice => slice.PeakGflops)).Median,
            Spread.Of(slices.Select(slice => flop * characters / slice.SecondsPerStep / 1e9 / slice.PeakGflops)),
            MeasureSampling(model, 1, 1, duration / 4, cancellationToken),
            MeasureSampling(model, SamplingStreams, threads, duration / 4, cancellationToken),
            residentBytes
        );
    }

    /// <summary>
    /// Floating-point operations that training on one character takes: forward, and the gradients of inputs and
    /// weights, two each for every weight used.
    /// </summary>
    public static double FlopPerCharacter(ModelSpec spec)
    {
        double weights = (double)spec.OutputSize * spec.VocabularySize;
        for (int layer = 0; layer < spec.NumLayers; layer++)
        {
            weights +=
                (double)spec.CellKind.Gates
                * spec.HiddenSize
                * (((INetworkSpec)spec).FeedbackSize + (layer == 0 ? 0 : spec.OutputSize));
            weights += (double)spec.HiddenSize * spec.ProjectionSize;
        }
        return 6 * weights;
    }

    private static int SymbolOf(int id) => id < 0xD800 ? id : id + 0x800;

    private (List<Slice> Slices, long ResidentBytes) MeasureSlices(
        LanguageModel model,
        WorkerTeam team,
        TimeSpan duration,
        IProgress<BenchmarkPhase>? progress,
        CancellationToken cancellationToken
    )
    {
        using var pass = new LanguageModelPass(model.Layout, model.Weights, _steps, _streams, team);
        using var step = new TrainingStep(pass, Optimizer.Create(settings.Optimizer), ClipLimits.Of(settings), team);
        int[] inputs = new int[_steps * _streams],
            targets = new int[inputs.Length];
        long number = 0;
        for (int i = 0; i < WarmUpSteps; i++)
            MeasureStep();

        var sliceTime = duration / SlicesInDuration < MaxSlice ? duration / SlicesInDuration : MaxSlice;
        var slices = new List<Slice>();
        var total = Stopwatch.StartNew();
        double peak = MeasurePeak(team);
        while (slices.Count < MinSlices || total.Elapsed < duration)
        {
            int steps = 0;
            double seconds = 0;
            for (; steps == 0 || seconds < sliceTime.TotalSeconds; steps++)
                seconds += MeasureStep();
            double peakAfter = MeasurePeak(team);
            slices.Add(new Slice(seconds / steps, (peak + peakAfter) / 2));
            peak = peakAfter;
        }
        return (slices, Environment.WorkingSet);

        double MeasureStep()
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(BenchmarkPhase.Training);
            FillWithNoise(++number, inputs, targets);
            long start = Stopwatch.GetTimestamp();
            pass.Prepare(inputs, targets, carryState: number > 1, 1.0 / inputs.Length, settings.Seed, number);
            step.Run(number, learningRate: 1e-4, lossCeiling: double.PositiveInfinity);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static double MeasureSampling(
        LanguageModel model,
        int streams,
        int threads,
        TimeSpan duration,
        CancellationToken cancellationToken
    )
    {
        using var generator = new BatchGenerator(model, prompt: [], new SamplingOptions(), streams, threads: threads);
        for (int step = 0; step < WarmUpSteps; step++)
            generator.Next();
        long steps = 0;
        var time = Stopwatch.StartNew();
        for (; steps < MinSteps || time.Elapsed < duration; steps++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            generator.Next();
        }
        return steps * streams / time.Elapsed.TotalSeconds;
    }

    /// <summary>The rate of all the team's threads together, in 10⁹ operations a second.</summary>
    private static double MeasurePeak(WorkerTeam team)
    {
        var spin = new PeakSpin(team.Count);
        bool wasAlone = team.IsAlone;
        team.IsAlone = false;
        team.Run(spin);
        team.IsAlone = wasAlone;
        return spin.Rates.Sum() / 1e9;
    }

    private void FillWithNoise(long number, Span<int> inputs, Span<int> targets)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = CounterRandom.Below(
                CounterRandom.Draw(settings.Seed, RandomPurpose.RandomWindow, (ulong)number, 2 * (ulong)i),
                spec.VocabularySize
            );
            targets[i] = CounterRandom.Below(
                CounterRandom.Draw(settings.Seed, RandomPurpose.RandomWindow, (ulong)number, 2 * (ulong)i + 1),
                spec.VocabularySize
            );
        }
    }

    /// <summary>Some steps, and the peak beside them.</summary>
    /// <param name="SecondsPerStep">Mean time of a step: one that is held up counts.</param>
    /// <param name="PeakGflops">Mean of the peak before and after.</param>
    private readonly record struct Slice(double SecondsPerStep, double PeakGflops);

    private sealed class PeakSpin(int workers) : ITeamWork
    {
        /// <summary>Floating-point operations a second of each worker, from its own beginning on.</summary>
        public double[] Rates { get; } = new double[workers];

        public void Execute(int worker)
        {
            long start = Stopwatch.GetTimestamp();
            double operations = FmaPeak.Run(PeakRounds);
            Rates[worker] = operations / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}

/// <summary>
/// Presets as they are measured. Speed depends on the cell, the sizes, the window and the optimiser alone, so nothing
/// else of them is set, and where other programs are known for their figures at another size, that is what is measured.
/// </summary>
internal static class PresetBenchmarks
{
    /// <summary>The presets that are measured by default.</summary>
    public static IReadOnlyList<Preset<TrainingSettings>> Defaults { get; } =
    [
        .. (
            (string[])
                [Presets.MinCharRnn, "char-rnn", "gru-lm", "gru-lm-128", "residual-gru", "paul-graham", "shakespeare"]
        ).Select(name => Presets.Find(name)!),
    ];

    /// <summary>The network, the window and the optimiser of a preset; without dropout.</summary>
    public static TrainingSettings SettingsOf(Preset<TrainingSettings> preset)
    {
        var settings = preset.Settings;
        var measured = new TrainingSettings
        {
            Cell = settings.Cell,
            NumLayers = settings.NumLayers,
            HiddenSize = settings.HiddenSize,
            EmbeddingSize = settings.EmbeddingSize,
            Residual = settings.Residual,
            DefaultBatchSize = settings.DefaultBatchSize,
            DefaultSeqLength = settings.DefaultSeqLength,
            Optimizer = settings.Optimizer,
            GradClip = settings.GradClip,
            GradClipNorm = settings.GradClipNorm,
            Dropout = 0,
            OutputDropout = 0,
        };
        return preset.Name switch
        {
            "residual-gru" => measured with { HiddenSize = 128, EmbeddingSize = 128 },
            "paul-graham" => measured with { DefaultBatchSize = 50, DefaultSeqLength = 50 },
            _ => measured,
        };
    }
}
