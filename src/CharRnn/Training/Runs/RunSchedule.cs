namespace CharRnn.Training;

/// <summary>
/// Schedule of a run: when it scores, samples, saves, updates its plan and stops. What goes by steps or by progress is
/// a function of the step and the plan, so a resumed run does it at the same steps; what goes by time may not.
/// </summary>
internal sealed class RunSchedule
{
    private const int MaxEvaluationsARun = 20,
        MinEvaluationsARun = 3,
        SavesARun = 20,
        SamplesARun = 10,
        MetricsARun = 100;

    // Without a plan there is no share of a run to count.
    private const long StepsWithoutPlan = 1000,
        MetricsWithoutPlan = 100;
    private const double ReplanShare = 0.05;

    // Of a run that ends by the clock, evaluations by default take about this share, since it is lost to training.
    private const double MaxEvaluationShare = 0.05;

    // Such a run saves no more often by default: a disk may take long.
    private const double MinSecondsBetweenSaves = 5;

    // Smaller corrections of the plan than this are not worth recording.
    private const double MinCorrection = 0.005;
    private static readonly long[] EarlySamples = [100, 300, 500, 700, 1200, 2000];

    private readonly RunCadences _cadences;
    private readonly int? _patience;
    private readonly long _windowsPerEpoch;
    private readonly double _stepsPerEvaluation;
    private readonly bool _isTimed;
    private readonly TrainerState _record;
    private readonly long? _fixedSteps;
    private readonly StopReason _fixedReason;
    private readonly TimeSpan? _maxTime;
    private readonly IReadOnlyList<PlanChange> _replay;
    private double _nextPlanning,
        _lastEvaluation,
        _lastSample,
        _lastSave,
        _progressBefore;
    private bool _isTimedPlan;

    /// <summary>The schedule of a run, new or resumed.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="windowsPerEpoch">Steps in an epoch.</param>
    /// <param name="stepsPerEvaluation">Steps that take about as long as an evaluation.</param>
    /// <param name="record">The state that the run begins or goes on with.</param>
    /// <param name="limitsBefore">The limits that a resumed run had; null of a new run.</param>
    public RunSchedule(
        RunSettings settings,
        long windowsPerEpoch,
        double stepsPerEvaluation,
        TrainerState record,
        RunLimits? limitsBefore = null
    )
    {
        (_cadences, _patience, _record) = (settings.Cadences, settings.Patience, record);
        (_windowsPerEpoch, _stepsPerEvaluation) = (windowsPerEpoch, stepsPerEvaluation);
        _replay = settings.PlanToReplay;
        _isTimed = IsReplay || settings.MaxTime is not null;
        _maxTime = IsReplay ? null : settings.MaxTime;
        long? epochSteps = settings.MaxEpochs is { } epochs ? (long)Math.Ceiling(epochs * windowsPerEpoch) : null;
        _fixedSteps = IsReplay
            ? _replay[^1].PlannedSteps
            : (settings.MaxSteps, epochSteps) switch
            {
                ({ } steps, { } other) => Math.Min(steps, other),
                var (steps, other) => steps ?? other,
            };
        _fixedReason =
            IsReplay || (settings.MaxSteps is { } most && most == _fixedSteps)
                ? StopReason.MaxSteps
                : StopReason.MaxEpochs;
        foreach (var change in record.Plan)
            Plan.Change(change);
        HasNewLimits = !IsReplay && limitsBefore is { } before && before != RunLimits.Of(settings);
        record.Limits = RunLimits.Of(settings);
        if (IsReplay && record.Step == 0)
            ReplayChanges();
        else if (HasNewLimits && record.Step > 0)
            PlanFromTheStart();
        else if (!IsReplay && _maxTime is null && _fixedSteps is { } planned && Plan.PlannedSteps != planned)
            ChangePlan(planned);
        _lastEvaluation = _lastSample = _lastSave = _nextPlanning = record.SecondsBefore;
        _progressBefore = Plan.ProgressAt(Math.Max(0, record.Step - 1));
    }

    /// <summary>The plan, with all its changes.</summary>
    public TrainingPlan Plan { get; } = new();

    /// <summary>Whether a resumed run has other limits than before.</summary>
    public bool HasNewLimits { get; }

    /// <summary>
    /// The plan as it turned out, for replaying: a run that the clock ended before its last planned step ends where it
    /// did.
    /// </summary>
    /// <param name="stop">Why the run ended.</param>
    public IReadOnlyList<PlanChange> PlanAsRun(StopReason stop) =>
        stop == StopReason.MaxTime && Plan.PlannedSteps != _record.Step
            ? [.. Plan.Changes, new PlanChange(_record.Step, _record.Step)]
            : Plan.Changes;

    /// <summary>Share of the run that is done.</summary>
    public double Progress => Plan.ProgressAt(_record.Step);

    /// <summary>The same, but null without a plan.</summary>
    public double? PlannedProgress => Plan.PlannedSteps is null ? null : Progress;

    /// <summary>Why to stop now; null to go on.</summary>
    public StopReason? Stop(double seconds, bool isCanceled)
    {
        if (isCanceled)
            return StopReason.Interrupted;
        if (_fixedSteps is { } most && _record.Step >= most)
            return _fixedReason;
        if (
            _maxTime is { } time
            && (seconds >= time.TotalSeconds || (_isTimedPlan && _record.Step >= Plan.PlannedSteps))
        )
            return StopReason.MaxTime;
        if (_patience is { } patience && _record.EvaluationsSinceBest >= patience)
            return StopReason.Patience;
        return null;
    }

    /// <summary>
    /// Called before each step: a replay takes on the limits that its original was resumed with, after all that fell
    /// due under those before.
    /// </summary>
    public void StepBegins()
    {
        int changes = Plan.Changes.Count;
        ReplayChanges(ofLimits: true);
        if (Plan.Changes.Count > changes)
            _progressBefore = Plan.ProgressAt(Math.Max(0, _record.Step - 1));
    }

    /// <summary>
    /// Called after each step, before anything is asked about it: makes or updates the plan where time is the limit.
    /// </summary>
    public void StepDone(TrainingClock clock, double seconds)
    {
        // Due actions are judged by this step's progress under the plan it was made under.
        _progressBefore = Plan.ProgressAt(_record.Step - 1);
        ReplayChanges();
        if (_maxTime is not { } time || !clock.HasMeasured || seconds < _nextPlanning)
            return;
        _nextPlanning = seconds + ReplanShare * time.TotalSeconds;
        long planned = _record.Step + Math.Max(1, clock.StepsIn(time.TotalSeconds - seconds));
        _isTimedPlan = _fixedSteps is not { } most || planned < most;
        planned = Math.Min(planned, _fixedSteps ?? long.MaxValue);
        bool isWorthIt = Plan.PlannedSteps is not { } before || Math.Abs(planned - before) > MinCorrection * before;
        if (isWorthIt)
            ChangePlan(planned);
    }

    /// <summary>Whether this step's training loss is recorded.</summary>
    public bool IsMetricsDue() =>
        Plan.PlannedSteps is null ? _record.Step % MetricsWithoutPlan == 0 : Crosses(MetricsARun);

    /// <summary>
    /// The same of the step to come, asked before it; a plan that changes with that step may prove it wrong.
    /// </summary>
    public bool WillMetricsBeDue() =>
        Plan.PlannedSteps is null
            ? (_record.Step + 1) % MetricsWithoutPlan == 0
            : Crosses(MetricsARun, Progress, Plan.ProgressAt(_record.Step + 1));

    /// <summary>Whether the validation part is scored now.</summary>
    public bool IsEvaluationDue(double seconds) =>
        _cadences.EvaluatesEachEpoch
            ? _record.Step % _windowsPerEpoch == 0
            : IsDue(_cadences.Evaluate, EvaluationsARun, seconds, ref _lastEvaluation);

    /// <summary>Number of evaluations in a run by default: a function of the plan, so that a replay has as many.</summary>
    private int EvaluationsARun =>
        _isTimed && Plan.PlannedSteps is { } planned
            ? (int)
                Math.Clamp(
                    planned * MaxEvaluationShare / Math.Max(1, _stepsPerEvaluation),
                    MinEvaluationsARun,
                    MaxEvaluationsARun
                )
            : MaxEvaluationsARun;

    /// <summary>Whether a sample is written now.</summary>
    public bool IsSampleDue(double seconds) =>
        IsDue(_cadences.Sample, SamplesARun, seconds, ref _lastSample)
        || (_cadences.Sample is null && EarlySamples.Contains(_record.Step));

    /// <summary>Whether a checkpoint is saved now.</summary>
    public bool IsSaveDue(double seconds)
    {
        bool isDue = IsDue(_cadences.Save, SavesARun, seconds, ref _lastSave);
        if (_cadences.Save is not null || !_isTimed)
            return isDue;
        if (!isDue || seconds - _lastSave < MinSecondsBetweenSaves)
            return false;
        _lastSave = seconds;
        return true;
    }

    /// <summary>Seconds left by the plan; null without one.</summary>
    public double? SecondsLeft(TrainingClock clock, double seconds)
    {
        if (_isTimedPlan && _maxTime is { } time)
            return Math.Max(0, time.TotalSeconds - seconds);
        bool canTell = Plan.PlannedSteps is not null && clock.StepsPerSecond > 0;
        return canTell ? (Plan.PlannedSteps!.Value - _record.Step) / clock.StepsPerSecond : null;
    }

    private bool IsDue(Cadence? cadence, int timesARun, double seconds, ref double last)
    {
        if (cadence is not { } chosen)
            return Plan.PlannedSteps is null ? _record.Step % StepsWithoutPlan == 0 : Crosses(timesARun);
        if (chosen.Steps is { } steps)
            return _record.Step % steps == 0;
        if (chosen.Time is not { } time || seconds - last < time.TotalSeconds)
            return false;
        last = seconds;
        return true;
    }

    /// <summary>Whether this step took the run over one of so many equal parts of it.</summary>
    private bool Crosses(int parts) => Crosses(parts, _progressBefore, Progress);

    private static bool Crosses(int parts, double before, double after) =>
        Math.Floor(after * parts) > Math.Floor(before * parts);

    private bool IsReplay => _replay.Count > 0;

    /// <summary>Makes the changes of the replayed plan that are due.</summary>
    /// <param name="ofLimits">Whether those that new limits made, or the others.</param>
    private void ReplayChanges(bool ofLimits = false)
    {
        foreach (var change in _replay)
        {
            if (change.Step == _record.Step && change.FromStart == ofLimits)
                ChangePlan(change.PlannedSteps, change.FromStart);
        }
    }

    /// <summary>
    /// A plan as if the run had had its limits from its start: what is done is that share of it. Where time is the
    /// limit, steps are taken to last as long as those that were done, until they are measured.
    /// </summary>
    private void PlanFromTheStart()
    {
        double? timed = _maxTime / TimeSpan.FromSeconds(_record.SecondsBefore) * _record.Step;
        long? steps = timed is { } count && double.IsFinite(count) ? (long)Math.Round(count) : null;
        if (Math.Min(steps ?? long.MaxValue, _fixedSteps ?? long.MaxValue) is var planned and < long.MaxValue)
            ChangePlan(planned, fromStart: true);
    }

    private void ChangePlan(long planned, bool fromStart = false)
    {
        Plan.Change(new PlanChange(_record.Step, planned, fromStart));
        _record.Plan = [.. Plan.Changes];
    }
}

/// <summary>
/// Planned number of a run's steps, and so its progress. Limits in steps and epochs fix the number; a limit in time is
/// turned into one by measuring the first steps, and corrected as it goes. Every correction is kept, so that a timed
/// run can be replayed: the schedule is a function of the step and these changes alone.
/// </summary>
internal sealed class TrainingPlan
{
    private readonly List<PlanChange> _changes = [];

    // From this step and progress on, progress goes up along a line.
    private long _lineStart;
    private double _progressAtLineStart;

    /// <summary>The changes so far, the first one being the first plan.</summary>
    public IReadOnlyList<PlanChange> Changes => _changes;

    /// <summary>Planned number of steps; null when there is no plan, or none yet.</summary>
    public long? PlannedSteps => _changes.Count > 0 ? _changes[^1].PlannedSteps : null;

    /// <summary>
    /// Makes or updates the plan. Steps that were taken count: the rest of the schedule is spread over the steps that
    /// are left, unless the change counts from the start.
    /// </summary>
    public void Change(PlanChange change)
    {
        (_lineStart, _progressAtLineStart) = change.FromStart ? (0, 0) : (change.Step, ProgressAt(change.Step));
        _changes.Add(change);
    }

    /// <summary>Share of the run that is done after some steps, 0 … 1; 0 without a plan.</summary>
    public double ProgressAt(long step)
    {
        if (_changes.Count == 0)
            return 0;
        long planned = _changes[^1].PlannedSteps;
        // Said, so that rounding cannot leave a run a hair short of its end.
        if (step >= planned)
            return 1;
        return Math.Clamp(
            _progressAtLineStart + (1 - _progressAtLineStart) * (step - _lineStart) / (planned - _lineStart),
            0,
            1
        );
    }
}
