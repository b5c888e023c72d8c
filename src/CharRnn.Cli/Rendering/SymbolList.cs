using System.Globalization;
using System.Text;
using CharRnn.Datasets;
using CharRnn.Report.Pages;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// A vocabulary on one line: what can be seen stands as it is, and whatever cannot, or would join its neighbour, is
/// escaped.
/// </summary>
internal static class SymbolList
{
    private const int MaxShown = 400;

    public static string Of(Vocabulary vocabulary)
    {
        var shown = new StringBuilder();
        foreach (int symbol in vocabulary.Symbols[..Math.Min(vocabulary.Count, MaxShown)])
            shown.Append(Show(symbol, vocabulary.Encoding));
        if (vocabulary.Count > MaxShown)
            shown.Append($" … and {Quantity.Count(vocabulary.Count - MaxShown)} more");
        return shown.ToString();
    }

    private static string Show(int symbol, TextEncoding encoding)
    {
        if (symbol >= Vocabulary.BoundarySymbol)
            return Vocabulary.Describe(symbol, encoding);
        // A byte above ASCII is a part of a character at best.
        if (encoding == TextEncoding.Bytes && symbol > 0x7F)
            return $"\\x{symbol:X2}";
        var rune = new Rune(symbol);
        string safe = TextEscape.ForTerminal(rune.ToString(), keepLineFeedsAndTabs: false);
        return safe.Length == rune.Utf16SequenceLength && !CanBeSeen(rune) ? $"\\u{{{symbol:X4}}}" : safe;
    }

    private static bool CanBeSeen(Rune rune) =>
        rune.Value == ' '
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.SpaceSeparator
                or UnicodeCategory.Format
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.SpacingCombiningMark
            );
}
