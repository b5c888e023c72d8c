using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Server.Generating;

/// <summary>Symbols as the interface has them: characters, bytes in OpenAI's notation, special symbols by name.</summary>
internal static class SymbolText
{
    private const int Ascii = 0x80;

    /// <summary>Name of a symbol in lists of log-probabilities: itself, <c>bytes:\xe2</c>, or a special name.</summary>
    public static string TokenOf(int id, Vocabulary vocabulary)
    {
        int symbol = vocabulary.Symbols[id];
        return symbol switch
        {
            Vocabulary.BoundarySymbol => "<|boundary|>",
            Vocabulary.UnknownSymbol => "<|unknown|>",
            >= Ascii when vocabulary.Encoding == TextEncoding.Bytes => $@"bytes:\x{symbol:x2}",
            _ => new Rune(symbol).ToString(),
        };
    }

    /// <summary>The bytes of a symbol; none of a special one.</summary>
    public static IReadOnlyList<int> BytesOf(int id, Vocabulary vocabulary) =>
        SymbolNames.OfSpecial(vocabulary.Symbols[id]) is not null
            ? []
            : [.. vocabulary.DecodeBytes([id]).Select(each => (int)each)];
}

/// <summary>
/// Decoder of symbols that come part by part: of a byte vocabulary, the bytes of a character are kept until it is
/// whole.
/// </summary>
/// <param name="vocabulary">The vocabulary.</param>
internal sealed class SymbolDecoder(Vocabulary vocabulary)
{
    private readonly Decoder? _decoder = vocabulary.Encoding == TextEncoding.Bytes ? Encoding.UTF8.GetDecoder() : null;

    /// <summary>Number of characters (Unicode scalar values) decoded so far.</summary>
    public int Characters { get; private set; }

    /// <summary>Decodes the next symbols.</summary>
    /// <param name="ids">The symbols.</param>
    /// <param name="isEnd">Whether nothing follows; what is not whole then becomes U+FFFD.</param>
    public string Decode(ReadOnlySpan<int> ids, bool isEnd = false)
    {
        string text = _decoder is null ? vocabulary.Decode(ids) : DecodeBytes(vocabulary.DecodeBytes(ids), isEnd);
        Characters += text.EnumerateRunes().Count();
        return text;
    }

    private string DecodeBytes(byte[] bytes, bool isEnd)
    {
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        int count = _decoder!.GetChars(bytes, characters, flush: isEnd);
        return new string(characters, 0, count);
    }
}
