using System.IO.Compression;
using CharRnn.Datasets;

namespace CharRnn.Cli.TextFiles;

/// <summary>
/// The texts in a file: itself, what is compressed in it (gzip, Zstandard), or the text files of a zip archive, each a
/// text of its own.
/// </summary>
internal static class UnpackedText
{
    private const string TextExtension = ".txt",
        MacFolder = "__MACOSX";

    private static readonly string[] CompressedExtensions = [".gz", ".zst"];

    /// <summary>The file's name without an extension that says how it is compressed.</summary>
    public static string NameOf(string path) =>
        CompressedExtensions.FirstOrDefault(extension => HasExtension(path, extension)) is { } packed
            ? path[..^packed.Length]
            : path;

    /// <summary>Whether a name has an extension; capitals make no difference.</summary>
    public static bool HasExtension(string path, string extension) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>The texts in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tell">Receives a line about what is not read.</param>
    /// <exception cref="CorpusException">It cannot be read, or is no text.</exception>
    public static IReadOnlyList<CorpusSource> In(string path, Action<string> tell)
    {
        var file = CorpusSource.OfFile(path);
        byte[] start = StartOf(file);
        var packing = FileFormat.PackingOf(start);
        if (packing == Packing.Zip)
            return InZip(path, tell);
        if (packing == Packing.None)
        {
            FileFormat.RefuseForeign(start, file.DisplayName);
            return [file];
        }
        var unpacked = file with
        {
            Open = () => Unpacking(packing, file.Open()),
            Form = packing == Packing.GZip ? "gzip" : "zstd",
        };
        FileFormat.RefuseForeign(StartOf(unpacked), unpacked.DisplayName);
        return [unpacked];
    }

    /// <summary>The one text in a file.</summary>
    /// <exception cref="CorpusException">There are several, or it cannot be read.</exception>
    public static CorpusSource OnlyIn(string path) =>
        In(path, _ => { }) is [var only]
            ? only
            : throw new CorpusException(
                $"{CorpusFiles.Display(path)} holds several texts, and one is needed; unpack it, and name that."
            );

    private static byte[] StartOf(CorpusSource source)
    {
        byte[] start = new byte[FileFormat.StartBytes];
        try
        {
            using var stream = source.Open();
            return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw CorpusFiles.CannotRead(source.Name, failure);
        }
    }

    private static Stream Unpacking(Packing packing, Stream packed) =>
        packing == Packing.GZip ? new GZipStream(packed, CompressionMode.Decompress) : ZstandardText.Unpacking(packed);

    private static List<CorpusSource> InZip(string path, Action<string> tell)
    {
        string[] names;
        try
        {
            using var archive = ZipFile.OpenRead(path);
            names = [.. archive.Entries.Select(entry => entry.FullName).Where(IsVisibleFile)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw CorpusFiles.CannotRead(path, failure);
        }
        FileFormat.RefuseDocument(names, CorpusFiles.Display(path));
        string[] texts = names is [_] ? names : [.. names.Where(name => HasExtension(name, TextExtension))];
        if (texts.Length == 0)
            throw new CorpusException(
                $"{CorpusFiles.Display(path)} holds no {TextExtension} file; unpack it, and name the texts in it."
            );
        string[] others = [.. names.Except(texts)];
        if (others.Length > 0)
            tell(
                $"not read of {CorpusFiles.Display(path)}: {UnreadFiles.List(others)}; its {TextExtension} files are."
            );
        Array.Sort(texts, StringComparer.Ordinal);
        return
        [
            .. texts.Select(name => new CorpusSource(
                $"{path}/{name}",
                () => new ZippedText(ZipFile.OpenRead(path), name),
                path
            )
            {
                Form = $"zip:{name}",
            }),
        ];
    }

    private static bool IsVisibleFile(string name) =>
        !name.EndsWith('/') && !name.Split('/').Any(part => part.StartsWith('.') || part == MacFolder);

    /// <summary>A file of a zip archive, which is closed with it.</summary>
    private sealed class ZippedText(ZipArchive archive, string name) : WrappedStream(archive.GetEntry(name)!.Open())
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
                archive.Dispose();
        }
    }
}

/// <summary>Zstandard, apart from the rest: its library is loaded only where there is such a file.</summary>
internal static class ZstandardText
{
    public static Stream Unpacking(Stream packed) =>
        new Unpacked(new ZstdSharp.DecompressionStream(packed, leaveOpen: false));

    private sealed class Unpacked(Stream inner) : WrappedStream(inner)
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return base.Read(buffer);
            }
            catch (ZstdSharp.ZstdException failure)
            {
                throw new InvalidDataException(failure.Message, failure);
            }
            catch (EndOfStreamException failure)
            {
                throw new InvalidDataException("it is cut short", failure);
            }
        }
    }
}

/// <summary>A stream that is read from its beginning to its end, made of another.</summary>
internal abstract class WrappedStream(Stream inner) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
