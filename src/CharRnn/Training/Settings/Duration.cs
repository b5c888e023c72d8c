using System.Globalization;

namespace CharRnn.Training;

/// <summary>A length of time as it is typed: a number and one of s, m, h.</summary>
public static class Duration
{
    private const string Needed = "a time above zero and up to 8760h, such as 90s, 3m or 2h";
    private const int LongestInHours = 8760;

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
        var longest = TimeSpan.FromHours(LongestInHours);
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
