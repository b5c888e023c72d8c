using System.Security.Cryptography;
using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Datasets;

namespace CharRnn;

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

/// <summary>
/// Under what name the ids of some sources are kept, and in what state the sources were then. The name comes from the
/// paths and from how they are read, so that a text that changed takes the place of what it was.
/// </summary>
internal sealed class CacheKey
{
    private readonly CorpusSource[] _sources;
    private readonly byte[] _identity;
    private readonly FileStamp[] _stamps;

    private CacheKey(CorpusSource[] sources, byte[] identity, FileStamp[] stamps)
    {
        (_sources, _identity, _stamps) = (sources, identity, stamps);
        Name = Convert.ToHexStringLower(SHA256.HashData(identity));
        using var material = new MemoryStream();
        using var writer = new BinaryWriter(material);
        writer.Write(identity);
        foreach (var stamp in stamps)
        {
            writer.Write(stamp.Length);
            writer.Write(stamp.Modified);
            writer.Write(stamp.Changed);
            writer.Write(stamp.Number);
            writer.Write(stamp.Samples);
        }
        Fingerprint = SHA256.HashData(material.ToArray());
    }

    /// <summary>The name, in hexadecimal.</summary>
    public string Name { get; }

    /// <summary>The SHA-256 of the paths, how they are read, and the state of every file.</summary>
    public byte[] Fingerprint { get; }

    /// <summary>The key of some sources as they are now; null where one of them is no regular file.</summary>
    /// <param name="sources">The sources, in their order.</param>
    /// <param name="encoding">What a symbol is.</param>
    /// <param name="given">The vocabulary they are read with; null for their own.</param>
    /// <param name="skipUnknown">Whether symbols that it lacks are left out.</param>
    /// <param name="preparation">What is done to the text.</param>
    public static CacheKey? Of(
        IReadOnlyList<CorpusSource> sources,
        TextEncoding encoding,
        Vocabulary? given,
        bool skipUnknown,
        TextPreparation preparation
    )
    {
        using var material = new MemoryStream();
        using (var writer = new BinaryWriter(material, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((int)encoding);
            writer.Write(skipUnknown);
            writer.Write(preparation.ToString());
            writer.Write(given?.Count ?? 0);
            foreach (int symbol in given is null ? [] : given.Symbols)
                writer.Write(symbol);
            foreach (var source in sources)
                writer.Write(source.FilePath is null ? "" : Path.GetFullPath(source.FilePath));
        }
        CorpusSource[] copy = [.. sources];
        return StampsOf(copy) is { } stamps ? new CacheKey(copy, material.ToArray(), stamps) : null;
    }

    /// <summary>
    /// Whether the files are in the state they were in when the key was made, and could not change from now on without
    /// its showing.
    /// </summary>
    public bool IsStillTrue()
    {
        foreach (var stamp in _stamps)
            stamp.WaitForNextTime();
        return StampsOf(_sources) is { } now
            && new CacheKey(_sources, _identity, now).Fingerprint.AsSpan().SequenceEqual(Fingerprint);
    }

    private static FileStamp[]? StampsOf(CorpusSource[] sources)
    {
        var stamps = new FileStamp[sources.Length];
        for (int i = 0; i < sources.Length; i++)
        {
            if (sources[i].FilePath is not { } path || FileStamp.Of(path) is not { } stamp)
                return null;
            stamps[i] = stamp;
        }
        return stamps;
    }
}
