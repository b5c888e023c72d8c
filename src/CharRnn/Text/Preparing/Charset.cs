using System.Text;

namespace CharRnn.Datasets;

/// <summary>
/// Encodings of files other than UTF-8: those that .NET has, by their common names (<c>latin1</c>,
/// <c>windows-1252</c>, <c>utf-16</c>, <c>shift_jis</c>, …). Decoding is strict.
/// </summary>
internal static class Charset
{
    internal const string Utf16 = "utf-16",
        Utf32 = "utf-32";

    /// <summary>
    /// The name under which an encoding is kept; null if there is none of that name, or UTF-8 is meant.
    /// </summary>
    internal static string? Canonical(string name)
    {
        try
        {
            var encoding = Find(name.Trim());
            return encoding is UTF8Encoding || encoding.CodePage == Encoding.ASCII.CodePage ? null : encoding.WebName;
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The bytes of a file as UTF-8.</summary>
    /// <param name="bytes">The bytes; the result disposes of them.</param>
    /// <param name="name">The name of their encoding; null for UTF-8.</param>
    internal static Stream Decoded(Stream bytes, string? name)
    {
        if (name is null)
            return bytes;
        return Encoding.CreateTranscodingStream(bytes, Find(name), Encoding.UTF8);
    }

    /// <summary>Bytes as text.</summary>
    /// <exception cref="ArgumentException">They are none in that encoding, or it is not known.</exception>
    internal static string Text(ReadOnlySpan<byte> bytes, string name) => Find(name).GetString(bytes);

    private static Encoding Find(string name) =>
        CodePagesEncodingProvider.Instance.GetEncoding(
            Common(name),
            EncoderFallback.ExceptionFallback,
            DecoderFallback.ExceptionFallback
        ) ?? Encoding.GetEncoding(Common(name), EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private static string Common(string name) =>
        name.ToLowerInvariant() switch
        {
            "latin-1" => "latin1",
            "cp1252" or "ansi" => "windows-1252",
            "sjis" => "shift_jis",
            var other => other,
        };
}
