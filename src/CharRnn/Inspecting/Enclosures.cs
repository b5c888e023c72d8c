using System.Text;

namespace CharRnn.Inspecting;

/// <summary>
/// Positions between marks that open and close. A closing mark is outside, as it is read when the inside has ended; the
/// opening one is inside, as what follows it is. All is closed at a boundary, and quotes and tags at an empty line.
/// </summary>
internal static class Enclosures
{
    private const string Opening = "([{",
        Closing = ")]}";

    /// <summary>Inside " ", “ ” or ' ': an apostrophe between letters, or after one with none open, is no mark.</summary>
    public static float[] Quotes(int[] text)
    {
        int? closing = null;
        return Track(
            text,
            i =>
            {
                if (closing is { } mark)
                {
                    bool closes = text[i] == mark && !(mark is '\'' or '\u2019' && IsLetter(text, i + 1));
                    if (closes || EndsParagraph(text, i))
                        closing = null;
                }
                else
                {
                    closing = text[i] switch
                    {
                        '"' => '"',
                        '\u201C' => '\u201D',
                        '\u2018' => '\u2019',
                        '\'' when !IsLetter(text, i - 1) && IsLetter(text, i + 1) => '\'',
                        _ => null,
                    };
                }
                return closing is not null;
            }
        );
    }

    /// <summary>Inside ( ), [ ] or { }, which nest; a closing bracket that fits none that is open is a stray.</summary>
    public static float[] Brackets(int[] text)
    {
        var open = new Stack<int>();
        return Track(
            text,
            i =>
            {
                int kind = IndexOf(Closing, text[i]);
                if (text[i] == Vocabulary.BoundarySymbol)
                    open.Clear();
                else if (IndexOf(Opening, text[i]) is >= 0 and int opened)
                    open.Push(opened);
                else if (kind >= 0 && open.Contains(kind))
                    while (open.Pop() != kind) { }
                return open.Count > 0;
            }
        );
    }

    /// <summary>Inside &lt; &gt;, where a letter, a slash, ! or ? follows the opening one.</summary>
    public static float[] Tags(int[] text)
    {
        bool isOpen = false;
        return Track(
            text,
            i =>
            {
                if (text[i] == '<')
                    isOpen = IsLetter(text, i + 1) || (i + 1 < text.Length && text[i + 1] is ('/' or '!' or '?'));
                else if (text[i] == '>' || EndsParagraph(text, i))
                    isOpen = false;
                return isOpen;
            }
        );
    }

    private static float[] Track(int[] text, Func<int, bool> isInside)
    {
        float[] values = new float[text.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = isInside(i) ? 1 : 0;
        return values;
    }

    private static int IndexOf(string marks, int scalar) =>
        scalar <= char.MaxValue ? marks.IndexOf((char)scalar, StringComparison.Ordinal) : -1;

    private static bool IsLetter(int[] text, int i) =>
        (uint)i < (uint)text.Length && Rune.IsValid(text[i]) && Rune.IsLetter(new Rune(text[i]));

    private static bool EndsParagraph(int[] text, int i) =>
        text[i] == Vocabulary.BoundarySymbol || (text[i] == '\n' && i > 0 && text[i - 1] == '\n');
}
