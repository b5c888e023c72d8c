using System.IO.Enumeration;
using System.Text.Json.Serialization;

namespace CharRnn.Datasets;

/// <summary>
/// Resolution of a user's paths to the files to read, in an order that does not depend on the machine.
/// </summary>
internal static class CorpusFiles
{
    /// <summary>
    /// The files of the paths, in their order; the files of a folder sorted ordinally by their path below it.
    /// </summary>
    /// <exception cref="CorpusException">
    /// A path does not exist or cannot be read, or a folder holds no matching file.
    /// </exception>
    /// <param name="paths">The paths.</param>
    /// <param name="options">Which files of a folder are read, and what is in a file.</param>
    /// <param name="unread">Receives the files of folders that no pattern matches; hidden ones are not counted.</param>
    internal static List<CorpusSource> Find(IReadOnlyList<string> paths, CorpusOptions options, List<string> unread)
    {
        if (paths.Count == 0)
            throw new CorpusException("no corpus is named; name at least one file or folder.");
        var sources = new List<CorpusSource>();
        foreach (string path in paths)
        {
            if (IsFolder(path))
                sources.AddRange(InFolder(path, options.Include, unread).SelectMany(file => TextsOf(file, options)));
            else
                sources.AddRange(TextsOf(path, options));
        }
        return sources;
    }

    /// <summary>The texts in the file at a path, which must be one.</summary>
    /// <exception cref="CorpusException">There is none, or it is a folder.</exception>
    internal static IReadOnlyList<CorpusSource> InFile(string path, CorpusOptions options) =>
        IsFolder(path)
            ? throw new CorpusException($"{Display(path)} is a folder; name a file.")
            : TextsOf(path, options);

    internal static CorpusException CannotRead(string path, Exception failure) =>
        new($"{Display(path)} cannot be read: {Reason(failure)}", failure);

    internal static string Display(string path) =>
        path.Length == 0 ? "\"\"" : TextEscape.ForTerminal(path, keepLineFeedsAndTabs: false);

    private static IReadOnlyList<CorpusSource> TextsOf(string path, CorpusOptions options) =>
        options.TextsOf?.Invoke(path) ?? [CorpusSource.OfFile(path).DecodedFrom(options.Preparation.Charset)];

    private static bool IsFolder(string path)
    {
        try
        {
            return File.GetAttributes(path).HasFlag(FileAttributes.Directory);
        }
        // An empty path, or one with a NUL in it, is an argument that no file can have.
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CannotRead(path, failure);
        }
    }

    private static List<string> InFolder(string folder, IReadOnlyList<string> include, List<string> unread)
    {
        if (include.Count == 0)
            throw new SettingsException(
                $"no pattern says which files of {Display(folder)} to read; pass 'Include' '*.txt', say."
            );
        var found = new List<string>();
        Walk(new DirectoryInfo(folder), prefix: "", include, found, unread);
        if (found.Count == 0)
            throw new CorpusException(
                $"{Display(folder)} holds no file that matches {string.Join(" or ", include.Select(Display))}; "
                    + "name another folder, or other patterns with 'Include'."
            );
        found.Sort(string.CompareOrdinal);
        return [.. found.Select(relative => Path.Combine(folder, relative))];
    }

    // Hidden files and folders are skipped, as by a shell's patterns: a checkout's .git is no text. So are links to
    // folders, since they may form a cycle; those are told.
    private static void Walk(
        DirectoryInfo folder,
        string prefix,
        IReadOnlyList<string> include,
        List<string> found,
        List<string> unread
    )
    {
        FileSystemInfo[] entries;
        try
        {
            entries = folder.GetFileSystemInfos();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotRead(folder.FullName, failure);
        }
        foreach (var entry in entries)
        {
            string relative = prefix + entry.Name;
            bool isFolder = entry.Attributes.HasFlag(FileAttributes.Directory);
            if (entry.Attributes.HasFlag(FileAttributes.Hidden))
                continue;
            if (isFolder && entry.LinkTarget is null)
                Walk((DirectoryInfo)entry, relative + "/", include, found, unread);
            else if (!isFolder && include.Any(pattern => Matches(pattern, relative, entry.Name)))
                found.Add(relative);
            else
                unread.Add(relative);
        }
    }

    private static bool Matches(string pattern, string relative, string name) =>
        FileSystemName.MatchesSimpleExpression(
            pattern,
            pattern.Contains('/', StringComparison.Ordinal) ? relative : name,
            ignoreCase: true
        );

    private static string Reason(Exception failure) =>
        failure switch
        {
            UnauthorizedAccessException => "permission is denied; change the permissions, or name another path.",
            FileNotFoundException or DirectoryNotFoundException or ArgumentException =>
                "it does not exist; name a file or folder that does.",
            InvalidDataException => "what is packed in it is damaged or cut short; fetch or pack it again.",
            _ => TextEscape.ForTerminal(failure.Message, keepLineFeedsAndTabs: false),
        };
}

/// <summary>Text of a corpus: bytes that can be opened repeatedly, and are the same each time.</summary>
/// <param name="Name">The path, or the name of a text in memory or in an archive.</param>
/// <param name="Open">Opens it at its beginning.</param>
/// <param name="FilePath">Its file; null for a text in memory.</param>
public sealed record CorpusSource(string Name, Func<Stream> Open, string? FilePath = null)
{
    /// <summary>
    /// How the text is made of its file (unpacked, decoded, a column of it), in words that tell it from other ways;
    /// empty, the default, where the file is the text.
    /// </summary>
    public string Form { get; init; } = "";

    /// <summary>What to do where the text is not UTF-8, as the end of a sentence; null for the usual.</summary>
    public Func<string?>? Advice { get; init; }

    /// <summary>The name escaped for one-line messages.</summary>
    internal string DisplayName => TextEscape.ForTerminal(Name, keepLineFeedsAndTabs: false);

    /// <summary>
    /// Number of bytes of its file, or of a link's target; null for a text in memory, and if the system does not
    /// provide it.
    /// </summary>
    internal long? Length
    {
        get
        {
            try
            {
                return FilePath is null || Form.Length > 0
                    ? null
                    : new FileInfo(
                        File.ResolveLinkTarget(FilePath, returnFinalTarget: true)?.FullName ?? FilePath
                    ).Length;
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
            {
                // A file that cannot be examined is reported when it is read.
                return null;
            }
        }
    }

    /// <summary>The text that the bytes of this one are in an encoding; null for UTF-8.</summary>
    internal CorpusSource DecodedFrom(string? charset) =>
        charset is null
            ? this
            : this with
            {
                Open = () => OpenDecoded(charset),
                Form = $"{Form} {charset}".TrimStart(),
            };

    // UTF-16 and UTF-32 without a byte order in their name have it in a mark; without one the low byte comes first.
    private Stream OpenDecoded(string charset)
    {
        if (charset is Charset.Utf16 or Charset.Utf32)
        {
            byte[] mark = new byte[4];
            using (var start = Open())
                start.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
            bool isBigEndian = charset == Charset.Utf16 ? mark is [0xFE, 0xFF, ..] : mark is [0, 0, 0xFE, 0xFF];
            charset += isBigEndian ? "BE" : "";
        }
        return Charset.Decoded(Open(), charset);
    }

    /// <summary>The source of a file; system errors become one line with its path.</summary>
    internal static CorpusSource OfFile(string path) => new(path, () => OpenFile(path), path);

    private static FileStream OpenFile(string path)
    {
        FileStream? file = null;
        try
        {
            // The reader has a buffer of its own.
            file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 0,
                FileOptions.SequentialScan
            );
            if (file.CanSeek)
                return file;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw CorpusFiles.CannotRead(path, failure);
        }
        file.Dispose();
        throw new CorpusException(
            $"{CorpusFiles.Display(path)} can be read only once, but a corpus is read twice; save it to a file first."
        );
    }
}

/// <summary>Source of labelled records: enough to read them again.</summary>
/// <param name="Named">The full path of a folder or table, or the name of a set that comes with the library.</param>
/// <param name="TextColumn">The column of a table's texts, if one was named; else null.</param>
/// <param name="LabelColumn">The column of a table's labels, if one was named; else null.</param>
public sealed record RecordSource(string Named, string? TextColumn = null, string? LabelColumn = null)
{
    /// <summary>What stands between a table's fields, if it was named; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Delimiter { get; init; }

    /// <summary>Whether a table has no header, and its columns are named by their numbers from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NoHeader { get; init; }
}
