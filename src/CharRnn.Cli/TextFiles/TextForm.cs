using System.Text.Unicode;
using CharRnn.Datasets;

namespace CharRnn.Cli.TextFiles;

/// <summary>How the texts in files are read.</summary>
/// <param name="IsRaw">Whether files are read byte by byte, and nothing is unpacked.</param>
/// <param name="Charset">The encoding of files; null for UTF-8.</param>
/// <param name="Columns">The column of tables that the texts are; null where files are texts.</param>
internal sealed record TextForm(bool IsRaw, string? Charset, TableColumns? Columns)
{
    /// <summary>The texts in a file, unpacked and decoded.</summary>
    /// <param name="path">The file.</param>
    /// <param name="note">Receives a line about what is not read, or read otherwise.</param>
    /// <exception cref="CorpusException">It cannot be read, or is no text.</exception>
    public IReadOnlyList<CorpusSource> TextsIn(string path, Action<string> note)
    {
        if (IsRaw)
            return [CorpusSource.OfFile(path)];
        var unpacked = UnpackedText.In(path, note);
        if (Charset is not null && unpacked.FirstOrDefault(EncodingAdvice.IsUtf8) is { } strange)
            note(
                $"{strange.DisplayName} reads as UTF-8 too, and is read as {Charset}; where its letters look wrong, "
                    + "it is to be read with --encoding utf-8."
            );
        var texts = unpacked.Select(Decoded);
        return Columns is null ? [.. texts] : [.. texts.Select(text => Columns.TextsOf(text, note))];
    }

    /// <summary>The one text in a file, unpacked and decoded.</summary>
    /// <inheritdoc cref="UnpackedText.OnlyIn"/>
    public static CorpusSource OnlyIn(string path, string? charset) =>
        new TextForm(IsRaw: false, charset, Columns: null).Decoded(UnpackedText.OnlyIn(path));

    private CorpusSource Decoded(CorpusSource text) =>
        Charset is null ? text with { Advice = () => EncodingAdvice.For(text) } : text.DecodedFrom(Charset);
}

/// <summary>What a text that is not UTF-8 seems to be, and how it is read.</summary>
internal static class EncodingAdvice
{
    private const int MaxBytes = 1 << 20,
        BytesToTell = 1 << 16,
        LongestSequence = 4;
    private const float Sure = 0.5f;

    /// <summary>The end of a sentence; null where nothing can be made of the text.</summary>
    public static string? For(CorpusSource text)
    {
        string? name = Detected(text) is { } found && Charset.Canonical(found) is { } known ? known : null;
        string converted = text.Form.Length > 0 ? "the unpacked text" : text.DisplayName;
        return name is null
            ? null
            : $"it seems to be {name}: read it with --encoding {name}, or convert it: iconv -f {name.ToUpperInvariant()} "
                + $"-t UTF-8 {converted} > utf8.txt";
    }

    /// <summary>Whether the beginning of a text is UTF-8 with characters beyond ASCII, which others are not by chance.</summary>
    public static bool IsUtf8(CorpusSource text)
    {
        byte[] bytes = new byte[BytesToTell];
        using var stream = text.Open();
        ReadOnlySpan<byte> read = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        // The last character may be broken off.
        for (int cut = 0; read.Length == BytesToTell && cut < LongestSequence && !Utf8.IsValid(read); cut++)
            read = read[..^1];
        return read.ContainsAnyExceptInRange((byte)0, (byte)0x7F) && Utf8.IsValid(read);
    }

    private static string? Detected(CorpusSource text)
    {
        byte[] bytes = new byte[MaxBytes];
        using var stream = text.Open();
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (bytes.AsSpan(0, read).Contains((byte)0))
            return null;
        var best = UtfUnknown.CharsetDetector.DetectFromBytes(bytes, 0, read).Detected;
        return best is { Confidence: >= Sure, EncodingName: { } name } && !IsTheSame(name, bytes.AsSpan(0, read))
            ? name
            : WindowsName;
    }

    // Of a few letters many encodings are alike; the commonest is then the likeliest.
    private static bool IsTheSame(string name, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Charset.Text(bytes, name) == Charset.Text(bytes, WindowsName);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    // What most texts in Western Europe and America are that are not UTF-8.
    private const string WindowsName = "windows-1252";
}

/// <summary>
/// Standard input, or a pipe that was named, as a file: it can be read only once, and a text is read twice. It lies in
/// the folder for temporary files until a run takes it over, and is deleted with this object.
/// </summary>
internal sealed class StreamedText : IDisposable
{
    /// <summary>What stands for standard input on the command line.</summary>
    public const string StandardInput = "-";

    /// <summary>What a run calls it.</summary>
    public const string Name = "stdin";

    private const string FileName = "text.txt";

    private readonly string _folder;

    private StreamedText()
    {
        _folder = Directory.CreateTempSubdirectory("charrnn-text-").FullName;
        FilePath = Path.Combine(_folder, FileName);
    }

    /// <summary>Where it is.</summary>
    public string FilePath { get; private set; }

    /// <summary>Whether a name on the command line stands for a text that can be read only once.</summary>
    public static bool Is(string named) =>
        named == StandardInput
        || (OperatingSystem.IsLinux() && File.Exists(named) && FileStamp.Of(named) is null && !Directory.Exists(named));

    /// <summary>Reads it to its end.</summary>
    /// <exception cref="OperationCanceledException">A signal came meanwhile.</exception>
    public static StreamedText Read(string named, Shell shell)
    {
        if (named == StandardInput && shell.IsInputTerminal)
            shell.Terminal.Message("reading a text from standard input; Ctrl-D ends it");
        var text = new StreamedText();
        try
        {
            // Neither opening a pipe nor reading one can be broken off: that is left to a thread that nobody waits for.
            Task.Run(() => text.Fill(named, shell)).Wait(shell.Interruption.Token);
            return text;
        }
        catch (AggregateException failure)
        {
            text.Dispose();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.InnerException!);
            throw;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Puts it where it stays.</summary>
    public void MoveTo(string path)
    {
        string kept = Path.GetFullPath(path);
        File.Move(FilePath, kept, overwrite: true);
        FilePath = kept;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException) { }
    }

    private void Fill(string named, Shell shell)
    {
        try
        {
            using var input = named == StandardInput ? shell.OpenInputBytes() : File.OpenRead(named);
            using var file = File.Create(FilePath);
            input.CopyTo(file);
            if (file.Length == 0)
                throw new CorpusException(
                    $"{DisplayOf(named)} is empty, and a text is needed; send one: charrnn … - < text.txt"
                );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"cannot read {DisplayOf(named)}: {failure.Message}", failure);
        }
    }

    private static string DisplayOf(string named) =>
        named == StandardInput ? "standard input" : CorpusFiles.Display(named);
}
