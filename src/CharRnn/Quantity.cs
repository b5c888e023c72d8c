using System.Globalization;

namespace CharRnn;

/// <summary>Formatter of numbers for people, in the invariant culture.</summary>
internal static class Quantity
{
    private const double Thousand = 1000;

    /// <summary><c>1,115,394</c>.</summary>
    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary><c>1 thread</c>, <c>1,500 threads</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="thing">Noun for one of them; several have an s.</param>
    public static string Count(long number, string thing) => $"{Count(number)} {thing}{(number == 1 ? "" : "s")}";

    /// <summary><c>1.1 MB</c>; a kilobyte has 1000 bytes.</summary>
    public static string Bytes(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        int unit = 0;
        // Rounding must not make 1000 kB of what is just short of 1 MB.
        while (unit < units.Length - 1 && bytes >= Thousand - 0.5)
        {
            bytes /= Thousand;
            unit++;
        }

        string format = unit == 0 || bytes >= 99.95 ? "0" : "0.0";
        return bytes.ToString(format, CultureInfo.InvariantCulture) + " " + units[unit];
    }

    /// <summary><c>48 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>.</summary>
    public static string Time(TimeSpan time)
    {
        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return whole switch
        {
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{whole.Seconds} s"),
            { TotalHours: < 1 } => string.Create(
                CultureInfo.InvariantCulture,
                $"{whole.Minutes} min {whole.Seconds:00} s"
            ),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(long)whole.TotalHours} h {whole.Minutes:00} min"),
        };
    }

    /// <summary><c>45.2 %</c>.</summary>
    /// <param name="share">From 0 to 1.</param>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");
}
