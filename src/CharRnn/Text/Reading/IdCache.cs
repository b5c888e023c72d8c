using CharRnn.Checkpoints;

namespace CharRnn.Datasets;

/// <summary>
/// A folder that keeps the ids of large texts, a file a text, so that a text that has not changed need not be read
/// again. Any number of processes may use it at once. What is in it can be deleted at any time: it is made anew when it
/// is needed.
/// </summary>
/// <param name="folder">The folder; it is made when something is first written to it.</param>
public sealed class IdCache(string folder)
{
    private const string Suffix = ".ids";

    // A builder writes all the time; what nobody has written to for so long, and nobody has locked, was left by one
    // that was killed.
    private static readonly TimeSpan OldestTemporary = TimeSpan.FromMinutes(1);

    /// <summary>The folder, as an absolute path.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Files that were not used for longer than this go when a new one is built; 30 days by default.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// When a new file is built, those unused for longest go until all together, the new one too, have no more bytes
    /// than this; 20 GB by default. A new file that is larger is kept all the same, alone.
    /// </summary>
    public long MaxBytes { get; init; } = 20_000_000_000;

    /// <summary>
    /// The ids that are kept under a key, and what was found with them; null where there are none that are whole and of
    /// the same state of the text.
    /// </summary>
    internal (SymbolIds Ids, CorpusDetails Details)? Find(CacheKey key, ReadingMeter meter)
    {
        string path = PathOf(key);
        var found = IdFileReader.TryOpen(path, key.Fingerprint, meter);
        if (found is not null)
            Ignoring(() => File.SetLastWriteTimeUtc(path, DateTime.UtcNow));
        return found;
    }

    /// <summary>Makes room for the ids of a key, and begins to write them.</summary>
    /// <exception cref="IdFileException">The folder cannot be written, or there is no room.</exception>
    internal CachedIdSink Build(CacheKey key, long bytes, int vocabularyCount)
    {
        Sweep(PathOf(key), bytes);
        return CachedIdSink.Open(Folder, PathOf(key), key, bytes, vocabularyCount);
    }

    private string PathOf(CacheKey key) => Path.Combine(Folder, key.Name + Suffix);

    private void Sweep(string toBeReplaced, long bytesToCome)
    {
        var kept = new List<FileInfo>();
        foreach (var file in Files(Suffix))
        {
            if (file.FullName == toBeReplaced)
                continue;
            if (DateTime.UtcNow - file.LastWriteTimeUtc > MaxAge)
                Ignoring(file.Delete);
            else
                kept.Add(file);
        }
        long total = bytesToCome + kept.Sum(file => file.Length);
        foreach (var file in kept.OrderBy(file => file.LastWriteTimeUtc).TakeWhile(_ => total > MaxBytes))
        {
            total -= file.Length;
            Ignoring(file.Delete);
        }
        foreach (var file in Files(AtomicFile.TemporarySuffix).Where(IsAbandoned))
            Ignoring(file.Delete);
    }

    private FileInfo[] Files(string suffix)
    {
        FileInfo[] files = [];
        Ignoring(() => files = [.. new DirectoryInfo(Folder).EnumerateFiles("*" + suffix)]);
        return files;
    }

    private static bool IsAbandoned(FileInfo temporary)
    {
        bool isLockable = false;
        if (DateTime.UtcNow - temporary.LastWriteTimeUtc > OldestTemporary)
        {
            Ignoring(() =>
            {
                using var mine = new FileStream(
                    temporary.FullName,
                    FileMode.Open,
                    FileAccess.ReadWrite,
                    FileShare.None
                );
                isLockable = true;
            });
        }
        return isLockable;
    }

    // Another process may be sweeping too, or use what is old: nothing here is worth failing for.
    private static void Ignoring(Action act)
    {
        try
        {
            act();
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { }
    }
}
