using System.Globalization;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>
/// Detector of UTF-16 and UTF-32 text, by byte order mark or by the positions of NUL bytes, so that a message can say
/// how to convert it.
/// </summary>
internal static class ForeignText
{
    private const int SampleBytes = 4096;

    // In UTF-16 the spaces, line ends and Latin letters have a NUL as their high byte. Text in an alphabet of its own
    // has one in five to eight words' letters; a binary file seldom has so many on one side alone.
    private const int UnitsPerHighNul = 16;

    // UTF-16 that reads as clean UTF-8 when its NULs are ignored is Latin: every other byte is NUL, or nearly.
    private const int BytesPerNulInLatin = 4;

    /// <summary>
    /// The iconv name of the encoding of a text's first bytes; null if they are neither UTF-16 nor UTF-32.
    /// </summary>
    internal static string? NameOfEncoding(ReadOnlySpan<byte> start)
    {
        var sample = start[..Math.Min(start.Length, SampleBytes)];
        return ByMark(sample) ?? (sample.Contains((byte)0) ? ByNuls(sample) : null);
    }

    // The name without a byte order makes iconv read the mark and leave it out of the output.
    private static string? ByMark(ReadOnlySpan<byte> sample) =>
        sample switch
        {
            [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => "UTF-32",
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "UTF-16",
            _ => null,
        };

    private static string? ByNuls(ReadOnlySpan<byte> sample)
    {
        if (ReadsAs(new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true), sample))
            return "UTF-32LE";
        if (ReadsAs(new UTF32Encoding(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true), sample))
            return "UTF-32BE";

        int nuls = sample.Count((byte)0);
        if (nuls * BytesPerNulInLatin < sample.Length && IsUtf8WithStrayNuls(sample))
            return null;

        int nulsAtOdd = 0;
        for (int i = 1; i < sample.Length; i += 2)
            nulsAtOdd += sample[i] == 0 ? 1 : 0;
        bool bigEndian = nulsAtOdd < nuls - nulsAtOdd;
        int highNuls = bigEndian ? nuls - nulsAtOdd : nulsAtOdd;
        int units = sample.Length / 2;
        if (
            highNuls * UnitsPerHighNul < units
            || !ReadsAs(new UnicodeEncoding(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true), sample)
        )
            return null;
        return bigEndian ? "UTF-16BE" : "UTF-16LE";
    }

    private static bool IsUtf8WithStrayNuls(ReadOnlySpan<byte> sample)
    {
        byte[] withoutNuls = [.. sample.ToArray().Where(value => value != 0)];
        return ReadsAs(
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
            withoutNuls
        );
    }

    // Whether the bytes decode, and to characters of the kinds that texts are made of. The sample may break the last
    // character off.
    private static bool ReadsAs(Encoding strict, ReadOnlySpan<byte> sample)
    {
        char[] characters = new char[strict.GetMaxCharCount(sample.Length)];
        int count;
        try
        {
            count = strict.GetDecoder().GetChars(sample, characters, flush: false);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        return count > 0 && characters.Take(count).All(IsOfText);
    }

    private static bool IsOfText(char character) =>
        character is '\t' or '\n' or '\r' or '\f'
        || char.GetUnicodeCategory(character)
            is not (UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
