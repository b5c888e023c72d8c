using System.Globalization;
using System.Text.RegularExpressions;

namespace CharRnn.Report.Rendering;

/// <summary>
/// A chart's parts refer to each other by a name that Radzen draws at random, anew for each page. Numbers in the order of the charts take its place,
/// so that the same runs give the same page.
/// </summary>
internal static partial class PartNames
{
    /// <summary>The page with such names.</summary>
    public static string MakeStable(string html)
    {
        // Ten random characters: text of a run cannot be one of them by chance, nor on purpose.
        var names = ClipPath().Matches(html).Select(match => match.Groups[1].Value).Distinct();
        foreach (var (number, name) in names.Index())
            html = html.Replace(name, string.Create(CultureInfo.InvariantCulture, $"-{number + 1}"), StringComparison.Ordinal);
        return html;
    }

    [GeneratedRegex("<clipPath id=\"clipPath([A-Za-z0-9_-]{10})\"")]
    private static partial Regex ClipPath();
}
