using CharRnn.Checkpoints;
using CharRnn.Memory;
using CharRnn.Models;
using CharRnn.Sampling;
using CharRnn.Text;
using CharRnn.Threading;

namespace CharRnn.Training;

/// <summary>
/// Trains a language model on a text: window after window until a limit is reached, scoring, sampling and saving as it goes.
/// With the same text, settings and seed, and limits in steps or epochs, the model has the same bits for any number of threads,
/// and whether or not the run was stopped and resumed.
/// </summary>
/// <example>
/// <code>
/// var corpus = Corpus.Load(["my.txt"]);
/// using var trainer = Trainer.Start(corpus, new TrainingSettings { MaxTime = TimeSpan.FromMinutes(2) });
/// var result = trainer.Run();
/// Console.WriteLine($"{result.BestValLoss:F3} nats per character");
/// trainer.Model.Save("my.safetensors");
/// </code>
/// </example>
public sealed class Trainer : IDisposable
{
    private const int EvaluationStreams = 32;
    private const double SampleTemperature = 0.8;

    private readonly Corpus _corpus;
    private readonly TrainingSettings _settings;
    private readonly RunFolder? _run;
    private readonly RunConfiguration _configuration;
    private readonly CorpusSplit _split;
    private readonly Batcher _batcher;
    private readonly WorkerTeam _team;
    private readonly TrainingStep _step;
    private readonly Evaluator? _evaluator;
    // Only where nothing is saved: a run has them in its folder.
    private readonly Arena? _bestWeights;
    private readonly RunLog _log;
    private readonly RunSchedule _schedule;
    private readonly TrainingRecord _record;
    private readonly int[] _inputs, _targets, _prompt;
    private readonly List<string> _notes = [];
    private readonly Stack<IDisposable> _owned = new();
    private readonly long? _resumedAt;
    private TrainingClock _clock = new(TimeProvider.System);
    private StepResult _last;
    private double _lastRate;
    private bool _hasRun;

    private Trainer(Corpus corpus, TrainingSettings settings, RunFolder? run, string? command, RunConfiguration? resumed)
    {
        (_corpus, _settings, _run) = (corpus, settings, run);
        try
        {
            if (run is not null) Own(RunLock.Acquire(run));
            _log = new RunLog(run);
            _split = Split(corpus, settings, _notes);
            // What a run began with it goes on with, whatever the defaults have become.
            var (steps, streams) = resumed is null ? FitWindows() : (resumed.SeqLength, resumed.BatchSize);
            _batcher = settings.Sampling == WindowSampling.Stateful
                ? new StatefulBatcher(corpus.Ids, _split.Train, steps, streams, settings.Seed)
                : new RandomWindowBatcher(corpus.Ids, _split.Train, steps, streams, settings.Seed);
            if ((steps, streams) != (settings.SeqLength ?? TrainingSettings.DefaultSeqLength, settings.BatchSize ?? TrainingSettings.DefaultBatchSize))
                _notes.Add($"the text is small: windows are {streams} streams of {steps} steps.");
            (_inputs, _targets) = (new int[steps * streams], new int[steps * streams]);
            _prompt = EncodePrompt(corpus.Vocabulary, corpus.Preparation.Apply(settings.Prompt));

            var spec = settings.ModelSpec(corpus.Vocabulary.Count) with { ResetId = corpus.Vocabulary.BoundaryId };
            var corpusRecord = resumed?.Corpus ?? RunConfiguration.RecordOf(corpus);
            Model = Own(new LanguageModel(spec, corpus.Vocabulary, Initialisation.Parse(settings.Init, settings.ForgetBias), settings.Seed) { Provenance = ProvenanceOf(corpusRecord, settings), Preparation = corpus.Preparation });
            _team = Own(new WorkerTeam(settings.Threads ?? Model.UsefulThreads(streams)));
            _step = Own(new TrainingStep(Model.Layout, Model.Weights, steps, streams, Optimizer.Create(settings.Optimizer), ClipLimits.Of(settings), _team));
            if (_split.Validation.Length > 1) _evaluator = Own(new Evaluator(Model, (int)Math.Min(EvaluationStreams, _split.Validation.Length - 1), _team));
            else if (settings.Patience is not null) _notes.Add("nothing is held out for validation: --patience has nothing to go by.");
            if (run is null) _bestWeights = Own(new Arena(Model.Layout.Arena));

            _configuration = new RunConfiguration
            {
                Version = RunConfiguration.ThisVersion,
                Command = command,
                Corpus = corpusRecord,
                Settings = settings,
                SeqLength = steps,
                BatchSize = streams,
            };
            _record = resumed is null ? new TrainingRecord() : Restore();
            _resumedAt = resumed is null ? null : _record.Step;
            _schedule = new RunSchedule(settings, _batcher.WindowsPerEpoch, _record);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The model: while training its newest weights, after <see cref="Run"/> those that were kept. It is the trainer's own, and gone when that is disposed.</summary>
    public LanguageModel Model { get; }

    /// <summary>A new run.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="settings">The settings; those left out have their defaults.</param>
    /// <param name="run">Where to save; null saves nothing.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <exception cref="SettingsException">A setting cannot be used, or does not go with the text.</exception>
    /// <exception cref="CharRnnException">Another trainer has the folder, or it cannot be written.</exception>
    public static Trainer Start(Corpus corpus, TrainingSettings? settings = null, RunFolder? run = null, string? command = null)
    {
        settings ??= new TrainingSettings();
        settings.Validate();
        return new Trainer(corpus, settings.WithLimitFor(corpus.Ids.Length), run, command, resumed: null);
    }

    /// <summary>Goes on with a run from its last checkpoint: weights, optimiser, schedule, place in the text and carried state.</summary>
    /// <param name="corpus">The same text.</param>
    /// <param name="settings">The run's settings; limits and threads may differ.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="CorpusException">It is another text.</exception>
    /// <exception cref="ModelException">The run has no checkpoint, or one that does not fit.</exception>
    public static Trainer Resume(Corpus corpus, TrainingSettings settings, RunFolder run)
    {
        settings.Validate();
        var configuration = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        string encoding = LanguageModelFile.EncodingName(corpus.Vocabulary.Encoding);
        if (configuration.Corpus.Encoding != encoding)
            throw new CorpusException($"{corpus.Name} was read with --encoding {encoding}, and the run {run.Path} was trained with {configuration.Corpus.Encoding}; resume with the same.");
        if (configuration.Corpus.Preparation != corpus.Preparation)
            throw new CorpusException($"{corpus.Name} was read with {Shown(corpus.Preparation)}, and the run {run.Path} was trained with {Shown(configuration.Corpus.Preparation)}; resume with the same.");
        if (configuration.Corpus.Sha256 != corpus.Sha256)
        {
            throw new CorpusException(
                $"{corpus.Name} is not the text that {run.Path} was trained on (SHA-256 {corpus.Sha256[..12]}… instead of {configuration.Corpus.Sha256[..12]}…); resume with the same text, or start a new run.");
        }
        return new Trainer(corpus, settings, run, configuration.Command, configuration);
    }

    /// <summary>Trains until a limit is reached. A trainer runs once.</summary>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellation">Asks to stop; the run is saved first.</param>
    /// <exception cref="CharRnnException">The run cannot be saved; what was saved before is whole.</exception>
    public TrainingResult Run(ITrainingObserver? observer = null, CancellationToken cancellation = default)
    {
        if (_hasRun) throw new InvalidOperationException("this trainer has run; resume the run with a new one.");
        _hasRun = true;
        observer ??= new Unobserved();
        observer.OnStarted(Overview());
        _clock = new TrainingClock(TimeProvider.System);
        if (_resumedAt is null)
        {
            Save(isBest: false);
            // Last of all: a folder with a configuration is a run, and holds a model and a checkpoint from then on.
            _run?.WriteConfig(_configuration.ToJson());
        }
        StopReason? stop;
        while ((stop = _schedule.Stop(Seconds, cancellation.IsCancellationRequested)) is null)
        {
            if (!Advance(observer))
            {
                stop = StopReason.Diverged;
                break;
            }
        }
        return Finish(stop.Value, observer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_owned.TryPop(out var part)) part.Dispose();
    }

    private double Seconds => _record.SecondsBefore + _clock.Seconds;

    private T Own<T>(T part) where T : IDisposable
    {
        _owned.Push(part);
        return part;
    }

    private (int Steps, int Streams) FitWindows() => Batcher.FitTo(
        _split.Train.Length, _settings.SeqLength ?? TrainingSettings.DefaultSeqLength, _settings.SeqLength is not null,
        _settings.BatchSize ?? TrainingSettings.DefaultBatchSize, _settings.BatchSize is not null);

    /// <summary>One step, and whatever is due after it. False when training has diverged.</summary>
    private bool Advance(ITrainingObserver observer)
    {
        long step = _record.Step;
        bool restart = _batcher.Fill(step, _inputs, _targets);
        _lastRate = LearningRateSchedule.At(_settings, step, _schedule.Progress, _batcher.EpochOf(step));
        _last = _step.Run(_inputs, _targets, carryState: !restart, step + 1, _lastRate, 1.0 / _inputs.Length, _record.LossCeiling, _settings.Seed);
        if (!_last.Updated) return false;
        _record.Add(_last.Loss);
        _clock.Tick();
        _schedule.StepDone(_clock, Seconds);
        var progress = Progress();
        observer.OnStep(progress);

        if (_schedule.IsMetricsDue()) _log.AddMetrics("train", _record.SmoothedLoss!.Value, progress);
        bool isScored = _evaluator is not null && _schedule.IsEvaluationDue(Seconds);
        bool isSampled = _schedule.IsSampleDue(Seconds), isSaved = _schedule.IsSaveDue(Seconds);
        // An update can overflow though its gradients did not: such weights are neither scored nor sampled nor saved.
        if ((isScored || isSampled || isSaved) && !_step.HasUsableWeights()) return false;
        bool isBest = isScored && Evaluate(observer);
        if (isSampled) Sample(observer);
        if (isSaved || isBest) Save(isBest);
        return true;
    }

    private bool Evaluate(ITrainingObserver observer)
    {
        double loss = _evaluator!.Run(_corpus.Ids, _split.Validation).NatsPerChar;
        bool isBest = _record.AddValidation(loss);
        if (isBest) _bestWeights?.CopyFrom(Model.Weights);
        var progress = Progress();
        _log.AddMetrics("val", loss, progress);
        observer.OnEvaluated(new ValidationReport(progress, loss, isBest));
        return isBest;
    }

    private void Sample(ITrainingObserver observer)
    {
        var options = new SamplingOptions { Temperature = SampleTemperature, Seed = _settings.Seed };
        var report = new SampleReport(_record.Step, _settings.Prompt, SampleTemperature, new TextGenerator(Model).Generate(_prompt, _settings.SampleLength, options));
        _log.AddSample(report);
        observer.OnSampled(report);
    }

    /// <summary>Saves a checkpoint; and the model, when it is the best or nothing was scored yet that would tell.</summary>
    private void Save(bool isBest)
    {
        bool isKept = isBest || _record.BestLoss is null;
        if (isKept)
        {
            _record.BestStep = _record.Step;
            _bestWeights?.CopyFrom(Model.Weights);
        }
        if (_run is null) return;
        double secondsBefore = _record.SecondsBefore;
        _record.SecondsBefore = Seconds;
        var (tensors, metadata) = TrainingCheckpoint.Write(Model, _step, _record);
        _record.SecondsBefore = secondsBefore;
        _run.SaveCheckpoint(_record.Step, tensors, metadata);
        if (isKept)
        {
            _run.MarkBest(_record.Step);
            _run.SaveModel(LanguageModelFile.Tensors(Model), LanguageModelFile.Metadata(Model));
        }
        _run.PruneCheckpoints(keep: 0);
    }

    private TrainingResult Finish(StopReason stop, ITrainingObserver observer)
    {
        if (!_step.HasUsableWeights()) stop = StopReason.Diverged;
        bool isHealthy = stop != StopReason.Diverged, isWhole = isHealthy && stop != StopReason.Interrupted;
        if (isHealthy)
        {
            bool isBest = isWhole && _evaluator is not null && _record.LastEvaluatedStep != _record.Step && Evaluate(observer);
            Save(isBest);
        }
        _run?.WriteConfig((_configuration with { Plan = _schedule.PlanAsRun(stop) }).ToJson());
        double seconds = Seconds;
        TakeBackBest();
        double? valLoss = isWhole ? Score(_split.Validation, "val") : _record.BestLoss;
        double? testLoss = isWhole ? Score(_split.Test, "test") : null;
        return new TrainingResult(
            _record.Step, _record.Step * _inputs.Length, seconds, _record.SmoothedLoss, valLoss, _record.BestLoss, _record.BestStep, testLoss, stop);
    }

    /// <summary>Training is over, and its buffers make room for reading.</summary>
    private void TakeBackBest()
    {
        _step.Dispose();
        if (_bestWeights is not null)
        {
            Model.Weights.CopyFrom(_bestWeights);
            return;
        }
        using var best = LanguageModel.Load(_run!.ModelPath);
        Model.Weights.CopyFrom(best.Weights);
    }

    /// <summary>The kept model's loss on a part, read in one stream; null for an empty part.</summary>
    private double? Score(IdRange part, string split)
    {
        if (part.Length < 2) return null;
        using var evaluator = new Evaluator(Model, streams: 1, _team);
        double loss = evaluator.Run(_corpus.Ids, part).NatsPerChar;
        if (split == "test") _log.AddMetrics(split, loss, Progress());
        return loss;
    }

    private TrainingRecord Restore()
    {
        long last = _run!.LastStep ?? throw new ModelException($"{_run.Path} has no checkpoint to resume from; start a new run.");
        var record = TrainingCheckpoint.Read(_run.ReadCheckpoint(last), _run.CheckpointPath(last), Model, _step);
        long best = record.BestLoss is null ? last : record.BestStep;
        using (var bestModel = LanguageModelFile.Read(_run.ReadCheckpoint(best), _run.CheckpointPath(best)))
        {
            // A kill may have come between a better checkpoint and what is made of it.
            if (_run.BestStep != best) _run.MarkBest(best);
            _run.SaveModel(LanguageModelFile.Tensors(bestModel), LanguageModelFile.Metadata(bestModel));
        }
        int dropped = _run.CutMetricsBackTo(last) + _run.CutSamplesBackTo(last);
        if (dropped > 0) _notes.Add($"{dropped} lines of metrics and samples from after step {last} were dropped: those steps are done again.");
        return record;
    }

    private TrainingProgress Progress() => new(
        _record.Step, (double)_record.Step / _batcher.WindowsPerEpoch, _record.SmoothedLoss ?? 0, _lastRate, _last.GradientNorm,
        _clock.StepsPerSecond * _inputs.Length, Seconds, _schedule.ProgressShown, _schedule.SecondsLeft(_clock, Seconds), _record.BestLoss);

    private TrainingOverview Overview() => new(
        _corpus.Ids.Length, _corpus.Vocabulary.Count, _split.Train.Length, _split.Validation.Length, _split.Test.Length,
        Model.ParameterCount, Model.Spec, _batcher.Steps, _batcher.Streams, _team.Count, _batcher.WindowsPerEpoch, _resumedAt, _notes);

    private static CorpusSplit Split(Corpus corpus, TrainingSettings settings, List<string> notes)
    {
        const int fewestWorthScoring = 100;
        double validation = settings.ValFrac ?? TrainingSettings.DefaultValFrac;
        if (settings.ValFrac is null && corpus.Ids.Length * validation < fewestWorthScoring)
        {
            validation = 0;
            notes.Add("the text is tiny: nothing is held out for validation.");
        }
        var split = CorpusSplit.Contiguous(corpus.Ids.Length, validation, settings.TestFrac);
        return corpus.IsRecords ? RecordSplit.Align(split, corpus.Ids, corpus.Vocabulary.BoundaryId!.Value) : split;
    }

    private static int[] EncodePrompt(Vocabulary vocabulary, string prompt)
    {
        int[] ids = vocabulary.Encode(prompt, skipUnknown: vocabulary.UnknownId is null, out int skipped);
        if (skipped == 0) return ids;
        var lacking = prompt.EnumerateRunes().FirstOrDefault(rune => vocabulary.Encode(rune.ToString(), skipUnknown: true, out int lacks).Length >= 0 && lacks > 0);
        throw new SettingsException($"--prompt has {SymbolNames.WithCode(lacking.Value, TextEncoding.Utf8)}, which the text lacks; samples can begin with the text's own characters alone.");
    }

    private static string Shown(TextPreparation preparation) => preparation.ToString() is { Length: > 0 } flags ? flags : "no flag that changes it";

    private static Dictionary<string, string> ProvenanceOf(CorpusRecord corpus, TrainingSettings settings) => new()
    {
        ["charrnn_version"] = RunConfiguration.ThisVersion,
        ["corpus"] = corpus.Name,
        ["corpus_sha256"] = corpus.Sha256,
        ["corpus_characters"] = corpus.Characters.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["seed"] = settings.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private sealed class Unobserved : ITrainingObserver;
}
