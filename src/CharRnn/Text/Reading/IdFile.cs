using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using CharRnn.Engine;

namespace CharRnn.Datasets;

/// <summary>
/// Header of a file of ids: 128 bytes in the byte order of the machine, so that a file of another byte order does not
/// begin with the mark. The packed ids follow, then the details as JSON. The checksum is of the ids, the details and
/// the header before it, in this order.
/// </summary>
/// <param name="VocabularyCount">V.</param>
/// <param name="DetailsLength">Bytes of details.</param>
/// <param name="Count">Number of ids.</param>
/// <param name="Fingerprint">The <see cref="CacheKey.Fingerprint"/> they were made under.</param>
internal sealed record IdFileHeader(int VocabularyCount, int DetailsLength, long Count, byte[] Fingerprint)
{
    /// <summary>Bytes in a header; the ids begin here.</summary>
    internal const int Length = 128;

    /// <summary>Offset of the checksum, after everything it covers.</summary>
    internal const int ChecksumAt = FingerprintAt + SHA256.HashSizeInBytes;

    private const ulong Mark = 0x73646952_72616843; // "CharRids" where the low byte comes first
    private const int Version = 3;
    private const int VersionAt = 8,
        BytesPerIdAt = 12,
        VocabularyCountAt = 16,
        DetailsLengthAt = 20,
        CountAt = 24,
        FingerprintAt = 32;

    /// <summary>Number of bytes of the ids.</summary>
    internal long IdBytes => Count * PackedIds.BytesPerId(VocabularyCount);

    /// <summary>Number of bytes of the whole file.</summary>
    internal long FileLength => Length + IdBytes + DetailsLength;

    /// <summary>The header's bytes, without the checksum.</summary>
    internal byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        MemoryMarshal.Write(bytes, Mark);
        MemoryMarshal.Write(bytes.AsSpan(VersionAt), Version);
        MemoryMarshal.Write(bytes.AsSpan(BytesPerIdAt), PackedIds.BytesPerId(VocabularyCount));
        MemoryMarshal.Write(bytes.AsSpan(VocabularyCountAt), VocabularyCount);
        MemoryMarshal.Write(bytes.AsSpan(DetailsLengthAt), DetailsLength);
        MemoryMarshal.Write(bytes.AsSpan(CountAt), Count);
        Fingerprint.CopyTo(bytes.AsSpan(FingerprintAt));
        return bytes;
    }

    /// <summary>
    /// Reads a header; null if the bytes are none of this version, or give another file length.
    /// </summary>
    internal static IdFileHeader? Read(ReadOnlySpan<byte> bytes, long fileLength)
    {
        if (MemoryMarshal.Read<ulong>(bytes) != Mark || MemoryMarshal.Read<int>(bytes[VersionAt..]) != Version)
            return null;
        var header = new IdFileHeader(
            MemoryMarshal.Read<int>(bytes[VocabularyCountAt..]),
            MemoryMarshal.Read<int>(bytes[DetailsLengthAt..]),
            MemoryMarshal.Read<long>(bytes[CountAt..]),
            bytes.Slice(FingerprintAt, SHA256.HashSizeInBytes).ToArray()
        );
        // A count beyond the file's length would overflow the sums below.
        bool isPossible =
            header is { VocabularyCount: > 0, DetailsLength: > 0, Count: > 0 } && header.Count < fileLength;
        bool isOneSize = MemoryMarshal.Read<int>(bytes[BytesPerIdAt..]) == PackedIds.BytesPerId(header.VocabularyCount);
        return isPossible && isOneSize && header.FileLength == fileLength ? header : null;
    }
}

/// <summary>
/// Reader of a file of ids. It first verifies the checksum over every byte: a damaged, truncated or foreign file counts
/// as missing.
/// </summary>
internal static class IdFileReader
{
    private const int BlockBytes = 1 << 20;

    /// <summary>
    /// The ids of a file and their details; null if the file is missing, incomplete, or of another state of the
    /// sources.
    /// </summary>
    internal static (SymbolIds Ids, CorpusDetails Details)? TryOpen(
        string path,
        ReadOnlySpan<byte> fingerprint,
        ReadingMeter meter
    )
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read | FileShare.Delete,
                bufferSize: 0,
                FileOptions.SequentialScan
            );
            if (
                ReadHeader(file) is not { } found
                || !found.Header.Fingerprint.AsSpan().SequenceEqual(fingerprint)
                || ReadDetails(file, found.Header) is not { } json
            )
                return null;
            meter.Begin(CorpusPhase.Checking, found.Header.IdBytes);
            if (!ChecksumOf(file, found.Header, json, meter).AsSpan().SequenceEqual(found.Checksum))
                return null;
            var details = CorpusDetails.FromJson(json);
            var ids = new SymbolIds(
                new MappedFile(file),
                IdFileHeader.Length,
                found.Header.Count,
                found.Header.VocabularyCount
            );
            file = null;
            return (ids, details);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static (IdFileHeader Header, byte[] Checksum)? ReadHeader(FileStream file)
    {
        byte[] bytes = new byte[IdFileHeader.Length];
        if (
            file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length
            || IdFileHeader.Read(bytes, file.Length) is not { } header
        )
            return null;
        return (header, bytes[IdFileHeader.ChecksumAt..(IdFileHeader.ChecksumAt + SHA256.HashSizeInBytes)]);
    }

    private static byte[]? ReadDetails(FileStream file, IdFileHeader header)
    {
        byte[] json = new byte[header.DetailsLength];
        return RandomAccess.Read(file.SafeFileHandle, json, IdFileHeader.Length + header.IdBytes) == json.Length
            ? json
            : null;
    }

    private static byte[] ChecksumOf(FileStream file, IdFileHeader header, byte[] json, ReadingMeter meter)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockBytes];
        for (long left = header.IdBytes; left > 0; )
        {
            int bytes = (int)Math.Min(left, block.Length);
            file.ReadExactly(block, 0, bytes);
            hash.AppendData(block, 0, bytes);
            meter.Advance(bytes);
            left -= bytes;
        }
        hash.AppendData(json);
        hash.AppendData(header.ToBytes(), 0, IdFileHeader.ChecksumAt);
        return hash.GetCurrentHash();
    }
}
