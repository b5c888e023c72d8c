using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Evaluation;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn;

/// <summary>
/// Trains a classifier on labelled records: batch after batch until a limit is reached or validation no longer gets
/// better, scoring after each epoch and keeping the best model. The test part is scored once, at the end. With the same
/// records, settings and seed, and limits in steps or epochs, the model has the same bits for any number of threads,
/// and whether or not the run was stopped and resumed.
/// </summary>
/// <example>
/// <code>
/// var settings = new ClassifierSettings { MaxTime = TimeSpan.FromMinutes(2) };
/// using var trainer = ClassifierTrainer.Start(LabeledRecords.ReadFolder("names"), settings);
/// var result = trainer.Run();
/// Console.WriteLine($"{result.Test!.Accuracy:P1} of the names, {result.Test.MacroAccuracy:P1} of an average language's");
/// trainer.Model.Save("names.safetensors");
/// </code>
/// </example>
public sealed class ClassifierTrainer : IDisposable
{
    private readonly LabeledRecords _records;
    private readonly ClassifierSettings _settings;
    private readonly TrainingSettings _training;
    private readonly RunFolder? _run;
    private readonly ClassifierConfiguration _configuration;
    private readonly ClassifierParts _parts;
    private readonly HeldOutRecords? _validation;
    private readonly RecordBatches _batches;
    private readonly double _charactersInBatch;
    private readonly WorkerTeam _team;
    private readonly ClassifierStep _step;
    private readonly BatchPredictor _predictor;
    private readonly LogitAdjustment _shift;
    private readonly ClassifierCheckpointManager _checkpoints;
    private readonly ClassifierLog _log;
    private readonly RunSchedule _schedule;
    private readonly TrainerState _record;
    private readonly List<string> _notes = [];
    private readonly Stack<IDisposable> _owned = new();
    private readonly long? _resumedAt;
    private TrainingClock _clock = new(TimeProvider.System);
    private StepResult _last;
    private double _lastRate;
    private bool _hasRun;

    private ClassifierTrainer(
        LabeledRecords records,
        ClassifierSettings settings,
        RunFolder? run,
        string? command,
        ClassifierConfiguration? resumed
    )
    {
        (_records, _run) = (records, run);
        try
        {
            if (run is not null)
                Own(RunLock.Acquire(run));
            _log = new ClassifierLog(run);
            _parts = ClassifierParts.Of(records, settings);
            var vocabulary = ClassifierVocabulary.Of(_parts.Train.Records);
            var encoded = new EncodedRecords(
                _parts.Train.Records,
                vocabulary,
                settings.ClassWeights.InLoss(_parts.Train.CountByLabel)
            );
            _batches = new RecordBatches(
                encoded,
                settings.BatchSize,
                settings.Seed,
                vocabulary.UnknownId!.Value,
                settings.CharDropout
            );
            _charactersInBatch = (double)encoded.Characters / _batches.PerEpoch;
            _settings = settings.WithLimitFor(_batches.PerEpoch);
            _training = _settings.OfAnyTraining();

            _configuration = new ClassifierConfiguration
            {
                Version = RunConfiguration.ThisVersion,
                Command = command,
                Data = resumed?.Data ?? LabeledDataRecord.Of(records),
                Settings = _settings,
            };
            Model = Own(
                new SequenceClassifier(
                    settings.ModelSpec(vocabulary.Count, records.Labels.Count),
                    vocabulary,
                    records.Labels,
                    Initialization.Parse(settings.Init),
                    settings.Seed
                )
                {
                    Provenance = _configuration.Provenance(),
                    Preparation = records.Preparation,
                }
            );
            _team = Own(new WorkerTeam(settings.Threads ?? Model.UsefulThreads(_batches.MaxStreams)));
            _step = Own(
                new ClassifierStep(Model, Optimizer.Create(settings.Optimizer), ClipLimits.Of(_training), _team)
            );
            _predictor = Own(new BatchPredictor(Model, _team));
            _shift = new LogitAdjustment(settings.ClassWeights.InLogits(_parts.Train.CountByLabel));
            _checkpoints = Own(new ClassifierCheckpointManager(run, Model, _step, _shift));
            if (_parts.Validation is { } validation)
                _validation = new HeldOutRecords(validation, _parts.Train, Model);
            else if (settings.Patience is not null)
                _notes.Add("nothing is held out for validation: 'Patience' has nothing to go by.");

            _record = resumed is null ? new TrainerState() : _checkpoints.Restore(_notes);
            _resumedAt = resumed is null ? null : _record.Step;
            _schedule = new RunSchedule(_training, _batches.PerEpoch, _record);
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
    public SequenceClassifier Model { get; }

    /// <summary>The settings, with the limit that was chosen where none was asked for.</summary>
    public ClassifierSettings Settings => _settings;

    /// <summary>The records learnt from.</summary>
    public LabeledRecords Train => _parts.Train;

    /// <summary>The records that the best model is chosen by; null where nothing is held out for that.</summary>
    public LabeledRecords? Validation => _parts.Validation;

    /// <summary>The records that are scored at the end; null where nothing is held out for that.</summary>
    public LabeledRecords? Test => _parts.Test;

    /// <summary>A new run.</summary>
    /// <param name="records">The records.</param>
    /// <param name="settings">The settings; those left out have their defaults.</param>
    /// <param name="run">Where to save; null saves nothing.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <exception cref="SettingsException">A setting cannot be used, or does not go with the records.</exception>
    /// <exception cref="CharRnnException">Another trainer has the folder, or it cannot be written.</exception>
    public static ClassifierTrainer Start(
        LabeledRecords records,
        ClassifierSettings? settings = null,
        RunFolder? run = null,
        string? command = null
    )
    {
        settings ??= new ClassifierSettings();
        settings.Validate();
        return new ClassifierTrainer(records, settings, run, command, resumed: null);
    }

    /// <summary>
    /// Goes on with a run from its last checkpoint: weights, optimiser, schedule and place in the epoch.
    /// </summary>
    /// <param name="records">The same records.</param>
    /// <param name="settings">The run's settings; limits and threads may differ.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="CorpusException">They are other records.</exception>
    /// <exception cref="ModelException">The run has no checkpoint, or one that does not fit.</exception>
    public static ClassifierTrainer Resume(LabeledRecords records, ClassifierSettings settings, RunFolder run)
    {
        settings.Validate();
        var configuration = ClassifierConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        configuration.Data.RequireSame(records, run);
        return new ClassifierTrainer(records, settings, run, configuration.Command, configuration);
    }

    /// <summary>Trains until a limit is reached, and scores the test part. A trainer runs once.</summary>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellation">Asks to stop; the run is saved first.</param>
    /// <exception cref="CharRnnException">The run cannot be saved; what was saved before is whole.</exception>
    public ClassifierResult Run(IClassifierObserver? observer = null, CancellationToken cancellation = default)
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

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Push(part);
        return part;
    }

    /// <summary>One step, and whatever is due after it. False when training has diverged.</summary>
    private bool Advance(IClassifierObserver observer)
    {
        long step = _record.Step;
        _lastRate = LearningRateSchedule.At(_training, step, _schedule.Progress, _batches.EpochOf(step));
        _last = _step.Run(
            _batches.Batch(step),
            step + 1,
            _lastRate,
            _settings.LabelSmoothing,
            _record.LossCeiling,
            _settings.Seed
        );
        if (!_last.Updated)
            return false;
        _record.Add(_last.Loss);
        _clock.Tick();
        _schedule.StepDone(_clock, Seconds);
        var progress = Progress();
        observer.OnStep(progress);

        if (_schedule.IsMetricsDue())
            _log.AddTraining(_record.SmoothedLoss!.Value, progress);
        bool isScored = _validation is not null && _record.Step % _batches.PerEpoch == 0,
            isSaved = _schedule.IsSaveDue(Seconds);
        // An update can overflow though its gradients did not: such weights are neither scored nor saved.
        if ((isScored || isSaved) && !_step.HasUsableWeights())
            return false;
        bool isBest = isScored && Evaluate(observer);
        if (isSaved || isBest)
            _checkpoints.Save(_record, Seconds, isBest);
        return true;
    }

    private bool Evaluate(IClassifierObserver observer)
    {
        ClassificationReport report;
        using (_shift.On(Model))
            report = _validation!.Score(_predictor);
        bool isBest = _record.AddValidation(1 - report.Accuracy);
        var progress = Progress();
        _log.AddValidation(report, progress);
        observer.OnEvaluated(new ClassifierValidation(progress, report, isBest));
        return isBest;
    }

    private ClassifierResult Finish(StopReason stop, IClassifierObserver observer)
    {
        if (!_step.HasUsableWeights())
            stop = StopReason.Diverged;
        bool isHealthy = stop != StopReason.Diverged,
            isWhole = isHealthy && stop != StopReason.Interrupted;
        if (isHealthy)
        {
            bool isBest =
                isWhole && _validation is not null && _record.LastEvaluatedStep != _record.Step && Evaluate(observer);
            _checkpoints.Save(_record, Seconds, isBest);
        }
        _run?.WriteConfig((_configuration with { Plan = _schedule.PlanAsRun(stop) }).ToJson());
        double seconds = Seconds;
        _checkpoints.TakeBackBest();
        var test = isWhole && _parts.Test is { } part ? ScoreAtTheEnd(part) : null;
        return new ClassifierResult(
            _record.Step,
            Progress().Epoch,
            seconds,
            _record.SmoothedLoss,
            1 - _record.BestLoss,
            _record.BestStep,
            stop,
            test
        );
    }

    private ClassificationReport ScoreAtTheEnd(LabeledRecords part)
    {
        var report = new HeldOutRecords(part, _parts.Train, Model).Score(_predictor);
        _log.AddTest(report, Progress());
        if (_run is not null)
            ClassificationFile.Write(Path.Combine(_run.Path, ClassificationFile.Name), report);
        return report;
    }

    private TrainingProgress Progress() =>
        new(
            _record.Step,
            (double)_record.Step / _batches.PerEpoch,
            _record.SmoothedLoss ?? 0,
            _lastRate,
            _last.GradientNorm,
            _clock.StepsPerSecond * _charactersInBatch,
            Seconds,
            _schedule.ProgressShown,
            _schedule.SecondsLeft(_clock, Seconds),
            _record.BestLoss
        )
        {
            StepLoss = _last.Loss,
        };

    private ClassifierOverview Overview() =>
        new(
            _records,
            _parts.Train.Records.Count,
            _parts.Validation?.Records.Count ?? 0,
            _parts.Test?.Records.Count ?? 0,
            Model.ParameterCount,
            Model.Spec,
            _batches.MaxStreams,
            _batches.PerEpoch,
            _team.Count,
            _resumedAt,
            _notes
        );

    private sealed class Unobserved : IClassifierObserver;
}
