using System.Numerics;
using System.Runtime.InteropServices;
using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn;

/// <summary>
/// Sequence of ids in 1, 2 or 4 bytes each, by the size of the vocabulary (up to 256, up to 65,536, more), so that a
/// text takes about its own size. A large text's ids lie in a mapped file outside the process's memory; their number is
/// bounded by the disk alone.
/// </summary>
/// <remarks>
/// Disposing unmaps the file at once; without it the garbage collector does. Ids in memory remain readable.
/// </remarks>
public sealed class SymbolIds : IDisposable
{
    // Copies are made in chunks whose bytes an int can count.
    private const int StretchIds = 1 << 28;
    private const int BlockIds = 1 << 14,
        ReadAhead = 256;

    private readonly byte[] _memory = [];
    private readonly MappedFile? _file;
    private readonly long _fileStart;

    /// <summary>Ids in memory, packed as <see cref="PackedIds"/> does.</summary>
    internal SymbolIds(byte[] packed, long length, int vocabularyCount)
        : this(length, vocabularyCount) => _memory = packed;

    /// <summary>Ids in a mapped file, which this object then owns.</summary>
    /// <param name="file">The file.</param>
    /// <param name="fileStart">Offset of the packed ids in the file, a multiple of 4 bytes.</param>
    /// <param name="length">Number of ids.</param>
    /// <param name="vocabularyCount">V: every id is below it.</param>
    internal SymbolIds(MappedFile file, long fileStart, long length, int vocabularyCount)
        : this(length, vocabularyCount) => (_file, _fileStart) = (file, fileStart);

    private SymbolIds(long length, int vocabularyCount)
    {
        Length = length;
        VocabularyCount = vocabularyCount;
        BytesPerId = PackedIds.BytesPerId(vocabularyCount);
    }

    /// <summary>Number of ids.</summary>
    public long Length { get; }

    /// <summary>V: every id is below it.</summary>
    public int VocabularyCount { get; }

    /// <summary>1, 2 or 4.</summary>
    public int BytesPerId { get; }

    /// <summary>
    /// (Length) label of the record at each position; null for a text without labels. A boundary has the label of the
    /// record it begins.
    /// </summary>
    public SymbolIds? Labels { get; private init; }

    /// <summary>Whether the ids lie in a mapped file rather than in memory.</summary>
    public bool IsMapped => _file is not null;

    /// <summary>The id at <paramref name="i"/>, 0 … Length − 1.</summary>
    /// <exception cref="SettingsException">The index is out of range.</exception>
    public int this[long i]
    {
        get
        {
            int id = 0;
            CopyTo(i, new Span<int>(ref id));
            return id;
        }
    }

    /// <summary>Packs ids.</summary>
    /// <param name="ids">Ids, each in 0 … <paramref name="vocabularyCount"/> − 1.</param>
    /// <param name="vocabularyCount">V, at least 1.</param>
    /// <param name="labels">The label of each position; null for none.</param>
    /// <exception cref="SettingsException">
    /// An id is outside the vocabulary, or there are more or fewer labels.
    /// </exception>
    public static SymbolIds Pack(ReadOnlySpan<int> ids, int vocabularyCount, SymbolIds? labels = null)
    {
        if (labels is not null && labels.Length != ids.Length)
            throw new SettingsException($"there are {labels.Length} labels for {ids.Length} ids; each id needs one.");
        for (int i = 0; i < ids.Length; i++)
            if ((uint)ids[i] >= (uint)vocabularyCount)
                throw new SettingsException(
                    $"ids[{i}] is {ids[i]}; a vocabulary of {vocabularyCount} needs 0 to {vocabularyCount - 1}."
                );
        int bytesPerId = PackedIds.BytesPerId(vocabularyCount);
        byte[] packed = new byte[(long)ids.Length * bytesPerId];
        PackedIds.Pack(ids, bytesPerId, packed);
        return new SymbolIds(packed, ids.Length, vocabularyCount) { Labels = labels };
    }

    /// <summary>
    /// Copies the ids from <paramref name="start"/> on, as many as <paramref name="destination"/> takes.
    /// </summary>
    /// <exception cref="SettingsException">The copy would leave the sequence.</exception>
    /// <exception cref="ObjectDisposedException">The ids were mapped and have been disposed.</exception>
    public void CopyTo(long start, Span<int> destination)
    {
        if (start < 0 || start > Length - destination.Length)
            throw new SettingsException(
                $"ids {start} to {start + destination.Length - 1} are asked for; the sequence holds {Length}."
            );
        while (!destination.IsEmpty)
        {
            int count = Math.Min(destination.Length, StretchIds);
            PackedIds.Unpack(Packed(start, count), BytesPerId, destination[..count]);
            destination = destination[count..];
            start += count;
        }
        GC.KeepAlive(_file);
    }

    /// <summary>The ids of a range in blocks; each block reuses the buffer of the one before.</summary>
    internal IEnumerable<ReadOnlyMemory<int>> Blocks(IdRange range)
    {
        int[] buffer = new int[Math.Min(BlockIds, range.Length)];
        for (long start = range.Start; start < range.End; start += BlockIds)
        {
            var block = buffer.AsMemory(0, (int)Math.Min(BlockIds, range.End - start));
            CopyTo(start, block.Span);
            yield return block;
        }
    }

    /// <summary>All ids in blocks; each block reuses the buffer of the one before.</summary>
    internal IEnumerable<ReadOnlyMemory<int>> Blocks() => Blocks(new IdRange(0, Length));

    /// <summary>
    /// Index of the first occurrence of an id from a position on; null if there is none. Allocates nothing.
    /// </summary>
    internal long? IndexOf(int id, long start)
    {
        Span<int> ahead = stackalloc int[ReadAhead];
        for (; start < Length; start += ReadAhead)
        {
            var part = ahead[..(int)Math.Min(ReadAhead, Length - start)];
            CopyTo(start, part);
            int found = part.IndexOf(id);
            if (found >= 0)
                return start + found;
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private ReadOnlySpan<byte> Packed(long start, int count) =>
        _file is null
            ? _memory.AsSpan((int)start * BytesPerId, count * BytesPerId)
            : _file.Slice(_fileStart + (start * BytesPerId), count * BytesPerId);
}

/// <summary>Range of a corpus's ids.</summary>
/// <param name="Start">Its first id.</param>
/// <param name="Length">Number of ids; 0 for an empty part.</param>
public readonly record struct IdRange(long Start, long Length)
{
    /// <summary>The index after its last id.</summary>
    public long End => Start + Length;
}

/// <summary>Packing of ids into 1, 2 or 4 bytes each, in the byte order of the machine.</summary>
internal static class PackedIds
{
    /// <summary>1 for up to 256 symbols, 2 for up to 65,536, 4 for more.</summary>
    internal static int BytesPerId(int vocabularyCount) =>
        vocabularyCount <= byte.MaxValue + 1 ? sizeof(byte)
        : vocabularyCount <= ushort.MaxValue + 1 ? sizeof(ushort)
        : sizeof(int);

    /// <summary>Packs ids into the given number of bytes each.</summary>
    internal static void Pack(ReadOnlySpan<int> ids, int bytesPerId, Span<byte> packed)
    {
        if (bytesPerId == sizeof(byte))
            Convert(ids, packed);
        else if (bytesPerId == sizeof(ushort))
            Convert(ids, MemoryMarshal.Cast<byte, ushort>(packed));
        else
            ids.CopyTo(MemoryMarshal.Cast<byte, int>(packed));
    }

    /// <summary>Unpacks as many ids as the destination holds.</summary>
    internal static void Unpack(ReadOnlySpan<byte> packed, int bytesPerId, Span<int> ids)
    {
        if (bytesPerId == sizeof(byte))
            Convert(packed, ids);
        else if (bytesPerId == sizeof(ushort))
            Convert(MemoryMarshal.Cast<byte, ushort>(packed), ids);
        else
            MemoryMarshal.Cast<byte, int>(packed).CopyTo(ids);
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>
    {
        for (int i = 0; i < source.Length; i++)
            destination[i] = TTo.CreateTruncating(source[i]);
    }
}
