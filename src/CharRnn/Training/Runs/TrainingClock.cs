using System.Diagnostics;

namespace CharRnn.Training;

/// <summary>Clock of a run: time trained, recent speed, and how many steps fit in a limited time.</summary>
internal sealed class TrainingClock(TimeProvider time)
{
    // The first step compiles the kernels; a few more say how long one takes.
    private const int WarmUpSteps = 2;
    private const int MinMeasuredSteps = 20;
    private const double MaxMeasurementSeconds = 2;
    private const double RateInterval = 1;

    private readonly long _start = time.GetTimestamp();
    private long _steps;
    private double _warmSeconds;
    private double _rateSeconds;
    private long _rateSteps;
    private double _stepsPerSecond;

    /// <summary>Seconds since the clock was made.</summary>
    public double Seconds => time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Steps a second, over the last second or so.</summary>
    public double StepsPerSecond => _stepsPerSecond;

    /// <summary>Whether enough steps were taken to say how long one takes.</summary>
    public bool HasMeasured =>
        _steps > WarmUpSteps && (_steps >= MinMeasuredSteps || Seconds - _warmSeconds >= MaxMeasurementSeconds);

    /// <summary>Takes in one step.</summary>
    public void Tick()
    {
        _steps++;
        double now = Seconds;
        if (_steps == WarmUpSteps)
            (_warmSeconds, _rateSeconds, _rateSteps) = (now, now, _steps);
        bool isDue = now - _rateSeconds >= RateInterval || (_stepsPerSecond == 0 && now > _rateSeconds);
        if (_steps > WarmUpSteps && isDue)
        {
            _stepsPerSecond = (_steps - _rateSteps) / (now - _rateSeconds);
            (_rateSeconds, _rateSteps) = (now, _steps);
        }
    }

    /// <summary>Steps that fit in a time, evaluations and saving at the rate there were so far included.</summary>
    public long StepsIn(double seconds)
    {
        Debug.Assert(HasMeasured);
        return (long)(Math.Max(0, seconds) * (_steps - WarmUpSteps) / (Seconds - _warmSeconds));
    }
}
