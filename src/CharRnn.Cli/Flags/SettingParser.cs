using System.Globalization;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Flags;

/// <summary>
/// Reads the values of settings, in the invariant culture. Each throws a <see cref="FormatException"/> whose message is
/// what is needed.
/// </summary>
internal static class SettingParser
{
    public static int Integer(string text, int least, int most) => (int)LongInteger(text, least, most);

    public static long LongInteger(string text, long least, long most)
    {
        bool isInteger = long.TryParse(
            text,
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out long number
        );
        return isInteger && number >= least && number <= most
            ? number
            : throw new FormatException(
                string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}")
            );
    }

    public static ulong Seed(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw new FormatException(
                string.Create(CultureInfo.InvariantCulture, $"a whole number from 0 to {ulong.MaxValue}")
            );

    public static double Number(string text, NumberRange range)
    {
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        return isNumber && range.Contains(number) ? number : throw new FormatException($"a number {range}");
    }

    /// <summary>One of a few words, each with its value.</summary>
    public static T Choice<T>(string text, params ReadOnlySpan<(string Word, T Meaning)> choices)
    {
        var words = new List<string>(choices.Length);
        foreach (var (word, meaning) in choices)
        {
            if (word == text)
                return meaning;
            words.Add(word);
        }

        throw new FormatException($"one of {string.Join(", ", words)}");
    }

    public static bool Switch(string text) => Choice(text, ("true", true), ("false", false), ("1", true), ("0", false));
}

/// <summary>The numbers a setting allows; never NaN or infinities.</summary>
internal readonly record struct NumberRange(
    double Least,
    double Most,
    bool MinExcluded = false,
    bool MaxExcluded = false
)
{
    public bool Contains(double number) =>
        double.IsFinite(number)
        && (MinExcluded ? number > Least : number >= Least)
        && (MaxExcluded ? number < Most : number <= Most);

    public override string ToString()
    {
        string least = Least.ToString(CultureInfo.InvariantCulture);
        if (Least == double.MinValue && Most == double.MaxValue)
            return "that is finite";
        if (Most == double.MaxValue)
            return MinExcluded ? $"above {least}" : $"of {least} or more";
        string most = Most.ToString(CultureInfo.InvariantCulture);
        return $"{(MinExcluded ? "above" : "from")} {least} {(MaxExcluded ? "and below" : "to")} {most}";
    }
}
