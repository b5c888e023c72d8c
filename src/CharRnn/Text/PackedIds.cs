using System.Numerics;
using System.Runtime.InteropServices;

namespace CharRnn.Datasets;

/// <summary>Ids in as few bytes as hold every one of them: 1, 2 or 4, in the byte order of the machine.</summary>
internal static class PackedIds
{
    /// <summary>1 for up to 256 symbols, 2 for up to 65,536, 4 for more.</summary>
    internal static int BytesPerId(int vocabularyCount) =>
        vocabularyCount <= byte.MaxValue + 1 ? sizeof(byte)
        : vocabularyCount <= ushort.MaxValue + 1 ? sizeof(ushort)
        : sizeof(int);

    /// <summary>Packs ids into as many bytes as they take.</summary>
    internal static void Pack(ReadOnlySpan<int> ids, int bytesPerId, Span<byte> packed)
    {
        if (bytesPerId == sizeof(byte))
            Convert(ids, packed);
        else if (bytesPerId == sizeof(ushort))
            Convert(ids, MemoryMarshal.Cast<byte, ushort>(packed));
        else
            ids.CopyTo(MemoryMarshal.Cast<byte, int>(packed));
    }

    /// <summary>Unpacks as many ids as there is room for.</summary>
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
