using System.Globalization;

namespace CharRnn.Explaining;

/// <summary>Numbers as a page shows them.</summary>
internal static class NumberText
{
    // Below this four decimals would leave nothing of a number.
    private const double SmallestFixed = 0.0005;

    // What is left of a sum that should be nothing.
    private const double Nothing = 1e-12;

    /// <summary>
    /// Four decimals, or two digits and a power of ten for what is too small: <c>-0.1234</c>, <c>3.1e-5</c>.
    /// </summary>
    public static string Of(double number) =>
        Math.Abs(number) switch
        {
            < Nothing => "0",
            < SmallestFixed => number.ToString("0.0e-0", CultureInfo.InvariantCulture),
            _ => number.ToString("0.0000", CultureInfo.InvariantCulture),
        };

    /// <summary>A whole number.</summary>
    public static string Of(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
