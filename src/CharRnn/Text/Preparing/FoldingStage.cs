using System.Globalization;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>
/// ASCII folding stage: replaces characters by their ASCII forms. Characters without one are kept and counted; only
/// marks on letters that became ASCII are dropped.
/// </summary>
/// <param name="next">Receiver of the folded text.</param>
internal sealed class FoldingStage(ISymbolSink next) : SymbolStage(next)
{
    private readonly AsciiFolder _folder = new();
    private readonly HashSet<int> _kept = [];
    private bool _isAfterLetter;

    /// <summary>Number of characters without an ASCII form.</summary>
    internal long Kept { get; private set; }

    /// <summary>Number of distinct ones among them.</summary>
    internal int DistinctKept => _kept.Count;

    public override void Append(ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
        {
            if (symbol < 0x80)
            {
                EmitAscii((char)symbol);
            }
            else if (_isAfterLetter && _folder.IsMark(symbol))
            {
                // The mark is dropped, as it is where letter and mark are one character.
            }
            else if (_folder.Fold(symbol) is { } ascii)
            {
                foreach (char letter in ascii)
                    EmitAscii(letter);
            }
            else
            {
                Emit(symbol);
                _isAfterLetter = false;
                _kept.Add(symbol);
                Kept++;
            }
        }
    }

    public override void EndSource()
    {
        _isAfterLetter = false;
        base.EndSource();
    }

    private void EmitAscii(char character)
    {
        Emit(character);
        _isAfterLetter = char.IsAsciiLetter(character);
    }
}

/// <summary>
/// ASCII forms of characters: from a table for letters that Unicode does not decompose (ł, ø, ß, æ …) and for
/// typographic quotes and dashes; a plain space for every space; and otherwise the decomposition without the marks on
/// letters, if that is all ASCII.
/// </summary>
internal sealed class AsciiFolder
{
    private static readonly Lazy<Dictionary<int, string>> Table = new(ReadTable);

    private readonly UnicodeTables _tables = UnicodeTables.Default;
    private readonly Dictionary<int, string?> _known = [];

    /// <summary>The ASCII form of a character beyond ASCII; null if it has none.</summary>
    internal string? Fold(int symbol)
    {
        if (!_known.TryGetValue(symbol, out string? ascii))
            _known.Add(symbol, ascii = Find(symbol));
        return ascii;
    }

    /// <summary>Whether a character is a combining mark, dropped after a letter.</summary>
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
            // A mark on anything but a letter changes the meaning: ≠ is no equals sign.
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

/// <summary>
/// Case folding stage: replaces each capital by its small letter, by Unicode's simple mapping, which is the same in every
/// language and keeps the number of characters.
/// </summary>
/// <param name="next">Receiver of the folded text.</param>
internal sealed class CaseFoldingStage(ISymbolSink next) : SymbolStage(next)
{
    public override void Append(ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
            Emit(Rune.IsValid(symbol) ? Rune.ToLowerInvariant(new Rune(symbol)).Value : symbol);
    }
}
