using System.Diagnostics;
using CharRnn.Cli.Rendering;
using CharRnn.Networks;
using CharRnn.Training;
using static System.FormattableString;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>--dry-run</c>: forecast of memory, steps and time. The network is made and a few of its steps are measured, in
/// memory alone.
/// </summary>
internal sealed record RunForecast
{
    private const string MaxTimeLimit = "max_time",
        MaxStepsLimit = "max_steps",
        MaxEpochsLimit = "max_epochs";

    /// <summary>The cell's name.</summary>
    public required string Cell { get; init; }

    /// <summary>The network in a few words: <c>lstm 2×256</c>.</summary>
    public required string Network { get; init; }

    /// <summary>The training and held-out parts, in a few words.</summary>
    public required string Data { get; init; }

    /// <summary>Number of trained parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Number of moments that the optimizer keeps for each parameter.</summary>
    public required int Moments { get; init; }

    /// <summary>About how many activations and gradients of activations a step has.</summary>
    public required long Activations { get; init; }

    /// <summary>B: streams of a window, or records of the largest batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>T: steps of a window; null where batches are as long as their records.</summary>
    public int? SeqLength { get; init; }

    public required long StepsPerEpoch { get; init; }

    public required int Threads { get; init; }

    /// <summary>The median of the steps that were measured.</summary>
    public required double SecondsPerStep { get; init; }

    public required int MeasuredSteps { get; init; }

    /// <summary>Characters of a step; null where steps differ.</summary>
    public long? CharactersPerStep => (long?)SeqLength * BatchSize;

    /// <summary>The limit that ends training first; null where it goes on until it is stopped.</summary>
    public required string? Limit { get; init; }

    /// <summary>Number of steps of the run.</summary>
    public required long? Steps { get; init; }

    public double? Epochs => (double?)Steps / StepsPerEpoch;

    /// <summary>
    /// Expected time; evaluations, samples and checkpoints come on top unless time is the limit.
    /// </summary>
    public double? Seconds => Steps * SecondsPerStep;

    public long WeightBytes => sizeof(float) * Parameters;

    public long MomentBytes => Moments * WeightBytes;

    public long ActivationBytes => sizeof(float) * Activations;

    public long MemoryBytes => (2 * WeightBytes) + MomentBytes + ActivationBytes;

    /// <summary>The forecast of a language model's run.</summary>
    /// <param name="settings">The settings of the run.</param>
    /// <param name="texts">Texts that it is trained on.</param>
    /// <param name="from">The model it begins from; null for none.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    /// <exception cref="SettingsException">A setting does not go with the text.</exception>
    public static RunForecast Of(
        TrainingSettings settings,
        TrainTexts texts,
        StartingModel? from,
        CancellationToken cancellationToken
    )
    {
        // Without any limit, so that measuring ends as an interruption, after which nothing is scored.
        var measured = settings with
        {
            MaxSteps = null,
            MaxEpochs = null,
            MaxTime = null,
            Replay = null,
            Patience = null,
            UntilStopped = true,
            EvalEvery = Cadence.Never,
            SaveEvery = Cadence.Never,
            SampleEvery = Cadence.Never,
        };
        using var timer = new StepTimer(cancellationToken);
        var material = new TrainingMaterial { Validation = texts.Validation, InitFrom = from };
        using (var trainer = Trainer.Start(texts.Corpus, measured, run: null, command: null, material))
            trainer.Run(timer, timer.Enough);
        cancellationToken.ThrowIfCancellationRequested();
        var overview = timer.Text!;
        var spec = overview.Spec;
        long perPosition =
            spec.NumLayers * ActivationsOf(spec.Cell, spec.HiddenSize) + spec.EmbeddingSize + spec.VocabularySize;
        var forecast = Of(
            settings.WithLimitFor(overview.Characters),
            timer,
            $"{spec.Cell} {spec.NumLayers}×{spec.HiddenSize}",
            perPosition * overview.SeqLength * overview.BatchSize
        ) with
        {
            SeqLength = overview.SeqLength,
        };
        return settings.Replay is [.., var last]
            ? forecast with
            {
                Limit = MaxStepsLimit,
                Steps = last.PlannedSteps,
            }
            : forecast;
    }

    /// <summary>The forecast of a classifier's run.</summary>
    /// <inheritdoc cref="Of(TrainingSettings, TrainTexts, StartingModel?, CancellationToken)"/>
    public static RunForecast Of(
        ClassifierSettings settings,
        LabeledRecords records,
        ClassifierMaterial material,
        CancellationToken cancellationToken
    )
    {
        var measured = settings with { MaxSteps = long.MaxValue, MaxEpochs = null, MaxTime = null, Patience = null };
        using var timer = new StepTimer(cancellationToken);
        using (var trainer = ClassifierTrainer.Start(records, measured, material: material))
            trainer.Run(timer, timer.Enough);
        cancellationToken.ThrowIfCancellationRequested();
        var overview = timer.Records!;
        var spec = overview.Spec;
        long perPosition =
            spec.NumLayers * spec.Directions * ActivationsOf(spec.Cell, spec.HiddenSize) + spec.EmbeddingSize;
        int longest = records.Records.Max(record => record.Text.Length);
        return Of(
            settings.WithLimitFor(overview.StepsPerEpoch),
            timer,
            $"{spec.Cell} {spec.NumLayers}×{spec.HiddenSize}{(spec.Bidirectional ? ", bidirectional" : "")}",
            perPosition * longest * overview.BatchSize
        );
    }

    /// <summary>The forecast of a run of either kind.</summary>
    /// <param name="limited">The settings, with a limit where there is one.</param>
    /// <param name="timer">The measured steps.</param>
    /// <param name="network">The network in a few words.</param>
    /// <param name="activations">About how many activations and gradients of activations a step has.</param>
    private static RunForecast Of(RunSettings limited, StepTimer timer, string network, long activations)
    {
        var start = timer.Start!;
        var (limit, steps) = FirstOf(limited, start.StepsPerEpoch, timer.Median);
        return new RunForecast
        {
            Cell = limited.Cell,
            Network = network,
            Data = start.Data,
            Parameters = start.Parameters,
            Moments = MomentsOf(limited.Optimizer),
            Activations = activations,
            BatchSize = start.BatchSize,
            StepsPerEpoch = start.StepsPerEpoch,
            Threads = start.Threads,
            SecondsPerStep = timer.Median,
            MeasuredSteps = timer.Count,
            Limit = limit,
            Steps = steps,
        };
    }

    /// <summary>Prints it.</summary>
    public void Write(Shell shell, bool isJson)
    {
        if (isJson)
            WriteJson(shell.Output);
        else
            WriteScreen(shell.Output);
    }

    private static int MomentsOf(OptimizerSettings optimizer) =>
        optimizer.Name switch
        {
            "sgd" => 0,
            "adagrad" or "rmsprop" => 1,
            _ => 2,
        };

    // Gates, state and output of one layer at one position, and their gradients.
    private static long ActivationsOf(string cell, int hiddenSize) =>
        2L * (CellCatalog.Get(cell).Gates + 2) * hiddenSize;

    private static (string? Limit, long? Steps) FirstOf(RunSettings settings, long stepsPerEpoch, double secondsPerStep)
    {
        (string Limit, double? Steps)[] limits =
        [
            (MaxStepsLimit, settings.MaxSteps),
            (MaxEpochsLimit, settings.MaxEpochs * stepsPerEpoch),
            (MaxTimeLimit, settings.MaxTime?.TotalSeconds / secondsPerStep),
        ];
        foreach (
            var (limit, steps) in limits.Where(limit => limit.Steps is < long.MaxValue).OrderBy(limit => limit.Steps)
        )
            return (limit, (long)Math.Ceiling(steps!.Value));
        return (null, null);
    }

    private void WriteScreen(TextWriter output)
    {
        Line("network", $"{Network}, {Quantity.Count(Parameters)} parameters");
        Line("data", Data);
        Line(
            "steps",
            SeqLength is { } steps
                ? Invariant($"{BatchSize} streams of {steps} characters, {StepsPerEpoch:#,0} steps an epoch")
                : Invariant($"batches of {BatchSize} records, {StepsPerEpoch:#,0} steps an epoch")
        );
        Line(
            "memory",
            $"about {Quantity.Bytes(MemoryBytes)}: weights {Quantity.Bytes(WeightBytes)}, "
                + $"gradients {Quantity.Bytes(WeightBytes)}, moments {Quantity.Bytes(MomentBytes)}, "
                + $"activations {Quantity.Bytes(ActivationBytes)}"
        );
        string speed = CharactersPerStep is { } characters
            ? Invariant($", {characters / SecondsPerStep:#,0} characters/s")
            : "";
        Line(
            "speed",
            Invariant($"{SecondsPerStep * 1000:0.00} ms a step{speed} on {Quantity.Count(Threads, "thread")} ")
                + $"(median of {Quantity.Count(MeasuredSteps, "step")})"
        );
        if (Steps is not { } all)
        {
            Line("run", "until it is stopped");
            return;
        }
        string onTop = Limit == MaxTimeLimit ? "" : ", evaluations and checkpoints not counted";
        Line(
            "run",
            Invariant($"{Quantity.Count(all, "step")}, {Epochs:0.0} epochs, ")
                + $"about {Quantity.Time(TimeSpan.FromSeconds(Seconds!.Value))}{onTop}"
        );

        void Line(string what, string value) => output.WriteLine($"{what, -8} {value}");
    }

    private void WriteJson(TextWriter output) =>
        JsonLine.Write(
            output,
            json =>
            {
                json.WriteBoolean("dry_run", true);
                json.WriteString("cell", Cell);
                json.WriteNumber("params", Parameters);
                json.WriteNumber("batch_size", BatchSize);
                JsonLine.WriteNumber(json, "seq_length", SeqLength);
                json.WriteNumber("steps_per_epoch", StepsPerEpoch);
                json.WriteNumber("threads", Threads);
                json.WriteNumber("memory_bytes", MemoryBytes);
                json.WriteNumber("weight_bytes", WeightBytes);
                json.WriteNumber("gradient_bytes", WeightBytes);
                json.WriteNumber("moment_bytes", MomentBytes);
                json.WriteNumber("activation_bytes", ActivationBytes);
                json.WriteNumber("measured_steps", MeasuredSteps);
                json.WriteNumber("ms_per_step", Math.Round(1000 * SecondsPerStep, 4));
                json.WriteString("limit", Limit);
                JsonLine.WriteNumber(json, "steps", Steps);
                JsonLine.WriteNumber(json, "epochs", Epochs is { } epochs ? Math.Round(epochs, 4) : null);
                JsonLine.WriteNumber(json, "seconds", Seconds is { } seconds ? Math.Round(seconds, 3) : null);
            }
        );

    /// <summary>Facts of a run of either kind, before its first step.</summary>
    private sealed record RunStart(string Data, long Parameters, int BatchSize, long StepsPerEpoch, int Threads);

    /// <summary>Measures steps for about a second, and asks to stop then.</summary>
    private sealed class StepTimer : ITrainingObserver, IDisposable
    {
        private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);
        private const int WarmUpSteps = 2,
            MinSteps = 2;

        private readonly CancellationTokenSource _enough;
        private readonly List<double> _times = [];
        private long _begun,
            _last;

        public StepTimer(CancellationToken cancellationToken) =>
            _enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        public CancellationToken Enough => _enough.Token;

        public TrainingOverview? Text { get; private set; }

        public ClassifierOverview? Records { get; private set; }

        public RunStart? Start { get; private set; }

        /// <summary>Number of measured steps.</summary>
        public int Count => Measured.Count;

        /// <summary>
        /// The median time of a step, in seconds. What comes between some of them, as scoring after an epoch, does not
        /// count.
        /// </summary>
        public double Median =>
            Measured is [_, ..] measured ? measured.Order().ElementAt(measured.Count / 2) : double.PositiveInfinity;

        // The first steps wait for code to be compiled and memory to be touched.
        private List<double> Measured => _times.Count > WarmUpSteps ? _times[WarmUpSteps..] : _times;

        public void OnStarted(TrainingOverview overview)
        {
            Text = overview;
            string data = Parts(
                "characters",
                overview.TrainCharacters,
                overview.ValidationCharacters,
                overview.TestCharacters
            );
            Begin(new(data, overview.Parameters, overview.BatchSize, overview.StepsPerEpoch, overview.Threads));
        }

        public void OnStarted(ClassifierOverview overview)
        {
            Records = overview;
            string data = Parts("records", overview.TrainRecords, overview.ValidationRecords, overview.TestRecords);
            Begin(new(data, overview.Parameters, overview.BatchSize, overview.StepsPerEpoch, overview.Threads));
        }

        public void Dispose() => _enough.Dispose();

        public void OnStep(in TrainingProgress progress)
        {
            long now = Stopwatch.GetTimestamp();
            _times.Add(Stopwatch.GetElapsedTime(_last, now).TotalSeconds);
            _last = now;
            if (_times.Count >= MinSteps && Stopwatch.GetElapsedTime(_begun, now) > Duration)
                _enough.Cancel();
        }

        private void Begin(RunStart start)
        {
            Start = start;
            _begun = _last = Stopwatch.GetTimestamp();
        }

        private static string Parts(string unit, long train, long validation, long test) =>
            $"{Quantity.Count(train)} {unit} to train on, {Quantity.Count(validation)} for validation, "
            + $"{Quantity.Count(test)} for the test";
    }
}
