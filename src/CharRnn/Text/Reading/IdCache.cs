using System.Security.Cryptography;
using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Datasets;

namespace CharRnn;

/// <summary>
/// Cache folder for the ids of large texts, one file a text, so that an unchanged text is not read again. Any number of
/// processes may use it at once. Its files can be deleted at any time and are rebuilt when needed.
/// </summary>
/// <param name="folder">The folder; it is created by the first write.</param>
public sealed class IdCache(string folder)
{
    private const string Suffix = ".ids";

    // A builder writes continuously: a temporary file that is unlocked and was not written to for this long was left
    // behind by a killed process.
    private static readonly TimeSpan MaxTemporaryAge = TimeSpan.FromMinutes(1);

    /// <summary>The folder, as an absolute path.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Max age of unused files, which are removed when a new one is built; 30 days by default.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Max bytes of all files together: when a new file is built, the least recently used ones are removed until it
    /// fits; 20 GB by default. A larger new file is kept all the same, alone.
    /// </summary>
    public long MaxBytes { get; init; } = 20_000_000_000;

    /// <summary>
    /// The cached ids of a key and their details; null if there are none that are complete and of the text's present
    /// state.
    /// </summary>
    internal (SymbolIds Ids, CorpusDetails Details)? Find(CacheKey key, ReadingMeter meter)
    {
        string path = PathOf(key);
        var found = IdFileReader.TryOpen(path, key.Fingerprint, meter);
        if (found is not null)
            Ignoring(() => File.SetLastWriteTimeUtc(path, DateTime.UtcNow));
        return found;
    }

    /// <summary>Evicts old files, and begins to write the ids of a key.</summary>
    /// <exception cref="IdFileException">The folder cannot be written, or the disk is full.</exception>
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
        if (DateTime.UtcNow - temporary.LastWriteTimeUtc > MaxTemporaryAge)
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

    // Another process may be sweeping too, or use an old file: none of these failures matters.
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
/// Key of cached ids: a name, and a fingerprint of the sources' state. The name is made of the paths and of how they
/// are read, so that the ids of a changed text replace its former ones.
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

    /// <summary>SHA-256 of the paths, how they are read, and the state of every file.</summary>
    public byte[] Fingerprint { get; }

    /// <summary>The key of sources in their present state; null if one of them is no regular file.</summary>
    /// <param name="sources">The sources, in their order.</param>
    /// <param name="encoding">The unit of a symbol.</param>
    /// <param name="given">The vocabulary they are read with; null for their own.</param>
    /// <param name="skipUnknown">Whether symbols that it lacks are left out.</param>
    /// <param name="preparation">The preparation of the text.</param>
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
            {
                writer.Write(source.FilePath is null ? "" : Path.GetFullPath(source.FilePath));
                writer.Write(source.Form);
            }
        }
        CorpusSource[] copy = [.. sources];
        return StampsOf(copy) is { } stamps ? new CacheKey(copy, material.ToArray(), stamps) : null;
    }

    /// <summary>
    /// Whether the files are unchanged since the key was made, and any later change would be detected.
    /// </summary>
    public bool IsUnchanged()
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
