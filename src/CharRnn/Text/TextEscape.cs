using System.Buffers;
using System.Globalization;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>
/// Escaping of text for display: what a terminal would act on becomes visible, and nothing else changes.
/// </summary>
internal static class TextEscape
{
    /// <summary>
    /// Escapes control characters (ESC, C1 and DEL among them), the bidirectional controls, the line and paragraph
    /// separators and lone surrogates, as <c>\n</c>, <c>\r</c>, <c>\t</c>, <c>\xNN</c> or <c>\u{…}</c>. A backslash
    /// stays one backslash: the result is to be read, not parsed.
    /// </summary>
    /// <param name="text">The text to display.</param>
    /// <param name="keepLineFeedsAndTabs">
    /// Leave U+000A and U+0009 as they are. A carriage return is escaped in any case: it would let a text overwrite its
    /// own line.
    /// </param>
    public static string ForTerminal(string text, bool keepLineFeedsAndTabs = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = new StringBuilder(text.Length);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            bool isScalar = Rune.DecodeFromUtf16(rest, out var rune, out int chars) == OperationStatus.Done;
            int symbol = isScalar ? rune.Value : rest[0];
            if (isScalar && (IsKept(symbol, keepLineFeedsAndTabs) || !ActsOnTerminal(rune)))
                escaped.Append(rest[..chars]);
            else
                escaped.Append(Escape(symbol));
            rest = rest[chars..];
        }
        return escaped.ToString();
    }

    /// <summary>The escape of one symbol, whether it needs one or not.</summary>
    internal static string Escape(int symbol) =>
        symbol switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            <= 0xFF => $"\\x{symbol:X2}",
            _ => $"\\u{{{symbol:X4}}}",
        };

    private static bool IsKept(int symbol, bool keepLineFeedsAndTabs) => keepLineFeedsAndTabs && symbol is '\n' or '\t';

    private static bool ActsOnTerminal(Rune rune) =>
        Rune.IsControl(rune)
        || rune.Value
            is 0x061C
                or 0x200E
                or 0x200F // Arabic letter mark, left-to-right and right-to-left marks
                or (>= 0x202A and <= 0x202E) // embeddings and overrides
                or (>= 0x2066 and <= 0x2069) // isolates
                or 0x2028
                or 0x2029; // line and paragraph separators
}

/// <summary>Names of symbols in messages and tables.</summary>
internal static class SymbolNames
{
    /// <summary>Name of a special symbol; null for a character.</summary>
    internal static string? OfSpecial(int symbol) =>
        symbol switch
        {
            Vocabulary.BoundarySymbol => "⟨boundary⟩",
            Vocabulary.UnknownSymbol => "⟨unknown⟩",
            _ => null,
        };

    /// <summary>The symbol between quotes, with its code unless it is printable ASCII.</summary>
    internal static string Describe(int symbol, TextEncoding encoding) =>
        IsPrintableAscii(symbol) ? Quoted(symbol) : WithCode(symbol, encoding);

    /// <summary>
    /// The symbol with its code, between quotes if it is printable: <c>'x' (U+0078)</c>, <c>0xE9</c>.
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

/// <summary>Line and column in a text, as an editor counts: from line 1, column 1; a column is one symbol.</summary>
/// <param name="Line">The line.</param>
/// <param name="Column">The column.</param>
/// <param name="IsAfterReturn">Whether a carriage return stands before it, with which a line feed ends one line.</param>
internal readonly record struct TextPosition(long Line, long Column, bool IsAfterReturn = false)
{
    internal static TextPosition Start => new(1, 1);

    /// <summary>The position after the given symbols.</summary>
    /// <param name="symbols">The symbols.</param>
    /// <param name="lineEnd">
    /// The symbol that ends a line beside CR: LF, or the boundary where lines are records.
    /// </param>
    internal TextPosition After(ReadOnlySpan<int> symbols, int lineEnd = LineEnds.Feed)
    {
        if (symbols.IsEmpty)
            return this;
        int lastEnd = symbols.LastIndexOfAny(lineEnd, LineEnds.Return);
        if (lastEnd < 0)
            return new TextPosition(Line, Column + symbols.Length);
        long ends = symbols.Count(lineEnd) + symbols.Count(LineEnds.Return);
        ends -= LineEnds.CountPairs(symbols, IsAfterReturn);
        return new TextPosition(Line + ends, symbols.Length - lastEnd, symbols[^1] == LineEnds.Return);
    }

    /// <summary><c>line:column</c>.</summary>
    public override string ToString() => $"{Line}:{Column}";
}
