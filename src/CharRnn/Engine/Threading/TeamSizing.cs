using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>
/// Choice between a whole team and its calling thread alone for short, repeated work, by the time that each takes.
/// Steps of a small network end with a barrier every few microseconds: where another program has one of the cores, or
/// cores are far apart, all would wait for the slowest most of the time. The result is the same either way.
/// </summary>
/// <remarks>
/// Both are tried in turn. The better is held for some time, which doubles as long as the other stays worse; it is put
/// to the test at once when it becomes slower than it was. Longer work always pays, and is left to the whole team.
/// </remarks>
/// <param name="team">The team.</param>
internal sealed class TeamSizing(WorkerTeam team)
{
    // Work that takes longer is not held up much by its barriers.
    private static readonly long LongWork = Stopwatch.Frequency / 250;

    // A trial outlasts several turns of a scheduler, unless it is soon clear that it is lost.
    private static readonly long Trial = Stopwatch.Frequency / 25,
        ShortTrial = Stopwatch.Frequency / 250;
    private static readonly long MinHold = Stopwatch.Frequency,
        MaxHold = 16 * MinHold;
    private const int WarmUps = 3;
    private const int MinRuns = 5;
    private const double ClearlySlower = 1.25;

    private readonly bool _isNeeded = team.Count > 1;
    private long _ticks,
        _hold = MinHold,
        _held;
    private int _runs,
        _warmUps;
    private bool _isOver,
        _isTrial;

    // Mean ticks of the mode that is held; null before the first trial.
    private double? _best;

    /// <summary>Takes note of one run of the team, and sizes the team for the next.</summary>
    /// <param name="ticks">Its time, in ticks of <see cref="Stopwatch"/>.</param>
    public void Note(long ticks)
    {
        if (!_isNeeded || _isOver || _warmUps++ < WarmUps)
            return;
        _ticks += ticks;
        _runs++;
        if (_runs < MinRuns)
            return;
        double mean = (double)_ticks / _runs;
        if (_best is null)
            EndFirstTrial(mean);
        else if (_isTrial)
            GoOnWithTrial(_best.Value, mean);
        else if (_ticks >= Trial)
            GoOnHolding(_best.Value, mean);
    }

    private void EndFirstTrial(double mean)
    {
        _isOver = mean > LongWork;
        if (!_isOver && _ticks >= Trial)
            BeginTrial(mean);
    }

    private void GoOnWithTrial(double best, double mean)
    {
        bool isLost = _ticks >= ShortTrial && mean > ClearlySlower * best;
        if (!isLost && _ticks < Trial)
            return;
        _isTrial = false;
        if (mean < best)
            (_best, _hold) = (mean, MinHold);
        else
            (team.IsAlone, _hold) = (!team.IsAlone, Math.Min(2 * _hold, MaxHold));
        Begin();
        _held = 0;
    }

    private void GoOnHolding(double best, double mean)
    {
        _held += _ticks;
        if (_held >= _hold || mean > ClearlySlower * best)
            BeginTrial(mean);
        else
            Begin();
    }

    /// <summary>Puts the other mode to the test, against the mean of the one that is held.</summary>
    private void BeginTrial(double mean)
    {
        (_best, _isTrial) = (mean, true);
        team.IsAlone = !team.IsAlone;
        Begin();
    }

    private void Begin() => (_ticks, _runs) = (0, 0);
}
