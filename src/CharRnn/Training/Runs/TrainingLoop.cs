using System.Globalization;
using CharRnn.Checkpoints;

namespace CharRnn.Training;

/// <summary>Reason and time at the end of a run.</summary>
/// <param name="Stopped">Why it ended.</param>
/// <param name="Seconds">Time trained.</param>
/// <param name="IsWhole">Whether it ended as planned: neither interrupted nor diverged.</param>
internal readonly record struct RunEnd(StopReason Stopped, double Seconds, bool IsWhole);

/// <summary>
/// A run of any network: step after step until a limit is reached, scoring, sampling, logging and saving as it goes,
/// with the run's lock, clock, schedule, resumable state and best model. What is trained is the task's.
/// </summary>
internal sealed class TrainingLoop<TTask> : IDisposable
    where TTask : TrainingTask
{
    private readonly RunFolder? _run;
    private readonly RunLock? _lock;
    private readonly TTask _task = null!;
    private readonly RunSettings _settings;
    private readonly CheckpointManager _checkpoints = null!;
    private readonly RunSchedule _schedule;
    private readonly long? _resumedAt;
    private TrainingClock _clock = new(TimeProvider.System);
    private StepResult _last;
    private GradientHealth _health;
    private double _lastRate;
    private bool _hasRun;

    /// <summary>Locks the run, makes the task, and goes back to the last checkpoint where the run is resumed.</summary>
    /// <param name="run">Folder to save in; null saves nothing.</param>
    /// <param name="makeTask">Makes the task.</param>
    /// <param name="resumed">
    /// The settings so far of a run that goes on from its last checkpoint; null of a new run.
    /// </param>
    /// <exception cref="CharRnnException">
    /// Another trainer has the run, or its checkpoint cannot be used, or the task cannot be made.
    /// </exception>
    public TrainingLoop(RunFolder? run, Func<TTask> makeTask, RunSettings? resumed)
    {
        _run = run;
        try
        {
            _lock = run is null ? null : RunLock.Acquire(run);
            _task = makeTask();
            _settings = _task.Settings;
            Log = new RunLog(run) { IsOfClassifier = _settings is ClassifierSettings };
            _checkpoints = new CheckpointManager(run, _task);
            if (!_task.HasValidation && _settings.Patience is not null)
                _task.Notes.Add("nothing is held out for validation: 'Patience' has nothing to go by.");
            State = resumed is null ? new TrainerState() : _checkpoints.Restore();
            State.SlowLoss ??= _task.InitialSlowLoss;
            _resumedAt = resumed is null ? null : State.Step;
            RunLimits? limitsBefore = resumed is null ? null : State.Limits ?? RunLimits.Of(resumed);
            _schedule = new RunSchedule(_settings, _task.StepsPerEpoch, _task.StepsPerEvaluation, State, limitsBefore);
            if (_resumedAt is not null)
                _task.ResumptionNote = NoteOnResuming();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Task of the run: data, model and step.</summary>
    public TTask Task => _task;

    /// <summary>The run's numbers that change as it goes.</summary>
    public TrainerState State { get; }

    /// <summary>The run's logs.</summary>
    public RunLog Log { get; }

    /// <summary>
    /// Trains until a limit is reached, saves, and gives the model the weights that were kept. A loop runs once.
    /// </summary>
    /// <param name="observer">Receives reports.</param>
    /// <param name="cancellationToken">Asks to stop; the run is saved first.</param>
    /// <exception cref="CharRnnException">The run cannot be saved; what was saved before is whole.</exception>
    public RunEnd Run(ITrainingObserver observer, CancellationToken cancellationToken)
    {
        if (_hasRun)
            throw new InvalidOperationException("this trainer has run; resume the run with a new one.");
        _hasRun = true;
        _task.ReportStart(observer, _resumedAt);
        _clock = new TrainingClock(TimeProvider.System);
        _run?.DeleteResult();
        if (_resumedAt is null || _schedule.HasNewLimits)
        {
            _checkpoints.Save(State, Seconds, isBest: false);
            // Last of all: a folder with a configuration is a run, and holds a model and a checkpoint from then on.
            _run?.WriteConfig((_task.Configuration with { Plan = _schedule.Plan.Changes }).ToJson());
        }
        StopReason? stop;
        while ((stop = _schedule.Stop(Seconds, cancellationToken.IsCancellationRequested)) is null)
        {
            if (!Advance(observer))
            {
                stop = StopReason.Diverged;
                break;
            }
        }
        return Finish(stop.Value, observer);
    }

    /// <summary>Progress of the run.</summary>
    public TrainingProgress Progress() =>
        new(
            State.Step,
            (double)State.Step / _task.StepsPerEpoch,
            State.AverageLoss ?? 0,
            _lastRate,
            _last.GradientNorm,
            _clock.StepsPerSecond * _task.CharactersPerStep,
            Seconds,
            _schedule.PlannedProgress,
            _schedule.SecondsLeft(_clock, Seconds),
            State.BestLoss
        )
        {
            StepLoss = _last.Loss,
            SmoothedWindowLoss = _task.WindowSteps > 0 ? _task.WindowSteps * (State.SlowLoss ?? 0) : 0,
            Health = _health,
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        // The constructor disposes what it made when it fails.
        _checkpoints?.Dispose();
        _task?.Dispose();
        _lock?.Dispose();
    }

    private double Seconds => State.SecondsBefore + _clock.Seconds;

    /// <summary>The learning rate of the next step.</summary>
    private double Rate() =>
        LearningRateSchedule.At(_settings, State.Step, _schedule.Progress, State.Step / _task.StepsPerEpoch);

    /// <summary>How a resumed run goes on, where that is not as it would have without the stop.</summary>
    private string? NoteOnResuming()
    {
        if (_schedule.Stop(State.SecondsBefore, isCanceled: false) is { } reason)
            return "nothing is left to do: "
                + reason switch
                {
                    StopReason.Patience =>
                        $"validation has not got better for {Quantity.Count(State.EvaluationsSinceBest, "evaluation")}. "
                            + "A larger 'Patience' goes on.",
                    _ => $"{Quantity.Count(State.Step, "step")} were done in "
                        + $"{Quantity.Time(TimeSpan.FromSeconds(State.SecondsBefore))}, and limits count from the "
                        + $"run's start. A larger '{reason}' goes on.",
                };
        if (!_schedule.HasNewLimits)
            return null;
        return "the limits have changed: the learning rate goes on at "
            + string.Create(CultureInfo.InvariantCulture, $"{Rate():0.#####}")
            + (
                _schedule.Plan.PlannedSteps is { } planned
                    ? $", as in a run of {Quantity.Count(planned, "step")} from the start."
                    : "."
            );
    }

    /// <summary>One step, and whatever is due after it. False when training has diverged.</summary>
    private bool Advance(ITrainingObserver observer)
    {
        long step = State.Step;
        _schedule.StepBegins();
        _task.ReadBatch(step);
        if (_task.SamplesFrom == SampleStart.State && _schedule.IsSampleDue(Seconds))
        {
            if (!_task.HasUsableWeights())
                return false;
            ReportSample(observer);
        }
        _lastRate = Rate();
        _last = _task.Step(
            new StepConditions(step + 1, _lastRate, State.LossCeiling, MeasuresHealth: _schedule.WillMetricsBeDue())
        );
        if (!_last.Updated)
            return false;
        State.Add(_last.Loss);
        _clock.Tick();
        _schedule.StepDone(_clock, Seconds);
        bool isRecorded = _schedule.IsMetricsDue();
        var health = isRecorded ? _task.Health() : null;
        _health = health ?? _health;
        var progress = Progress();
        observer.OnStep(progress);

        if (isRecorded)
            Log.AddTraining(State.AverageLoss!.Value, progress, health);
        bool isScored = _task.HasValidation && _schedule.IsEvaluationDue(Seconds);
        bool isSampled = _task.SamplesFrom == SampleStart.Prompt && _schedule.IsSampleDue(Seconds),
            isSaved = _schedule.IsSaveDue(Seconds);
        // An update can overflow though its gradients did not: such weights are neither scored nor sampled nor saved.
        if ((isScored || isSampled || isSaved) && !_task.HasUsableWeights())
            return false;
        bool isBest = isScored && Evaluate(observer);
        if (isSampled)
            ReportSample(observer);
        if (isSaved || isBest)
            _checkpoints.Save(State, Seconds, isBest);
        return true;
    }

    /// <summary>Scores the validation part; says whether the model is the best so far.</summary>
    private bool Evaluate(ITrainingObserver observer)
    {
        var score = _task.Evaluate();
        bool isBest = State.AddValidation(score.Criterion);
        var progress = Progress();
        Log.AddScore(RunLog.Validation, score.Loss, score.Report, progress, score.LabelSets);
        observer.OnEvaluated(
            new ValidationReport(progress, score.Loss, isBest)
            {
                Classification = score.Report,
                LabelSets = score.LabelSets,
            }
        );
        ReportPrediction(observer);
        return isBest;
    }

    private void ReportSample(ITrainingObserver observer)
    {
        var report = _task.Sample(State.Step);
        Log.AddSample(report);
        observer.OnSampled(report);
        if (!_task.HasValidation)
            ReportPrediction(observer);
    }

    private void ReportPrediction(ITrainingObserver observer)
    {
        if (observer.WantsPredictions && _task.Predict(State.Step) is { } prediction)
            observer.OnPredicted(prediction);
    }

    private RunEnd Finish(StopReason stop, ITrainingObserver observer)
    {
        if (!_task.HasUsableWeights())
            stop = StopReason.Diverged;
        bool isHealthy = stop != StopReason.Diverged,
            isWhole = isHealthy && stop != StopReason.Interrupted;
        if (isHealthy)
        {
            bool isBest = isWhole && _task.HasValidation && State.LastEvaluatedStep != State.Step && Evaluate(observer);
            _checkpoints.Save(State, Seconds, isBest);
        }
        _run?.WriteConfig((_task.Configuration with { Plan = _schedule.PlanAsRun(stop) }).ToJson());
        double seconds = Seconds;
        _task.EndTraining();
        _checkpoints.TakeBackBest();
        return new RunEnd(stop, seconds, isWhole);
    }
}
