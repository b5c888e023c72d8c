using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn;

/// <summary>
/// Trains a language model on a text: window after window until a limit is reached, scoring, sampling and saving as it
/// goes. With the same text, settings and seed, and limits in steps or epochs, the model has the same bits for any
/// number of threads, and whether or not the run was stopped and resumed.
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
    private readonly Corpus _corpus;
    private readonly TrainingSettings _settings;
    private readonly RunFolder? _run;
    private readonly RunConfiguration _configuration;
    private readonly TextParts _parts;
    private readonly HeldOutText _validation;

    // What of it is scored while training.
    private readonly IReadOnlyList<IdRange> _scored;
    private readonly Batcher _batcher;
    private readonly WorkerTeam _team;
    private readonly LanguageModelPass _pass;
    private readonly TrainingStep _step;
    private readonly Evaluator? _evaluator;
    private readonly CheckpointManager _checkpoints;
    private readonly RunSamples _samples;
    private readonly RunLog _log;
    private readonly RunSchedule _schedule;
    private readonly TrainerState _record;
    private readonly int[] _inputs,
        _targets;
    private readonly List<string> _notes = [];
    private readonly Stack<IDisposable> _owned = new();
    private readonly long? _resumedAt;
    private TrainingClock _clock = new(TimeProvider.System);
    private StepResult _last;
    private GradientHealth _health;
    private double _lastRate;
    private bool _hasRun;

    private Trainer(
        Corpus corpus,
        TrainingSettings settings,
        RunFolder? run,
        string? command,
        TrainingMaterial material,
        RunConfiguration? resumed
    )
    {
        (_corpus, _settings, _run) = (corpus, settings, run);
        try
        {
            if (run is not null)
                Own(RunLock.Acquire(run));
            _log = new RunLog(run);
            _notes.AddRange(material.Notes);
            // What a run began with it goes on with, whatever the defaults have become.
            _parts = TextParts.Of(
                corpus,
                settings,
                resumed is null ? null : (resumed.SeqLength, resumed.BatchSize),
                _notes
            );
            var (steps, streams) = (_parts.Steps, _parts.Streams);
            _batcher = _parts.MakeBatcher(corpus.Ids, settings);
            (_inputs, _targets) = (new int[steps * streams], new int[steps * streams]);
            _validation = HeldOutText.ForValidation(corpus, _parts.Split.Validation, material.Validation);
            _scored = _validation.PiecesInTraining(settings.EvalChars);

            _configuration = new RunConfiguration
            {
                Version = RunConfiguration.ThisVersion,
                Command = command,
                Corpus = resumed?.Corpus ?? CorpusRecord.Of(corpus),
                Validation =
                    resumed?.Validation ?? (material.Validation is null ? null : CorpusRecord.Of(material.Validation)),
                InitFrom = resumed?.InitFrom ?? material.InitFrom?.Record,
                Baselines = resumed?.Baselines ?? material.Baselines,
                Settings = settings,
                SeqLength = steps,
                BatchSize = streams,
            };
            var labels = corpus.Ids.Labels is null ? [] : corpus.Labels;
            var spec = settings.ModelSpec(corpus.Vocabulary.Count, labels.Count) with
            {
                ResetId = corpus.Vocabulary.BoundaryId,
            };
            Model = Own(
                new LanguageModel(
                    spec,
                    corpus.Vocabulary,
                    Initialization.Parse(settings.Init, settings.ForgetBias),
                    settings.Seed,
                    labels
                )
                {
                    Provenance = _configuration.Provenance(),
                    Preparation = corpus.Preparation,
                }
            );
            _samples = new RunSamples(Model, settings);
            if (material.InitFrom is { } from)
            {
                WeightTransfer.Copy(from.Model, Model);
                _notes.AddRange(from.NotesOn(corpus));
            }
            _team = Own(new WorkerTeam(settings.Threads ?? Model.UsefulThreads(streams)));
            _pass = Own(new LanguageModelPass(Model.Layout, Model.Weights, steps, streams, _team));
            _step = Own(new TrainingStep(_pass, Optimizer.Create(settings.Optimizer), ClipLimits.Of(settings), _team));
            _checkpoints = Own(new CheckpointManager(run, Model, _step, _pass.Window));
            if (!_validation.IsEmpty)
                _evaluator = Own(new Evaluator(Model, Math.Min(_scored.Count, HeldOutText.Streams), _team));
            else if (settings.Patience is not null)
                _notes.Add("nothing is held out for validation: 'Patience' has nothing to go by.");

            _record = resumed is null
                ? new TrainerState()
                : _checkpoints.Restore(samplesComeBeforeUpdates: settings.SampleFrom == SampleStart.State, _notes);
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

    /// <summary>
    /// The model: while training its newest weights, after <see cref="Run"/> those that were kept. It is the trainer's
    /// own, and gone when that is disposed.
    /// </summary>
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
    public static Trainer Start(
        Corpus corpus,
        TrainingSettings? settings = null,
        RunFolder? run = null,
        string? command = null,
        TrainingMaterial? material = null
    )
    {
        settings ??= new TrainingSettings();
        settings.Validate();
        return new Trainer(
            corpus,
            settings.WithLimitFor(corpus.Ids.Length),
            run,
            command,
            material ?? new TrainingMaterial(),
            resumed: null
        );
    }

    /// <summary>
    /// Goes on with a run from its last checkpoint: weights, optimiser, schedule, place in the text and carried state.
    /// </summary>
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
        configuration.Corpus.RequireSame(corpus, run, "was trained");
        if (configuration.Validation is null && validation is not null)
            throw new SettingsException(
                $"{run.Path} validates on a part of the text it is trained on; leave {validation.Name} out."
            );
        if (configuration.Validation is { } record)
            record.RequireSame(
                validation
                    ?? throw new SettingsException(
                        $"{run.Path} validates on a text of its own, {record.Name}; it is needed to resume."
                    ),
                run,
                "validates"
            );
        return new Trainer(
            corpus,
            settings,
            run,
            configuration.Command,
            new TrainingMaterial { Validation = validation },
            configuration
        );
    }

    /// <summary>Trains until a limit is reached. A trainer runs once.</summary>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellation">Asks to stop; the run is saved first.</param>
    /// <exception cref="CharRnnException">The run cannot be saved; what was saved before is whole.</exception>
    public TrainingResult Run(ITrainingObserver? observer = null, CancellationToken cancellation = default)
    {
        if (_hasRun)
            throw new InvalidOperationException("this trainer has run; resume the run with a new one.");
        _hasRun = true;
        observer ??= new Unobserved();
        observer.OnStarted(Overview());
        _clock = new TrainingClock(TimeProvider.System);
        if (_resumedAt is null)
        {
            _checkpoints.Save(_record, Seconds, isBest: false);
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
        while (_owned.TryPop(out var part))
            part.Dispose();
    }

    private double Seconds => _record.SecondsBefore + _clock.Seconds;

    /// <summary>What each position's loss counts in the gradients.</summary>
    private double LossScale =>
        1.0 / (_settings.LossReduction == LossReduction.Sum ? _batcher.Streams : Model.Spec.CountedPositions(_inputs));

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Push(part);
        return part;
    }

    /// <summary>One step, and whatever is due after it. False when training has diverged.</summary>
    private bool Advance(ITrainingObserver observer)
    {
        long step = _record.Step;
        bool restart = _batcher.Fill(step, _inputs, _targets);
        if (_settings.SampleFrom == SampleStart.State && _schedule.IsSampleDue(Seconds))
        {
            if (!_step.HasUsableWeights())
                return false;
            Tell(
                observer,
                _samples.FromState(
                    step,
                    restart ? null : _pass.Window.CopyState(),
                    _inputs[0],
                    _batcher.Labels.IsEmpty ? null : _batcher.Labels[0]
                )
            );
        }
        _lastRate = LearningRateSchedule.At(_settings, step, _schedule.Progress, _batcher.EpochOf(step));
        _pass.MeasuresSaturation = _schedule.WillMetricsBeDue();
        _pass.Prepare(_inputs, _targets, carryState: !restart, LossScale, _settings.Seed, step + 1, _batcher.Labels);
        _last = _step.Run(step + 1, _lastRate, _record.LossCeiling);
        if (!_last.Updated)
            return false;
        _record.Add(_last.Loss);
        _clock.Tick();
        _schedule.StepDone(_clock, Seconds);
        bool isRecorded = _schedule.IsMetricsDue();
        if (isRecorded)
            _health = _step.Health();
        var progress = Progress();
        observer.OnStep(progress);

        if (isRecorded)
            _log.AddMetrics("train", _record.SmoothedLoss!.Value, progress, hasHealth: true);
        bool isScored = _evaluator is not null && _schedule.IsEvaluationDue(Seconds);
        bool isSampled = _settings.SampleFrom == SampleStart.Prompt && _schedule.IsSampleDue(Seconds),
            isSaved = _schedule.IsSaveDue(Seconds);
        // An update can overflow though its gradients did not: such weights are neither scored nor sampled nor saved.
        if ((isScored || isSampled || isSaved) && !_step.HasUsableWeights())
            return false;
        bool isBest = isScored && Evaluate(observer);
        if (isSampled)
            Tell(observer, _samples.FromPrompt(_record.Step));
        if (isSaved || isBest)
            _checkpoints.Save(_record, Seconds, isBest);
        return true;
    }

    private bool Evaluate(ITrainingObserver observer)
    {
        double loss = _evaluator!.Run(_validation.Ids, _scored).NatsPerChar;
        bool isBest = _record.AddValidation(loss);
        var progress = Progress();
        _log.AddMetrics("val", loss, progress);
        observer.OnEvaluated(new ValidationReport(progress, loss, isBest));
        if (observer.WantsPredictions)
            observer.OnPredicted(PredictionView.Of(Model, _validation.Ids, _validation.Part, _record.Step));
        return isBest;
    }

    private void Tell(ITrainingObserver observer, SampleReport report)
    {
        _log.AddSample(report);
        observer.OnSampled(report);
        if (observer.WantsPredictions && _evaluator is null)
            observer.OnPredicted(PredictionView.Of(Model, _corpus.Ids, _parts.Split.Train, _record.Step));
    }

    private TrainingResult Finish(StopReason stop, ITrainingObserver observer)
    {
        if (!_step.HasUsableWeights())
            stop = StopReason.Diverged;
        bool isHealthy = stop != StopReason.Diverged,
            isWhole = isHealthy && stop != StopReason.Interrupted;
        if (isHealthy)
        {
            bool isBest =
                isWhole && _evaluator is not null && _record.LastEvaluatedStep != _record.Step && Evaluate(observer);
            _checkpoints.Save(_record, Seconds, isBest);
        }
        _run?.WriteConfig((_configuration with { Plan = _schedule.PlanAsRun(stop) }).ToJson());
        double seconds = Seconds;
        // Training is over; scoring needs the memory of its buffers.
        _step.Dispose();
        _pass.Dispose();
        _checkpoints.TakeBackBest();
        double? valLoss = isWhole ? _validation.ScoreAtTheEnd(Model, _team, "validation", observer) : _record.BestLoss;
        double? testLoss = isWhole
            ? HeldOutText.Of(_corpus, _parts.Split.Test).ScoreAtTheEnd(Model, _team, "test", observer)
            : null;
        if (testLoss is { } test)
            _log.AddMetrics("test", test, Progress());
        return new TrainingResult(
            _record.Step,
            (long)(_record.Step * _batcher.PairsPerWindow),
            seconds,
            _record.SmoothedLoss,
            valLoss,
            _record.BestLoss,
            _record.BestStep,
            testLoss,
            stop
        );
    }

    private TrainingProgress Progress() =>
        new(
            _record.Step,
            (double)_record.Step / _batcher.WindowsPerEpoch,
            _record.SmoothedLoss ?? 0,
            _lastRate,
            _last.GradientNorm,
            _clock.StepsPerSecond * _batcher.PairsPerWindow,
            Seconds,
            _schedule.ProgressShown,
            _schedule.SecondsLeft(_clock, Seconds),
            _record.BestLoss
        )
        {
            StepLoss = _last.Loss,
            SmoothedWindowLoss = _batcher.Steps * (_record.SlowLoss ?? 0),
            Health = _health,
        };

    private TrainingOverview Overview() =>
        new(
            _corpus.Ids.Length,
            _corpus.Distinct,
            _parts.Split.Train.Characters,
            _validation.Part.Characters,
            _parts.Split.Test.Characters,
            Model.ParameterCount,
            Model.Spec,
            _batcher.Steps,
            _batcher.Streams,
            _team.Count,
            _batcher.WindowsPerEpoch,
            _resumedAt,
            _notes
        );

    private sealed class Unobserved : ITrainingObserver;
}
