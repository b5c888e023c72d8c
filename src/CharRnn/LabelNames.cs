using System.Text;

namespace CharRnn;

/// <summary>
/// Labels as people are shown them: cut where they are long, and in lists quoted where a comma or a space would hide
/// their ends. Data and JSON have them whole.
/// </summary>
internal static class LabelNames
{
    /// <summary>Characters of a label that are shown, the ellipsis among them.</summary>
    public const int MaxLength = 40;

    private const int MaxListed = 30;
    private const char Ellipsis = '…';

    /// <summary>The label, cut where it is long.</summary>
    public static string Cut(string label)
    {
        if (label.Length <= MaxLength)
            return label;
        var cut = new StringBuilder();
        int length = 0;
        foreach (var rune in label.EnumerateRunes())
        {
            if (++length > MaxLength)
                return cut.ToString(0, cut.Length - LengthOfLastRune(cut)) + Ellipsis;
            cut.Append(rune.ToString());
        }
        return label;
    }

    /// <summary>The label as one of a list: cut, and in quotation marks where it would be taken for several words.</summary>
    public static string InList(string label)
    {
        string cut = Cut(label);
        bool isPlain = cut.Length > 0 && !cut.Any(c => char.IsWhiteSpace(c) || c is ',' or ';' or '=' or '\'' or '"');
        char mark = cut.Contains('\'') ? '"' : '\'';
        return isPlain ? cut : $"{mark}{cut}{mark}";
    }

    /// <summary>A list of labels with commas between; of many, the first and how many there are besides.</summary>
    public static string List(IEnumerable<string> labels) => ListOf([.. labels], InList);

    /// <summary>The same with the number of each.</summary>
    public static string List(IEnumerable<(string Label, int Count)> labels) =>
        ListOf([.. labels], label => $"{InList(label.Label)} {Quantity.Count(label.Count)}");

    private static string ListOf<T>(T[] all, Func<T, string> text)
    {
        string shown = string.Join(", ", all.Take(MaxListed).Select(text));
        return all.Length > MaxListed ? $"{shown} and {Quantity.Count(all.Length - MaxListed)} more" : shown;
    }

    private static int LengthOfLastRune(StringBuilder text) => char.IsLowSurrogate(text[^1]) ? 2 : 1;
}
