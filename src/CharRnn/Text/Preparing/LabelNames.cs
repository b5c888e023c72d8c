using System.Text;
using CharRnn.Datasets;

namespace CharRnn;

/// <summary>
/// Names of labels and columns: compared in Unicode's composed form (NFC), since é is one letter however it was
/// written, and quoted and cut where a message lists them.
/// </summary>
internal static class LabelNames
{
    private const int MaxListed = 30,
        MaxCharacters = 40;

    private static readonly TextPreparation Nfc = new() { Normalize = Normalization.Nfc };

    /// <summary>The name in composed form.</summary>
    public static string Composed(string name) => Ascii.IsValid(name) ? name : Nfc.Apply(name);

    /// <summary>The place of a name among others; null where it is not among them.</summary>
    public static int? IndexOf(string name, IReadOnlyList<string> names)
    {
        string composed = Composed(name);
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name || Composed(names[i]) == composed)
                return i;
        }
        return null;
    }

    /// <summary>The place of each name by its composed form; the first of several that are alike.</summary>
    public static Dictionary<string, int> Places(IReadOnlyList<string> names)
    {
        var places = new Dictionary<string, int>(names.Count, StringComparer.Ordinal);
        foreach (var (place, name) in names.Index())
            places.TryAdd(Composed(name), place);
        return places;
    }

    /// <summary>
    /// Names in a row, with commas between: those that a comma or an end cannot be told in stand between quotation
    /// marks, long ones are cut, and of many the first are listed.
    /// </summary>
    public static string List(IReadOnlyList<string> names) => List(names, Display);

    /// <summary>The same with the number of each.</summary>
    public static string List(IReadOnlyList<(string Name, int Count)> names) =>
        List(names, name => $"{Display(name.Name)} {Quantity.Count(name.Count)}");

    /// <summary>A name on one line, in quotation marks where a list could not tell its ends.</summary>
    public static string Display(string name)
    {
        string shown = Cut(name);
        bool isPlain = shown.Length > 0 && !shown.Any(c => char.IsWhiteSpace(c) || ",;:='\"".Contains(c));
        char mark = shown.Contains('\'') ? '"' : '\'';
        return isPlain ? shown : $"{mark}{shown}{mark}";
    }

    /// <summary>A name on one line, cut where it is long.</summary>
    public static string Cut(string name)
    {
        string shown = TextEscape.ForTerminal(name, keepLineFeedsAndTabs: false);
        return shown.EnumerateRunes().Skip(MaxCharacters).Any()
            ? string.Concat(shown.EnumerateRunes().Take(MaxCharacters - 1)) + "…"
            : shown;
    }

    private static string List<T>(IReadOnlyList<T> names, Func<T, string> text)
    {
        int more = names.Count - MaxListed;
        return string.Join(", ", names.Take(MaxListed).Select(text))
            + (more > 0 ? $" and {Quantity.Count(more)} more" : "");
    }
}
