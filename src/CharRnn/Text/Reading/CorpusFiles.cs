using System.IO.Enumeration;

namespace CharRnn.Datasets;

/// <summary>
/// From the paths a user names to the files to read, in an order that does not depend on the machine.
/// </summary>
internal static class CorpusFiles
{
    /// <summary>
    /// The files of the paths, in their order; the files of a folder sorted ordinally by their path below it.
    /// </summary>
    /// <exception cref="CorpusException">
    /// A path does not exist or cannot be read, or a folder holds no matching file.
    /// </exception>
    internal static List<CorpusSource> Find(IReadOnlyList<string> paths, IReadOnlyList<string> include)
    {
        if (paths.Count == 0)
            throw new CorpusException("no corpus is named; name at least one file or folder.");
        var sources = new List<CorpusSource>();
        foreach (string path in paths)
        {
            if (IsFolder(path))
                sources.AddRange(InFolder(path, include).Select(CorpusSource.OfFile));
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

    private static List<string> InFolder(string folder, IReadOnlyList<string> include)
    {
        if (include.Count == 0)
            throw new SettingsException(
                $"no pattern says which files of {Display(folder)} to read; pass 'Include' '*.txt', say."
            );
        var found = new List<string>();
        Walk(new DirectoryInfo(folder), prefix: "", include, found);
        if (found.Count == 0)
            throw new CorpusException(
                $"{Display(folder)} holds no file that matches {string.Join(" or ", include.Select(Display))}; "
                    + "name another folder, or other patterns with 'Include'."
            );
        found.Sort(string.CompareOrdinal);
        return [.. found.Select(relative => Path.Combine(folder, relative))];
    }

    // Hidden files and folders are passed over, as a shell's patterns do: a checkout's .git is no text. Links to
    // folders are too, since they may form a ring.
    private static void Walk(DirectoryInfo folder, string prefix, IReadOnlyList<string> include, List<string> found)
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
                Walk((DirectoryInfo)entry, relative + "/", include, found);
            else if (!isFolder && include.Any(pattern => Matches(pattern, relative, entry.Name)))
                found.Add(relative);
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
