using System.Security.Cryptography;
using CharRnn.Checkpoints;
using CharRnn.Engine;

namespace CharRnn.Datasets;

/// <summary>A file of ids could not be written; its message says why, in few words.</summary>
internal sealed class IdFileException(string reason, Exception? refusal = null) : Exception(reason, refusal)
{
    internal IdFileException(Exception refusal)
        : this(OneLine.Reason(refusal), refusal) { }
}

/// <summary>
/// Writes ids into a file as they come, and maps it when they are all there. Only a block of them is ever held.
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

    /// <param name="file">An empty file, which is the sink's from then on.</param>
    /// <param name="vocabularyCount">V.</param>
    /// <param name="fingerprint">The fingerprint of the key that the ids are made under.</param>
    protected IdFileSink(FileStream file, int vocabularyCount, byte[] fingerprint)
    {
        (_file, _vocabularyCount, _fingerprint) = (file, vocabularyCount, fingerprint);
        _bytesPerId = PackedIds.BytesPerId(vocabularyCount);
        // The header comes last: until then the file begins with zeros, and nobody takes it for one of ids.
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
            // Symbols that were left out leave room at the end.
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
    /// How long it will be: where there is no room for that, it is better known before the disk is filled to the brim.
    /// </param>
    /// <param name="options">How it is opened.</param>
    /// <exception cref="IdFileException">There is no room.</exception>
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

    /// <summary>Decides what becomes of the file, which is whole.</summary>
    /// <returns>The file opened for mapping.</returns>
    protected abstract FileStream Settle(FileStream whole);

    /// <summary>Gives up the file; called after <see cref="Settle"/> too, when it may be mapped.</summary>
    protected abstract void Abandon(FileStream file);

    // Null where the system does not say, as for a share without a drive.
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
