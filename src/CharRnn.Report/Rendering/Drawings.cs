using System.Globalization;
using System.Text.RegularExpressions;

namespace CharRnn.Report.Rendering;

/// <summary>
/// Details of a page's drawings that a page does not need: names that are drawn at random, places to a millionth of a
/// pixel, marks without a shape. Text of a run is never touched: within it no angle bracket stands as it is.
/// </summary>
internal static partial class Drawings
{
    private const string EmptyMark = "<g class=\"rz-marker\"></g>";

    /// <summary>The page with drawings that are the same for the same runs, and half as long.</summary>
    public static string Tidy(string html) =>
        WithStableNames(
            Shape()
                .Replace(html, shape => TooManyDecimals().Replace(shape.Value, ""))
                .Replace(EmptyMark, "", StringComparison.Ordinal)
        );

    /// <summary>
    /// A chart's parts refer to each other by a random name; numbers in the order of the charts take its place.
    /// </summary>
    private static string WithStableNames(string html)
    {
        // Ten random characters: text of a run cannot be one of them by chance, nor on purpose.
        var names = ClipPath().Matches(html).Select(match => match.Groups[1].Value).Distinct();
        foreach (var (number, name) in names.Index())
            html = html.Replace(
                name,
                string.Create(CultureInfo.InvariantCulture, $"-{number + 1}"),
                StringComparison.Ordinal
            );
        return html;
    }

    [GeneratedRegex("<clipPath id=\"clipPath([A-Za-z0-9_-]{10})\"")]
    private static partial Regex ClipPath();

    [GeneratedRegex("<(?:path|circle|text)\\b[^>]*>")]
    private static partial Regex Shape();

    [GeneratedRegex("(?<=\\.\\d\\d)\\d+")]
    private static partial Regex TooManyDecimals();
}
