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
    private const double SampleTemperature = 0.8;

    private readonly Corpus _corpus;
    private readonly TrainingSettings _settings;
    private readonly RunFolder? _run;
    private readonly RunConfiguration _configuration;
    private readonly TextParts _parts;
    private readonly SymbolIds _validationIds;
    private readonly CorpusPart _validation;
    // What of the validation part is scored while training.
    private readonly IReadOnlyList<IdRange> _scored;
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
    private GradientHealth _health;
    private double _lastRate;
    private bool _hasRun;

    private Trainer(Corpus corpus, TrainingSettings settings, RunFolder? run, string? command, TrainingMaterial material, RunConfiguration? resumed)
    {
        (_corpus, _settings, _run) = (corpus, settings, run);
        try
        {
            if (run is not null) Own(RunLock.Acquire(run));
            _log = new RunLog(run);
            _notes.AddRange(material.Notes);
            // What a run began with it goes on with, whatever the defaults have become.
            _parts = TextParts.Of(corpus, settings, resumed is null ? null : (resumed.SeqLength, resumed.BatchSize), _notes);
            var (steps, streams) = (_parts.Steps, _parts.Streams);
            _batcher = _parts.MakeBatcher(corpus.Ids, settings);
            (_inputs, _targets) = (new int[steps * streams], new int[steps * streams]);
            _prompt = EncodePrompt(corpus.Vocabulary, corpus.Preparation.Apply(settings.Prompt));
            (_validationIds, _validation) = ValidationOf(corpus, _parts.Split.Validation, material.Validation);
            _scored = PartScorer.PiecesInTraining(_validation, settings.EvalChars);

            _configuration = new RunConfiguration
            {
                Version = RunConfiguration.ThisVersion,
                Command = command,
                Corpus = resumed?.Corpus ?? RunConfiguration.RecordOf(corpus),
                Validation = resumed?.Validation ?? (material.Validation is null ? null : RunConfiguration.RecordOf(material.Validation)),
                InitFrom = resumed?.InitFrom ?? material.InitFrom?.Record,
                Baselines = resumed?.Baselines ?? material.Baselines,
                Settings = settings,
                SeqLength = steps,
                BatchSize = streams,
            };
            var spec = settings.ModelSpec(corpus.Vocabulary.Count) with { ResetId = corpus.Vocabulary.BoundaryId };
            Model = Own(new LanguageModel(spec, corpus.Vocabulary, Initialisation.Parse(settings.Init, settings.ForgetBias), settings.Seed) { Provenance = _configuration.Provenance(), Preparation = corpus.Preparation });
            if (material.InitFrom is { } from)
            {
                WeightTransfer.Copy(from.Model, Model);
                _notes.AddRange(from.NotesOn(corpus));
            }
            _team = Own(new WorkerTeam(settings.Threads ?? Model.UsefulThreads(streams)));
            _step = Own(new TrainingStep(Model.Layout, Model.Weights, steps, streams, Optimizer.Create(settings.Optimizer), ClipLimits.Of(settings), _team));
            if (_validation.Pairs > 0) _evaluator = Own(new Evaluator(Model, Math.Min(_scored.Count, PartScorer.Streams), _team));
            else if (settings.Patience is not null) _notes.Add("nothing is held out for validation: --patience has nothing to go by.");
            if (run is null) _bestWeights = Own(new Arena(Model.Layout.Arena));

            _record = resumed is null ? new TrainingRecord() : Restore();
            _record.SlowLoss ??= Math.Log(spec.VocabularySize);
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

    /// <summary>The settings.</summary>
    public TrainingSettings Settings => _settings;

    /// <summary>A new run.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="settings">The settings; those left out have their defaults.</param>
    /// <param name="run">Where to save; null saves nothing.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <param name="material">What the run is given besides: a text to validate on, a model to begin from.</param>
    /// <exception cref="SettingsException">A setting cannot be used, or does not go with the text.</exception>
    /// <exception cref="CharRnnException">Another trainer has the folder, or it cannot be written.</exception>
    public static Trainer Start(Corpus corpus, TrainingSettings? settings = null, RunFolder? run = null, string? command = null, TrainingMaterial? material = null)
    {
        settings ??= new TrainingSettings();
        settings.Validate();
        return new Trainer(corpus, settings.WithLimitFor(corpus.Ids.Length), run, command, material ?? new TrainingMaterial(), resumed: null);
    }

    /// <summary>Goes on with a run from its last checkpoint: weights, optimiser, schedule, place in the text and carried state.</summary>
    /// <param name="corpus">The same text.</param>
    /// <param name="settings">The run's settings; limits and threads may differ.</param>
    /// <param name="run">The run.</param>
    /// <param name="validation">The same text to validate on, where the run has one of its own.</param>
    /// <exception cref="CorpusException">It is another text.</exception>
    /// <exception cref="ModelException">The run has no checkpoint, or one that does not fit.</exception>
    public static Trainer Resume(Corpus corpus, TrainingSettings settings, RunFolder run, Corpus? validation = null)
    {
        settings.Validate();
        var configuration = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        RequireSame(corpus, configuration.Corpus, run, "was trained");
        if (configuration.Validation is null && validation is not null)
            throw new SettingsException($"{run.Path} validates on a part of the text it is trained on; leave {validation.Name} out.");
        if (configuration.Validation is { } record)
            RequireSame(validation ?? throw new SettingsException($"{run.Path} validates on a text of its own, {record.Name}; it is needed to resume."), record, run, "validates");
        return new Trainer(corpus, settings, run, configuration.Command, new TrainingMaterial { Validation = validation }, configuration);
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

    /// <summary>What each position's loss counts in the gradients.</summary>
    private double LossScale => 1.0 / (_settings.LossReduction == LossReduction.Sum ? _batcher.Streams : _inputs.Length);

    private T Own<T>(T part) where T : IDisposable
    {
        _owned.Push(part);
        return part;
    }

    /// <summary>One step, and whatever is due after it. False when training has diverged.</summary>
    private bool Advance(ITrainingObserver observer)
    {
        long step = _record.Step;
        bool restart = _batcher.Fill(step, _inputs, _targets);
        if (_settings.SampleFrom == SampleStart.State && _schedule.IsSampleDue(Seconds) && !SampleFromState(observer, restart)) return false;
        _lastRate = LearningRateSchedule.At(_settings, step, _schedule.Progress, _batcher.EpochOf(step));
        _step.MeasuresSaturation = _schedule.WillMetricsBeDue();
        _last = _step.Run(_inputs, _targets, carryState: !restart, step + 1, _lastRate, LossScale, _record.LossCeiling, _settings.Seed);
        if (!_last.Updated) return false;
        _record.Add(_last.Loss);
        _clock.Tick();
        _schedule.StepDone(_clock, Seconds);
        bool isRecorded = _schedule.IsMetricsDue();
        if (isRecorded) _health = _step.Health();
        var progress = Progress();
        observer.OnStep(progress);

        if (isRecorded) _log.AddMetrics("train", _record.SmoothedLoss!.Value, progress, hasHealth: true);
        bool isScored = _evaluator is not null && _schedule.IsEvaluationDue(Seconds);
        bool isSampled = _settings.SampleFrom == SampleStart.Prompt && _schedule.IsSampleDue(Seconds), isSaved = _schedule.IsSaveDue(Seconds);
        // An update can overflow though its gradients did not: such weights are neither scored nor sampled nor saved.
        if ((isScored || isSampled || isSaved) && !_step.HasUsableWeights()) return false;
        bool isBest = isScored && Evaluate(observer);
        if (isSampled) Sample(observer);
        if (isSaved || isBest) Save(isBest);
        return true;
    }

    private bool Evaluate(ITrainingObserver observer)
    {
        double loss = _evaluator!.Run(_validationIds, _scored).NatsPerChar;
        bool isBest = _record.AddValidation(loss);
        if (isBest) _bestWeights?.CopyFrom(Model.Weights);
        var progress = Progress();
        _log.AddMetrics("val", loss, progress);
        observer.OnEvaluated(new ValidationReport(progress, loss, isBest));
        if (observer.WantsPredictions) observer.OnPredicted(PredictionView.Of(Model, _validationIds, _validation, _record.Step));
        return isBest;
    }

    private void Sample(ITrainingObserver observer)
    {
        var options = new SamplingOptions { Temperature = SampleTemperature, Seed = _settings.Seed };
        Tell(observer, new SampleReport(_record.Step, _settings.Prompt, SampleTemperature, new TextGenerator(Model).Generate(_prompt, _settings.SampleLength, options)));
    }

    /// <summary>A sample of what training is about to go on with. False where the weights cannot be sampled.</summary>
    private bool SampleFromState(ITrainingObserver observer, bool restart)
    {
        if (!_step.HasUsableWeights()) return false;
        using var sample = new StateSample(Model, restart ? null : _step.Backpropagation.Window.CopyState(), _inputs[0]);
        string text = _corpus.Vocabulary.Decode(sample.Write(_settings.SampleLength, _settings.Seed, _record.Step));
        Tell(observer, new SampleReport(_record.Step, _corpus.Vocabulary.Decode([_inputs[0]]), StateSample.Temperature, text));
        return true;
    }

    private void Tell(ITrainingObserver observer, SampleReport report)
    {
        _log.AddSample(report);
        observer.OnSampled(report);
        if (observer.WantsPredictions && _evaluator is null) observer.OnPredicted(PredictionView.Of(Model, _corpus.Ids, _parts.Split.Train, _record.Step));
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
        double? valLoss = isWhole ? PartScorer.AtTheEnd(Model, _validationIds, _validation, _team) : _record.BestLoss;
        double? testLoss = isWhole ? PartScorer.AtTheEnd(Model, _corpus.Ids, _parts.Split.Test, _team) : null;
        if (testLoss is { } test) _log.AddMetrics("test", test, Progress());
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
        int dropped = _run.CutMetricsBackTo(last) + _run.CutSamplesBackTo(LastSampleBefore(last));
        if (dropped > 0) _notes.Add($"{dropped} lines of metrics and samples from after step {last} were dropped: those steps are done again.");
        return record;
    }

    /// <summary>A checkpoint holds what samples after its step show, but not those before the next one's update, which are written again.</summary>
    private long LastSampleBefore(long step) => _settings.SampleFrom == SampleStart.State ? step - 1 : step;

    private TrainingProgress Progress() => new(
        _record.Step, (double)_record.Step / _batcher.WindowsPerEpoch, _record.SmoothedLoss ?? 0, _lastRate, _last.GradientNorm,
        _clock.StepsPerSecond * _inputs.Length, Seconds, _schedule.ProgressShown, _schedule.SecondsLeft(_clock, Seconds), _record.BestLoss)
    {
        StepLoss = _last.Loss,
        SmoothedWindowLoss = _batcher.Steps * (_record.SlowLoss ?? 0),
        Health = _health,
    };

    private TrainingOverview Overview() => new(
        _corpus.Ids.Length, _corpus.Distinct, _parts.Split.Train.Characters, _validation.Characters, _parts.Split.Test.Characters,
        Model.ParameterCount, Model.Spec, _batcher.Steps, _batcher.Streams, _team.Count, _batcher.WindowsPerEpoch, _resumedAt, _notes);

    private static (SymbolIds Ids, CorpusPart Part) ValidationOf(Corpus corpus, CorpusPart part, Corpus? own)
    {
        if (own is null) return (corpus.Ids, part);
        if (part.Pairs > 0)
            throw new SettingsException("validation has a text of its own, and --val-frac would hold out some of the training text as well; set it to 0.");
        if (!own.Vocabulary.Symbols.SequenceEqual(corpus.Vocabulary.Symbols))
            throw new SettingsException($"{own.Name} was read with another vocabulary than {corpus.Name}; read both with the same one.");
        return (own.Ids, CorpusPart.Of(new IdRange(0, own.Ids.Length)));
    }

    private static void RequireSame(Corpus corpus, CorpusRecord record, RunFolder run, string use)
    {
        string encoding = LanguageModelFile.EncodingName(corpus.Vocabulary.Encoding);
        if (record.Encoding != encoding)
            throw new CorpusException($"{corpus.Name} was read with --encoding {encoding}, and the run {run.Path} was trained with {record.Encoding}; resume with the same.");
        if (record.Preparation != corpus.Preparation)
            throw new CorpusException($"{corpus.Name} was read with {Shown(corpus.Preparation)}, and the run {run.Path} was trained with {Shown(record.Preparation)}; resume with the same.");
        if (record.Sha256 == corpus.Sha256) return;
        throw new CorpusException(
            $"{corpus.Name} is not the text that {run.Path} {use} on (SHA-256 {corpus.Sha256[..12]}… instead of {record.Sha256[..12]}…); resume with the same text, or start a new run.");
    }

    private static int[] EncodePrompt(Vocabulary vocabulary, string prompt)
    {
        int[] ids = vocabulary.Encode(prompt, skipUnknown: vocabulary.UnknownId is null, out int skipped);
        if (skipped == 0) return ids;
        var lacking = prompt.EnumerateRunes().FirstOrDefault(rune => vocabulary.Encode(rune.ToString(), skipUnknown: true, out int lacks).Length >= 0 && lacks > 0);
        throw new SettingsException($"--prompt has {SymbolNames.WithCode(lacking.Value, TextEncoding.Utf8)}, which the text lacks; samples can begin with the text's own characters alone.");
    }

    private static string Shown(TextPreparation preparation) => preparation.ToString() is { Length: > 0 } flags ? flags : "no flag that changes it";

    private sealed class Unobserved : ITrainingObserver;
}
