using System.Security.Cryptography;
using CharRnn.Checkpoints;
using CharRnn.Engine;

namespace CharRnn.Datasets;

/// <summary>Failure to write a file of ids; the message is a short reason.</summary>
internal sealed class IdFileException(string reason, Exception? refusal = null) : Exception(reason, refusal)
{
    internal IdFileException(Exception refusal)
        : this(OneLine.Reason(refusal), refusal) { }
}

/// <summary>
/// Base of the sinks that write ids to a file and then map it; they hold one block at a time.
/// </summary>
internal abstract class IdFileSink : IIdSink
{
    private readonly FileStream _file;
    private readonly int _vocabularyCount;
    private readonly int _bytesPerId;
    private readonly byte[] _fingerprint;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _packed = [];
    private long _count;

    /// <param name="file">An empty file, which the sink then owns.</param>
    /// <param name="vocabularyCount">V.</param>
    /// <param name="fingerprint">The fingerprint of the key that the ids are made under.</param>
    protected IdFileSink(FileStream file, int vocabularyCount, byte[] fingerprint)
    {
        (_file, _vocabularyCount, _fingerprint) = (file, vocabularyCount, fingerprint);
        _bytesPerId = PackedIds.BytesPerId(vocabularyCount);
        // The header is written last: until then the file begins with zeros and is not taken for a file of ids.
        _file.Position = IdFileHeader.Length;
    }

    /// <exception cref="IdFileException">The disk is full, or failed.</exception>
    public void Append(ReadOnlySpan<int> ids)
    {
        int bytes = ids.Length * _bytesPerId;
        if (_packed.Length < bytes)
            _packed = new byte[bytes];
        var packed = _packed.AsSpan(0, bytes);
        PackedIds.Pack(ids, _bytesPerId, packed);
        Write(packed);
        _count += ids.Length;
    }

    /// <exception cref="IdFileException">The disk is full, or failed.</exception>
    public SymbolIds Finish(CorpusDetails details)
    {
        byte[] json = details.ToJson();
        var header = new IdFileHeader(_vocabularyCount, json.Length, _count, _fingerprint);
        Write(json);
        byte[] first = header.ToBytes();
        _hash.AppendData(first, 0, IdFileHeader.ChecksumAt);
        _hash.GetHashAndReset().CopyTo(first, IdFileHeader.ChecksumAt);
        try
        {
            // Skipped symbols leave unused bytes at the end.
            _file.SetLength(header.FileLength);
            RandomAccess.Write(_file.SafeFileHandle, first, fileOffset: 0);
            return new SymbolIds(new MappedFile(Settle(_file)), IdFileHeader.Length, _count, _vocabularyCount);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new IdFileException(refusal);
        }
    }

    public void Dispose()
    {
        _hash.Dispose();
        Abandon(_file);
    }

    /// <summary>Creates an empty file that the user alone may read, since the text may be private too.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">
    /// Its expected length: too little free space is reported before the disk fills up.
    /// </param>
    /// <param name="options">Options of the file.</param>
    /// <exception cref="IdFileException">There is too little free space.</exception>
    protected static FileStream Create(string path, long bytes, FileOptions options = FileOptions.None)
    {
        if (FreeBytes(Path.GetDirectoryName(path)!) is { } free && free < bytes)
            throw new IdFileException(
                FormattableString.Invariant($"{free / 1e6:0} MB are free there, and {bytes / 1e6:0} are needed")
            );
        var how = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = options,
        };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, how);
    }

    /// <summary>Gives the complete file its final place.</summary>
    /// <returns>The file opened for mapping.</returns>
    protected abstract FileStream Settle(FileStream whole);

    /// <summary>Releases the file; also called after <see cref="Settle"/>, when it may be mapped.</summary>
    protected abstract void Abandon(FileStream file);

    // Null if the system does not provide it, as for a share without a drive.
    private static long? FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        try
        {
            _file.Write(bytes);
        }
        catch (IOException refusal)
        {
            throw new IdFileException(refusal);
        }
    }
}

/// <summary>
/// Sink that writes a file of the cache: a temporary file in its folder, locked while it is written, is renamed when it
/// is complete.
/// </summary>
internal sealed class CachedIdSink : IdFileSink
{
    private readonly string _temporary;
    private readonly string _final;
    private readonly CacheKey _key;

    /// <param name="folder">The cache's folder; it is created if missing.</param>
    /// <param name="final">The final path of the file.</param>
    /// <param name="key">The key of the sources.</param>
    /// <param name="bytes">The approximate length of the file.</param>
    /// <param name="vocabularyCount">V.</param>
    /// <exception cref="IdFileException">The folder cannot be written, or there is too little free space.</exception>
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

    /// <summary>Whether the ids were kept in the cache, rather than in an unnamed file of this process.</summary>
    internal bool IsKept { get; private set; }

    protected override FileStream Settle(FileStream whole)
    {
        whole.Flush(flushToDisk: true);
        // While the lock lasts, no process could open the file under its new name.
        whole.Dispose();
        // The mapped file must be this very one, even if another process replaces it under its name.
        var file = new FileStream(
            _temporary,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read | FileShare.Delete,
            bufferSize: 0
        );
        IsKept = _key.IsUnchanged() && TryRename();
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

    // Windows does not let a mapped file be replaced.
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
            // The builder of the next file there removes it.
        }
    }
}

/// <summary>
/// Sink that writes an unnamed temporary file: invisible to other processes, and gone when it is closed, however the
/// process ends.
/// </summary>
internal sealed class UnnamedIdSink : IdFileSink
{
    private bool _isMapped;

    /// <param name="folder">A folder on the file system that is to hold it.</param>
    /// <param name="bytes">Its approximate length.</param>
    /// <param name="vocabularyCount">V.</param>
    /// <exception cref="IdFileException">The file cannot be created, or there is too little free space.</exception>
    internal static UnnamedIdSink Open(string folder, long bytes, int vocabularyCount)
    {
        string path = Path.Combine(folder, $"charrnn-{Guid.NewGuid():N}{AtomicFile.TemporarySuffix}");
        try
        {
            var file = Create(path, bytes, OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
            // An open file needs no name, except on Windows.
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            return new UnnamedIdSink(file, vocabularyCount);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new IdFileException(refusal);
        }
    }

    private UnnamedIdSink(FileStream file, int vocabularyCount)
        : base(file, vocabularyCount, new byte[SHA256.HashSizeInBytes]) { }

    protected override FileStream Settle(FileStream whole)
    {
        _isMapped = true;
        return whole;
    }

    protected override void Abandon(FileStream file)
    {
        if (!_isMapped)
            file.Dispose();
    }
}
