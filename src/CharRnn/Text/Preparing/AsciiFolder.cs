using System.Globalization;
using System.Text;
using CharRnn.Explaining;

namespace CharRnn.Datasets;

/// <summary>
/// The ASCII form of a character: out of a table for letters that Unicode does not decompose (ł, ø, ß, æ …) and for
/// typographic quotes and dashes, a plain space for every space, and for all else what is left of its decomposition
/// without the marks on letters, where that is ASCII altogether.
/// </summary>
internal sealed class AsciiFolder
{
    private static readonly Lazy<Dictionary<int, string>> Table = new(ReadTable);

    private readonly UnicodeTables _tables = UnicodeTables.Default;
    private readonly Dictionary<int, string?> _known = [];

    /// <summary>The ASCII form of a character beyond ASCII; null where it has none.</summary>
    internal string? Fold(int symbol)
    {
        if (!_known.TryGetValue(symbol, out string? ascii))
            _known.Add(symbol, ascii = Find(symbol));
        return ascii;
    }

    /// <summary>Whether a character is a mark that a letter before it loses.</summary>
    internal bool IsMark(int symbol) => _tables.ClassOf(symbol) != 0;

    private string? Find(int symbol)
    {
        if (Alone(symbol) is { } alone)
            return alone;
        var parts = new List<int>();
        _tables.Decompose(symbol, isInCompatibility: true, parts);
        var ascii = new StringBuilder();
        foreach (int part in parts)
        {
            // A mark on anything but a letter is more than an ornament: ≠ is no equals sign.
            bool isOnLetter = ascii.Length > 0 && char.IsAsciiLetter(ascii[^1]);
            if (isOnLetter && IsMark(part))
                continue;
            if (char.IsAscii((char)part) && part < char.MaxValue)
                ascii.Append((char)part);
            else if (Alone(part) is { } form)
                ascii.Append(form);
            else
                return null;
        }
        return ascii.ToString();
    }

    private static string? Alone(int symbol)
    {
        if (Table.Value.TryGetValue(symbol, out string? ascii))
            return ascii;
        return Rune.IsValid(symbol) && CharUnicodeInfo.GetUnicodeCategory(symbol) == UnicodeCategory.SpaceSeparator
            ? " "
            : null;
    }

    private static Dictionary<int, string> ReadTable()
    {
        var table = new Dictionary<int, string>();
        foreach (string line in Resource.Lines("ascii.txt"))
        {
            int tab = line.IndexOf('\t');
            foreach (var rune in line[(tab + 1)..].EnumerateRunes())
                table.Add(rune.Value, line[..tab]);
        }
        return table;
    }
}
