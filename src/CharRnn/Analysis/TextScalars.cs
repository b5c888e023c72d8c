using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Analysis;

/// <summary>Conversion of ids to Unicode scalar values, whatever the encoding.</summary>
internal static class TextScalars
{
    /// <summary>
    /// The characters of ids. Bytes are read as UTF-8, with U+FFFD for invalid ones; special symbols stay as they are.
    /// </summary>
    public static int[] Of(ReadOnlySpan<int> ids, Vocabulary vocabulary) =>
        vocabulary.Encoding == TextEncoding.Bytes
            ? Decode(Encoding.UTF8.GetDecoder(), vocabulary.DecodeBytes(ids), isEnd: true)
            : Symbols(ids, vocabulary);

    /// <summary>The characters of a text in blocks.</summary>
    public static IEnumerable<int[]> Read(SymbolIds ids, Vocabulary vocabulary)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        long left = ids.Length;
        foreach (var block in ids.Blocks())
        {
            left -= block.Length;
            yield return vocabulary.Encoding == TextEncoding.Bytes
                ? Decode(decoder, vocabulary.DecodeBytes(block.Span), isEnd: left == 0)
                : Symbols(block.Span, vocabulary);
        }
    }

    /// <summary>
    /// Line and column, from 1, of the character at a position, counted from the last boundary on; and the number of
    /// boundaries before it.
    /// </summary>
    public static (int Boundaries, long Line, long Column) PlaceOf(SymbolIds ids, Vocabulary vocabulary, long position)
    {
        var (boundaries, place) = (0, TextPosition.Start);
        foreach (int[] block in Read(ids, vocabulary))
        {
            var before = block.AsSpan(0, (int)Math.Min(block.Length, position));
            position -= before.Length;
            for (
                int boundary = before.IndexOf(Vocabulary.BoundarySymbol);
                boundary >= 0;
                boundary = before.IndexOf(Vocabulary.BoundarySymbol)
            )
            {
                boundaries++;
                place = TextPosition.Start;
                before = before[(boundary + 1)..];
            }
            place = place.After(before);
            if (position == 0)
                break;
        }
        return (boundaries, place.Line, place.Column);
    }

    /// <summary>The characters as a string; a boundary becomes a line end, and an unknown symbol U+FFFD.</summary>
    public static string ToText(ReadOnlySpan<int> scalars)
    {
        var text = new StringBuilder(scalars.Length);
        foreach (int scalar in scalars)
        {
            text.Append(
                scalar switch
                {
                    Vocabulary.BoundarySymbol => "\n",
                    Vocabulary.UnknownSymbol => Rune.ReplacementChar.ToString(),
                    _ => new Rune(scalar).ToString(),
                }
            );
        }
        return text.ToString();
    }

    private static int[] Symbols(ReadOnlySpan<int> ids, Vocabulary vocabulary)
    {
        int[] symbols = new int[ids.Length];
        for (int i = 0; i < ids.Length; i++)
            symbols[i] = vocabulary.Symbols[ids[i]];
        return symbols;
    }

    private static int[] Decode(Decoder decoder, byte[] bytes, bool isEnd)
    {
        char[] characters = new char[decoder.GetCharCount(bytes, isEnd)];
        decoder.GetChars(bytes, characters, isEnd);
        return [.. new string(characters).EnumerateRunes().Select(rune => rune.Value)];
    }
}
