using System.Text;

namespace CharRnn.Datasets;

/// <summary>Reader of whole UTF-8 files of short texts or rows, whose errors name the line.</summary>
internal static class Utf8File
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The text of a file, without a byte order mark; its line ends stay as they are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="charset">The encoding of the file; null for UTF-8.</param>
    /// <exception cref="CorpusException">The file is missing, cannot be read, or is not text in its encoding.</exception>
    public static string Read(string path, string? charset = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
            throw new CorpusException($"{Display(path)} is a folder; name a file.");
        return Read(CorpusSource.OfFile(path).DecodedFrom(charset));
    }

    /// <summary>The text of a source that is read whole.</summary>
    /// <inheritdoc cref="Read(string, string)"/>
    public static string Read(CorpusSource source)
    {
        string path = source.Name;
        ReadOnlySpan<byte> bytes = ReadBytes(source);
        if (ForeignText.NameOfEncoding(bytes) is { } encoding)
            throw new CorpusException(
                $"{Display(path)} is {encoding} text, but UTF-8 is needed; convert it: iconv -f {encoding} -t "
                    + $"UTF-8 {Display(path)} > utf8.txt, or read it with 'Encoding' {encoding.ToLowerInvariant()}"
            );
        int nul = bytes.IndexOf((byte)0);
        if (nul >= 0)
            throw new CorpusException(
                $"{Display(path)}, line {LineEnds.LineOf(bytes, nul)}: a NUL byte, so this is a binary file and no text; "
                    + "name a text file."
            );
        if (bytes.StartsWith(ByteOrderMark))
            bytes = bytes[ByteOrderMark.Length..];
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException failure)
        {
            throw NotUtf8(source, bytes, failure.Index);
        }
    }

    private static byte[] ReadBytes(CorpusSource source)
    {
        try
        {
            using var stream = source.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (DecoderFallbackException)
        {
            throw new CorpusException(
                $"{source.DisplayName} is not text in the encoding it is read in ({source.Form}); name another with "
                    + "'Encoding'."
            );
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or ArgumentException or InvalidDataException)
        {
            throw CorpusFiles.CannotRead(source.Name, failure);
        }
    }

    private static CorpusException NotUtf8(CorpusSource source, ReadOnlySpan<byte> bytes, int wrong)
    {
        string found =
            $"{source.DisplayName}, line {LineEnds.LineOf(bytes, wrong)}: byte 0x{bytes[wrong]:X2} is not valid UTF-8";
        bool isMixed = bytes[..wrong].IndexOfAnyExceptInRange((byte)0, (byte)0x7F) >= 0;
        if (isMixed)
            return new CorpusException(
                $"{found}, though accented letters before it are: the file mixes encodings, and UTF-8 throughout "
                    + "is needed; rewrite that line, and others like it."
            );
        string advice =
            source.Advice?.Invoke()
            ?? "convert the file, if it is Latin-1 or its kin of Windows with: "
                + $"iconv -f WINDOWS-1252 -t UTF-8 {source.DisplayName} > utf8.txt";
        return new CorpusException($"{found}, and UTF-8 is needed; {advice}");
    }

    private static string Display(string path) => CorpusFiles.Display(path);
}
