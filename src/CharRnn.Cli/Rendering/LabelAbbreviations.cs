using System.Globalization;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Two or three letters that stand for a label at the head of a narrow column: the first two where no other label
/// begins with them, else the first three, else the label's number. No two labels have the same.
/// </summary>
internal static class LabelAbbreviations
{
    private const int Short = 2,
        Long = 3;

    /// <summary>The abbreviation of each label.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> labels)
    {
        var (shorts, longs) = (Beginnings(labels, Short), Beginnings(labels, Long));
        return
        [
            .. labels.Select(
                (_, label) =>
                    IsAlone(shorts, label) ? shorts[label]
                    : IsAlone(longs, label) ? longs[label]
                    : string.Create(CultureInfo.InvariantCulture, $"#{label + 1}")
            ),
        ];
    }

    private static string[] Beginnings(IReadOnlyList<string> labels, int letters) =>
        [
            .. labels.Select(label =>
                new StringInfo(label) is var text && text.LengthInTextElements > letters
                    ? text.SubstringByTextElements(0, letters)
                    : label
            ),
        ];

    private static bool IsAlone(string[] beginnings, int label) =>
        beginnings.Count(beginning => beginning == beginnings[label]) == 1;
}
