using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Inspecting;

/// <summary>Characters of a range of ids, and the character that each id belongs to: a byte is part of one.</summary>
/// <param name="Scalars">(characters): Unicode scalar values, or special symbols, which end lines.</param>
/// <param name="CharacterOf">(positions).</param>
/// <param name="Labels">(characters): the label of the record that each is in; null for a text without such labels.</param>
internal sealed record InspectedText(int[] Scalars, int[] CharacterOf, int[]? Labels = null)
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
            return new InspectedText(read, [.. Enumerable.Range(0, read.Length)], LabelsOf(ids, range));
        }
        // A boundary is a symbol of its own, and is decoded to a line end; each id is one byte.
        byte[] bytes = new byte[read.Length];
        for (int i = 0; i < read.Length; i++)
        {
            int symbol = vocabulary.Symbols[read[i]];
            bytes[i] = symbol <= byte.MaxValue ? (byte)symbol : (byte)'\n';
        }
        var scalars = new List<int>(bytes.Length);
        int[]? labels = LabelsOf(ids, range);
        var labelsOfCharacters = new List<int>();
        int[] characterOf = new int[bytes.Length];
        for (int start = 0; start < bytes.Length; )
        {
            Rune.DecodeFromUtf8(bytes.AsSpan(start), out var rune, out int length);
            characterOf.AsSpan(start, length).Fill(scalars.Count);
            scalars.Add(vocabulary.Symbols[read[start]] > byte.MaxValue ? vocabulary.Symbols[read[start]] : rune.Value);
            if (labels is not null)
                labelsOfCharacters.Add(labels[start]);
            start += length;
        }
        return new InspectedText([.. scalars], characterOf, labels is null ? null : [.. labelsOfCharacters]);
    }

    /// <summary>A property of each position.</summary>
    /// <exception cref="SettingsException">A pattern takes too long on this text, or the text has no labels.</exception>
    public float[] Values(TextProperty property)
    {
        float[] values = property.Compute(this);
        return [.. CharacterOf.Select(character => values[character])];
    }

    private static int[]? LabelsOf(SymbolIds ids, IdRange range)
    {
        if (ids.Labels is not { } labels)
            return null;
        int[] read = new int[checked((int)range.Length)];
        labels.CopyTo(range.Start, read);
        return read;
    }
}
