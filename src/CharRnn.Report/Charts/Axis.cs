using System.Globalization;
using CharRnn.Report.Pages;

namespace CharRnn.Report.Charts;

/// <summary>An axis with round numbers on it.</summary>
/// <param name="Min">Start, a multiple of the step.</param>
/// <param name="Max">End.</param>
/// <param name="Step">From one number to the next: 1, 2 or 5 times a power of ten.</param>
/// <param name="IsLogarithmic">Whether these are the logarithms of what is shown, to base 10.</param>
public readonly record struct Axis(double Min, double Max, double Step, bool IsLogarithmic = false)
{
    // Enough for the losses that a logarithmic axis is for.
    private const int LogarithmDigits = 2;

    private const double Thousand = 1e3,
        Million = 1e6;

    /// <summary>From this on thousands are written as 1k, so that numbers have four digits at most.</summary>
    private const double FirstInThousands = 1e4;

    /// <summary>Below this numbers are written with an exponent.</summary>
    private const double LastWithZeros = 1e-3;

    /// <summary>Length of the axis.</summary>
    public double Length => Max - Min;

    /// <summary>An axis over a range.</summary>
    /// <param name="low">The lowest value.</param>
    /// <param name="high">The highest value, not below the lowest.</param>
    /// <param name="intervals">About how many steps.</param>
    /// <param name="isTight">Whether it ends at the highest value itself, rather than at the next round number.</param>
    public static Axis Over(double low, double high, int intervals, bool isTight = false)
    {
        if (high - low <= Math.Abs(high) * 1e-9)
        {
            // All values are nearly the same: a margin around them.
            double margin = high == 0 ? 1 : Math.Abs(high) / 10;
            (low, high, isTight) = (low == 0 ? 0 : low - margin, high + margin, false);
        }
        double step = RoundStep((high - low) / intervals);
        double min = Math.Floor(low / step + 1e-9) * step;
        double max = isTight ? high : Math.Ceiling(high / step - 1e-9) * step;
        return new Axis(min, max, step);
    }

    /// <summary>A logarithmic axis over a range above 0.</summary>
    public static Axis OverLogarithm(double low, double high, int intervals) =>
        Over(Math.Log10(low), Math.Log10(high), intervals) with
        {
            IsLogarithmic = true,
        };

    /// <summary>Where a value lies on the axis.</summary>
    public double PlaceOf(double value) => IsLogarithmic ? Math.Log10(value) : value;

    /// <summary>A number on the axis, by its place.</summary>
    public string Format(double value)
    {
        if (IsLogarithmic)
            return ChartWords.Number(Math.Round(Math.Pow(10, value), LogarithmDigits));
        double largest = Math.Max(Math.Abs(Min), Math.Abs(Max));
        if (Math.Abs(value) < Step / 1000)
            return "0";
        return largest switch
        {
            >= Million * Million => value.ToString("0.##e0", CultureInfo.InvariantCulture),
            >= Million => Text(value / Million, Step / Million) + "M",
            >= FirstInThousands => Text(value / Thousand, Step / Thousand) + "k",
            < LastWithZeros => value.ToString("0.##e0", CultureInfo.InvariantCulture),
            _ => Text(value, Step),
        };
    }

    // As many decimals as the step needs, for all numbers of the axis.
    private static string Text(double value, double step)
    {
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        return value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static double RoundStep(double raw)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return (raw / power) switch
            {
                <= 1 => 1,
                <= 2 => 2,
                <= 5 => 5,
                _ => 10,
            } * power;
    }
}
