namespace CharRnn.Datasets;

/// <summary>One stretch of bytes of a corpus, which can be opened as often as needed.</summary>
/// <param name="Name">The path, or the name of a text in memory.</param>
/// <param name="Open">Opens it at its beginning.</param>
/// <param name="FilePath">Its file; null for a text in memory.</param>
internal sealed record CorpusSource(string Name, Func<Stream> Open, string? FilePath = null)
{
    /// <summary>The name in a one-line message, whatever characters the path holds.</summary>
    internal string DisplayName => TextEscape.ForTerminal(Name, keepLineFeedsAndTabs: false);

    /// <summary>
    /// Bytes in its file, that of a link in what it leads to; null for a text in memory, and where the system does not
    /// say.
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
                // What cannot be looked at is told of when it is read.
                return null;
            }
        }
    }

    /// <summary>A file; what the system says of it becomes one line with its path.</summary>
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
