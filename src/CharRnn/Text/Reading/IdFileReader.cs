using System.Security.Cryptography;
using System.Text.Json;
using CharRnn.Engine;

namespace CharRnn.Datasets;

/// <summary>
/// Opens a file of ids. Every byte of it is held against its checksum first: what is damaged, cut short, or made by
/// something else is as good as not there.
/// </summary>
internal static class IdFileReader
{
    private const int BlockBytes = 1 << 20;

    /// <summary>
    /// The ids of a file and what was found with them; null where the file is not there, not whole, or of another state
    /// of the sources.
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
