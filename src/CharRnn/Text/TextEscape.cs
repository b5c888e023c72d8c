using System.Buffers;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>
/// Makes text safe to show: what a terminal would act on becomes visible, and nothing else is changed.
/// </summary>
public static class TextEscape
{
    /// <summary>
    /// Escapes control characters (ESC, C1 and DEL among them), the bidirectional controls, the line and paragraph
    /// separators and lone surrogates, as <c>\n</c>, <c>\r</c>, <c>\t</c>, <c>\xNN</c> or <c>\u{…}</c>. A backslash
    /// stays one backslash: the result is to be read, not parsed.
    /// </summary>
    /// <param name="text">The text to show.</param>
    /// <param name="keepLineFeedsAndTabs">
    /// Leave U+000A and U+0009 as they are. A carriage return is escaped in any case: it would let a text overwrite its
    /// own line.
    /// </param>
    public static string ForTerminal(string text, bool keepLineFeedsAndTabs = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var shown = new StringBuilder(text.Length);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            bool isScalar = Rune.DecodeFromUtf16(rest, out var rune, out int chars) == OperationStatus.Done;
            int symbol = isScalar ? rune.Value : rest[0];
            if (isScalar && (IsKept(symbol, keepLineFeedsAndTabs) || !UpsetsTerminal(rune)))
                shown.Append(rest[..chars]);
            else
                shown.Append(Escape(symbol));
            rest = rest[chars..];
        }
        return shown.ToString();
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

    private static bool UpsetsTerminal(Rune rune) =>
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
