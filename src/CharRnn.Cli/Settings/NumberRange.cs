using System.Globalization;

namespace CharRnn.Cli.Settings;

/// <summary>The numbers a setting allows; never NaN or infinities.</summary>
internal readonly record struct NumberRange(
    double Least,
    double Most,
    bool LeastExcluded = false,
    bool MaxExcluded = false
)
{
    public bool Contains(double number) =>
        double.IsFinite(number)
        && (LeastExcluded ? number > Least : number >= Least)
        && (MaxExcluded ? number < Most : number <= Most);

    public override string ToString()
    {
        string least = Least.ToString(CultureInfo.InvariantCulture);
        if (Least == double.MinValue && Most == double.MaxValue)
            return "that is finite";
        if (Most == double.MaxValue)
            return LeastExcluded ? $"above {least}" : $"of {least} or more";
        string most = Most.ToString(CultureInfo.InvariantCulture);
        return $"{(LeastExcluded ? "above" : "from")} {least} {(MaxExcluded ? "and below" : "to")} {most}";
    }
}
