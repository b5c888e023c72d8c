namespace CharRnn.Training;

/// <summary>A moment at which the planned number of steps was set or changed.</summary>
/// <param name="Step">Steps done when it was.</param>
/// <param name="PlannedSteps">How many steps the run was to have from then on.</param>
public readonly record struct PlanChange(long Step, long PlannedSteps);

/// <summary>
/// How many steps a run is to have, and so how far it is. Limits in steps and epochs fix the number; a limit in time is
/// turned into one by measuring the first steps, and corrected as it goes. Every correction is kept, so that a timed
/// run can be replayed: the schedule is a function of the step and these changes alone.
/// </summary>
internal sealed class TrainingPlan
{
    private readonly List<PlanChange> _changes = [];
    private double _progressAtChange;

    /// <summary>The changes so far, the first one being the first plan.</summary>
    public IReadOnlyList<PlanChange> Changes => _changes;

    /// <summary>How many steps the run is to have; null when there is no plan, or none yet.</summary>
    public long? PlannedSteps => _changes.Count > 0 ? _changes[^1].PlannedSteps : null;

    /// <summary>
    /// Plans, or plans anew. What is done stays done: the rest of the schedule is spread over the steps that are left.
    /// </summary>
    public void Change(PlanChange change)
    {
        _progressAtChange = ProgressAt(change.Step);
        _changes.Add(change);
    }

    /// <summary>How much of the run is done after some steps, 0 … 1; 0 without a plan.</summary>
    public double ProgressAt(long step)
    {
        if (_changes.Count == 0)
            return 0;
        var (changed, planned) = _changes[^1];
        // Said, so that rounding cannot leave a run a hair short of its end.
        if (step >= planned)
            return 1;
        return Math.Clamp(_progressAtChange + (1 - _progressAtChange) * (step - changed) / (planned - changed), 0, 1);
    }
}
