using System.Globalization;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>How messages and tables name a symbol.</summary>
internal static class SymbolNames
{
    /// <summary>How a symbol that is no character is shown; null for all others.</summary>
    internal static string? OfSpecial(int symbol) =>
        symbol switch
        {
            Vocabulary.BoundarySymbol => "⟨boundary⟩",
            Vocabulary.UnknownSymbol => "⟨unknown⟩",
            _ => null,
        };

    /// <summary>The symbol between quotes, with its code wherever the quotes alone do not tell which it is.</summary>
    internal static string Describe(int symbol, TextEncoding encoding) =>
        IsPrintableAscii(symbol) ? Quoted(symbol) : WithCode(symbol, encoding);

    /// <summary>
    /// The symbol between quotes where it can be shown, always with its code: <c>'x' (U+0078)</c>, <c>0xE9</c>.
    /// </summary>
    internal static string WithCode(int symbol, TextEncoding encoding)
    {
        if (OfSpecial(symbol) is { } special)
            return special;
        string code = encoding == TextEncoding.Bytes ? $"0x{symbol:X2}" : $"U+{symbol:X4}";
        // A byte above ASCII is part of a character at best, and a lone surrogate is none: there is nothing to quote.
        bool hasNoForm = !Rune.IsValid(symbol) || (encoding == TextEncoding.Bytes && symbol > 0x7F);
        return hasNoForm ? code : $"{Quoted(symbol)} ({code})";
    }

    private static bool IsPrintableAscii(int symbol) => symbol is >= ' ' and <= '~';

    private static string Quoted(int symbol)
    {
        var rune = new Rune(symbol);
        return IsInvisible(rune) ? $"'{TextEscape.Escape(symbol)}'" : $"'{rune}'";
    }

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned;
}
