using System.Globalization;
using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Report.Runs;

namespace CharRnn.Report.Pages;

/// <summary>Formatting of numbers and foreign text on a page.</summary>
internal static class Format
{
    /// <summary>Placeholder of a missing value.</summary>
    public const string Nothing = "–";

    /// <summary>Text that belongs on one line; what cannot be seen is escaped.</summary>
    public static string Line(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);

    /// <summary>A label, cut where it is long.</summary>
    public static string Label(string label) => Line(LabelNames.Cut(label));

    /// <summary>A loss, in nats and bits.</summary>
    public static string Loss(double? nats) =>
        nats is { } loss ? $"{Digits(loss)} nats, {Digits(loss / Math.Log(2))} bits" : Nothing;

    /// <summary>Four decimals; more than four digits before them get an exponent.</summary>
    public static string Digits(double number) =>
        number.ToString(Math.Abs(number) < 1e4 ? "0.0000" : "0.####e0", CultureInfo.InvariantCulture);

    /// <summary>Two decimals; more than four digits before them get an exponent.</summary>
    public static string Number(double number) =>
        number.ToString(Math.Abs(number) < 1e4 ? "0.00" : "0.##e0", CultureInfo.InvariantCulture);

    /// <summary>A number as short as it is.</summary>
    public static string Plain(double number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A whole number, in groups of three digits.</summary>
    public static string Count(double? number) =>
        number is { } count && Math.Abs(count) < long.MaxValue ? Quantity.Count((long)Math.Round(count)) : Nothing;

    /// <summary>A share, in percent.</summary>
    public static string Percent(double? share) => share is { } number ? Quantity.Percent(number) : Nothing;

    /// <summary>A time in seconds.</summary>
    public static string Time(double? seconds) =>
        seconds is >= 0 and < 1e9 ? Quantity.Time(TimeSpan.FromSeconds(seconds.Value)) : Nothing;

    /// <summary>The network in few words.</summary>
    public static string Network(ReportedRun run) =>
        $"{run.Configuration.Settings.Cell} "
        + $"{run.Configuration.Settings.NumLayers}×{run.Configuration.Settings.HiddenSize}";
}
