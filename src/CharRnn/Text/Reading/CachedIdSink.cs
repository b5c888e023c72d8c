using CharRnn.Checkpoints;

namespace CharRnn.Datasets;

/// <summary>
/// Puts ids into a cache: a temporary file in its folder, locked while it is written, gets its name when it is whole.
/// </summary>
internal sealed class CachedIdSink : IdFileSink
{
    private readonly string _temporary;
    private readonly string _final;
    private readonly CacheKey _key;

    /// <param name="folder">The cache's folder; it is made where there is none.</param>
    /// <param name="final">The file in it.</param>
    /// <param name="key">The key of the sources.</param>
    /// <param name="bytes">How long the file will be, about.</param>
    /// <param name="vocabularyCount">V.</param>
    /// <exception cref="IdFileException">The folder cannot be written, or there is no room.</exception>
    internal static CachedIdSink Open(string folder, string final, CacheKey key, long bytes, int vocabularyCount)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(
                    folder,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                );
            // A name of its own, so that two processes can build the same ids side by side.
            string temporary = $"{final}.{Guid.NewGuid():N}{AtomicFile.TemporarySuffix}";
            return new CachedIdSink(Create(temporary, bytes), temporary, final, key, vocabularyCount);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new IdFileException(refusal);
        }
    }

    private CachedIdSink(FileStream file, string temporary, string final, CacheKey key, int vocabularyCount)
        : base(file, vocabularyCount, key.Fingerprint) => (_temporary, _final, _key) = (temporary, final, key);

    /// <summary>Whether the ids were kept under their name, and not in a file of this process alone.</summary>
    internal bool IsKept { get; private set; }

    protected override FileStream Settle(FileStream whole)
    {
        whole.Flush(flushToDisk: true);
        // Nobody could open the file under its new name while the lock on it lasts.
        whole.Dispose();
        // What is mapped must be this very file, whoever takes its name a moment later.
        var file = new FileStream(
            _temporary,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read | FileShare.Delete,
            bufferSize: 0
        );
        IsKept = _key.IsStillTrue() && TryRename();
        if (IsKept)
            return file;
        file.Dispose();
        return OpenUnnamed();
    }

    protected override void Abandon(FileStream file)
    {
        file.Dispose();
        if (!IsKept)
            TryDelete(_temporary);
    }

    // Windows lets nobody take the place of a file that is mapped.
    private bool TryRename()
    {
        try
        {
            File.Move(_temporary, _final, overwrite: true);
            return true;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private FileStream OpenUnnamed()
    {
        var options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        var file = new FileStream(
            _temporary,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read | FileShare.Delete,
            bufferSize: 0,
            options
        );
        if (!OperatingSystem.IsWindows())
            TryDelete(_temporary);
        return file;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            // Whoever builds the next file there sweeps it away.
        }
    }
}
