using System.IO.Enumeration;

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
    /// <param name="include">The patterns of the files read in a folder.</param>
    /// <param name="unread">Receives the files of folders that no pattern matches; hidden ones are not counted.</param>
    internal static List<CorpusSource> Find(
        IReadOnlyList<string> paths,
        IReadOnlyList<string> include,
        List<string> unread
    )
    {
        if (paths.Count == 0)
            throw new CorpusException("no corpus is named; name at least one file or folder.");
        var sources = new List<CorpusSource>();
        foreach (string path in paths)
        {
            if (IsFolder(path))
                sources.AddRange(InFolder(path, include, unread).Select(CorpusSource.OfFile));
            else
                sources.Add(CorpusSource.OfFile(path));
        }
        return sources;
    }

    /// <summary>The file at a path, which must be one.</summary>
    /// <exception cref="CorpusException">There is none, or it is a folder.</exception>
    internal static CorpusSource ExistingFile(string path) =>
        IsFolder(path)
            ? throw new CorpusException($"{Display(path)} is a folder; name a file.")
            : CorpusSource.OfFile(path);

    internal static CorpusException CannotRead(string path, Exception failure) =>
        new($"{Display(path)} cannot be read: {Reason(failure)}", failure);

    internal static string Display(string path) =>
        path.Length == 0 ? "\"\"" : TextEscape.ForTerminal(path, keepLineFeedsAndTabs: false);

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
            _ => TextEscape.ForTerminal(failure.Message, keepLineFeedsAndTabs: false),
        };
}

/// <summary>Source of a corpus: bytes that can be opened repeatedly.</summary>
/// <param name="Name">The path, or the name of a text in memory.</param>
/// <param name="Open">Opens it at its beginning.</param>
/// <param name="FilePath">Its file; null for a text in memory.</param>
internal sealed record CorpusSource(string Name, Func<Stream> Open, string? FilePath = null)
{
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
                return FilePath is null
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
public sealed record RecordSource(string Named, string? TextColumn = null, string? LabelColumn = null);
