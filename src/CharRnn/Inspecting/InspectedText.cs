using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Inspecting;

/// <summary>Characters of a range of ids, and the character that each id belongs to: a byte is part of one.</summary>
/// <param name="Scalars">(characters).</param>
/// <param name="CharacterOf">(positions).</param>
internal sealed record InspectedText(int[] Scalars, int[] CharacterOf)
{
    /// <summary>Reads a range. Bytes are read as UTF-8, with U+FFFD for invalid ones.</summary>
    public static InspectedText Of(SymbolIds ids, IdRange range, Vocabulary vocabulary)
    {
        int[] read = new int[checked((int)range.Length)];
        ids.CopyTo(range.Start, read);
        if (vocabulary.Encoding != TextEncoding.Bytes)
        {
            var symbols = vocabulary.Symbols;
            for (int i = 0; i < read.Length; i++)
                read[i] = symbols[read[i]];
            return new InspectedText(read, [.. Enumerable.Range(0, read.Length)]);
        }
        // A boundary is a symbol of its own, and is decoded to a line end; each id is one byte.
        byte[] bytes = new byte[read.Length];
        for (int i = 0; i < read.Length; i++)
        {
            int symbol = vocabulary.Symbols[read[i]];
            bytes[i] = symbol <= byte.MaxValue ? (byte)symbol : (byte)'\n';
        }
        var scalars = new List<int>(bytes.Length);
        int[] characterOf = new int[bytes.Length];
        for (int start = 0; start < bytes.Length; )
        {
            Rune.DecodeFromUtf8(bytes.AsSpan(start), out var rune, out int length);
            characterOf.AsSpan(start, length).Fill(scalars.Count);
            scalars.Add(vocabulary.Symbols[read[start]] > byte.MaxValue ? vocabulary.Symbols[read[start]] : rune.Value);
            start += length;
        }
        return new InspectedText([.. scalars], characterOf);
    }

    /// <summary>A property of each position.</summary>
    public float[] Values(TextProperty property)
    {
        float[] values = property.Of(Scalars);
        return [.. CharacterOf.Select(character => values[character])];
    }
}
