using System.Globalization;
using CharRnn.Training;

namespace CharRnn;

/// <summary>How often something is done in training: every so many steps, every so long, or never.</summary>
public readonly record struct Cadence
{
    private Cadence(long? steps, TimeSpan? time) => (Steps, Time) = (steps, time);

    /// <summary>The steps from one time to the next; null where it goes by time, or never.</summary>
    public long? Steps { get; }

    /// <summary>The time from one to the next; null where it goes by steps, or never.</summary>
    public TimeSpan? Time { get; }

    /// <summary>Not at all.</summary>
    public static Cadence Never => default;

    /// <summary>Whether it is not at all.</summary>
    public bool IsNever => this == Never;

    /// <summary>Every so many steps, at least 1.</summary>
    public static Cadence EverySteps(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new(steps, null);
    }

    /// <summary>Every so long.</summary>
    public static Cadence Every(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        return new(null, time);
    }

    /// <summary>Parses <c>1000</c>, <c>30s</c>, or <c>0</c> for never.</summary>
    /// <exception cref="FormatException">It is none of these; the message says what is needed.</exception>
    public static Cadence Parse(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long steps))
            return steps == 0 ? Never : EverySteps(steps);
        try
        {
            return Every(Duration.Parse(text));
        }
        catch (FormatException)
        {
            throw new FormatException("a number of steps such as 1000, a time such as 30s, 3m or 2h, or 0 for never");
        }
    }

    /// <summary>The form that parses back to it.</summary>
    public override string ToString() =>
        (Steps, Time) switch
        {
            ({ } steps, _) => steps.ToString(CultureInfo.InvariantCulture),
            (_, { } time) => Duration.Format(time),
            _ => "0",
        };
}
