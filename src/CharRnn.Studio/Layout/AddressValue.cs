using System.Globalization;

namespace CharRnn.Studio.Layout;

/// <summary>Values in the query of an address, which anybody may have written: what cannot be read counts as absent.</summary>
internal static class AddressValue
{
    /// <summary>A whole number from 0 on.</summary>
    public static long? Whole(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>A whole number from 0 to <paramref name="most"/>, which larger ones become.</summary>
    public static int? Whole(string? text, int most) => Whole(text) is { } number ? (int)Math.Min(number, most) : null;

    /// <summary>A number.</summary>
    public static double? Real(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number)
            ? number
            : null;

    /// <summary>Whether it says <c>true</c>.</summary>
    public static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);
}
