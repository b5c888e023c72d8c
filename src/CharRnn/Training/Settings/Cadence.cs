using System.Globalization;

namespace CharRnn;

/// <summary>Interval of something done in training: every so many steps, every so long, or never.</summary>
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

/// <summary>A length of time as it is typed: a number and one of s, m, h.</summary>
internal static class Duration
{
    private const string Needed = "a time above zero and up to 8760h, such as 90s, 3m or 2h";
    private const int MaxHours = 8760;

    /// <summary>Parses <c>90s</c>, <c>3m</c> or <c>2h</c>.</summary>
    /// <exception cref="FormatException">It is none; the message says what is needed.</exception>
    public static TimeSpan Parse(string text)
    {
        if (text.Length < 2)
            throw new FormatException(Needed);
        int secondsPerUnit = text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => throw new FormatException(Needed),
        };
        const NumberStyles digitsAndPoint = NumberStyles.AllowDecimalPoint;
        if (
            !double.TryParse(
                text.AsSpan(0, text.Length - 1),
                digitsAndPoint,
                CultureInfo.InvariantCulture,
                out double number
            )
        )
            throw new FormatException(Needed);
        double seconds = number * secondsPerUnit;
        var longest = TimeSpan.FromHours(MaxHours);
        if (!(seconds > 0 && seconds <= longest.TotalSeconds) || TimeSpan.FromSeconds(seconds) == TimeSpan.Zero)
            throw new FormatException(Needed);
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>The shortest form that parses back to the same time.</summary>
    public static string Format(TimeSpan time)
    {
        var (number, unit) = time switch
        {
            { TotalHours: >= 1 } when time.Ticks % TimeSpan.TicksPerHour == 0 => (time.TotalHours, 'h'),
            { TotalMinutes: >= 1 } when time.Ticks % TimeSpan.TicksPerMinute == 0 => (time.TotalMinutes, 'm'),
            _ => (time.TotalSeconds, 's'),
        };
        return number.ToString("0.#######", CultureInfo.InvariantCulture) + unit;
    }
}
