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
    /// <exception cref="CorpusException">The file is missing, cannot be read, or is not UTF-8 throughout.</exception>
    public static string Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ReadOnlySpan<byte> bytes = ReadBytes(path);
        if (ForeignText.NameOfEncoding(bytes) is { } encoding)
            throw new CorpusException(
                $"{Display(path)} is {encoding} text, but UTF-8 is needed; convert it: iconv -f {encoding} -t "
                    + $"UTF-8 {Display(path)} > utf8.txt"
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
            throw NotUtf8(path, bytes, failure.Index);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw new CorpusException($"{Display(path)} is a folder; name a file.");
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CorpusFiles.CannotRead(path, failure);
        }
    }

    private static CorpusException NotUtf8(string path, ReadOnlySpan<byte> bytes, int wrong)
    {
        string found =
            $"{Display(path)}, line {LineEnds.LineOf(bytes, wrong)}: byte 0x{bytes[wrong]:X2} is not valid UTF-8";
        bool isMixed = bytes[..wrong].IndexOfAnyExceptInRange((byte)0, (byte)0x7F) >= 0;
        return new CorpusException(
            isMixed
                ? $"{found}, though accented letters before it are: the file mixes encodings, and UTF-8 throughout "
                    + "is needed; write that line anew, and others like it."
                : $"{found}, and UTF-8 is needed; convert the file, if it is Latin-1 or its kin of Windows with: "
                    + $"iconv -f WINDOWS-1252 -t UTF-8 {Display(path)} > utf8.txt"
        );
    }

    private static string Display(string path) => CorpusFiles.Display(path);
}
