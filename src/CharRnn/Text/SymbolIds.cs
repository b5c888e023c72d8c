using System.Numerics;

namespace CharRnn.Text;

/// <summary>
/// A sequence of ids in 1, 2 or 4 bytes each, by the size of the vocabulary (up to 256, up to 65,536, more), so that a text costs about its own size.
/// It holds up to <see cref="Array.MaxLength"/> (about 2^31) ids; a longer text is refused where it is read.
/// </summary>
public sealed class SymbolIds
{
    private readonly byte[] _narrow = [];
    private readonly ushort[] _medium = [];
    private readonly int[] _wide = [];
    internal SymbolIds(int length, int vocabularyCount)
    {
        Length = length;
        VocabularyCount = vocabularyCount;
        BytesPerId = vocabularyCount <= byte.MaxValue + 1 ? sizeof(byte) : vocabularyCount <= ushort.MaxValue + 1 ? sizeof(ushort) : sizeof(int);
        if (BytesPerId == sizeof(byte))
            _narrow = new byte[length];
        else if (BytesPerId == sizeof(ushort))
            _medium = new ushort[length];
        else
            _wide = new int[length];
    }
    /// <summary>How many ids there are.</summary>
    public int Length { get; }
    /// <summary>V: every id is below it.</summary>
    public int VocabularyCount { get; }
    /// <summary>1, 2 or 4.</summary>
    public int BytesPerId { get; }
    /// <summary>The id at <paramref name="i"/>, 0 … Length − 1.</summary>
    public int this[int i] => BytesPerId switch
    {
        sizeof(byte) => _narrow[i],
        sizeof(ushort) => _medium[i],
        _ => _wide[i],
    };
    /// <summary>Packs ids that are at hand.</summary>
    /// <param name="ids">Ids, each in 0 … <paramref name="vocabularyCount"/> − 1.</param>
    /// <param name="vocabularyCount">V, at least 1.</param>
    /// <exception cref="SettingsException">An id is outside the vocabulary.</exception>
    public static SymbolIds Pack(ReadOnlySpan<int> ids, int vocabularyCount)
    {
        for (int i = 0; i < ids.Length; i++)
            if ((uint)ids[i] >= (uint)vocabularyCount)
                throw new SettingsException($"ids[{i}] is {ids[i]}; a vocabulary of {vocabularyCount} needs 0 to {vocabularyCount - 1}.");
        var packed = new SymbolIds(ids.Length, vocabularyCount);
        packed.Write(0, ids);
        return packed;
    }
    /// <summary>Copies the ids from <paramref name="start"/> on, as many as <paramref name="destination"/> takes.</summary>
    /// <exception cref="SettingsException">The copy would leave the sequence.</exception>
    public void CopyTo(int start, Span<int> destination)
    {
        if (start < 0 || start > Length - destination.Length)
            throw new SettingsException($"ids {start} to {(long)start + destination.Length - 1} are asked for; the sequence holds {Length}.");
        if (BytesPerId == sizeof(byte))
            Widen<byte>(_narrow.AsSpan(start, destination.Length), destination);
        else if (BytesPerId == sizeof(ushort))
            Widen<ushort>(_medium.AsSpan(start, destination.Length), destination);
        else
            _wide.AsSpan(start, destination.Length).CopyTo(destination);
    }
    internal void Write(int start, ReadOnlySpan<int> ids)
    {
        if (BytesPerId == sizeof(byte))
            Narrow<byte>(ids, _narrow.AsSpan(start, ids.Length));
        else if (BytesPerId == sizeof(ushort))
            Narrow<ushort>(ids, _medium.AsSpan(start, ids.Length));
        else
            ids.CopyTo(_wide.AsSpan(start, ids.Length));
    }
    /// <summary>The first <paramref name="length"/> ids as a sequence of their own.</summary>
    internal SymbolIds First(int length)
    {
        var first = new SymbolIds(length, VocabularyCount);
        _narrow.AsSpan(0, first._narrow.Length).CopyTo(first._narrow);
        _medium.AsSpan(0, first._medium.Length).CopyTo(first._medium);
        _wide.AsSpan(0, first._wide.Length).CopyTo(first._wide);
        return first;
    }
    private static void Widen<TNarrow>(ReadOnlySpan<TNarrow> source, Span<int> destination) where TNarrow : unmanaged, IBinaryInteger<TNarrow>
    {
        for (int i = 0; i < source.Length; i++)
            destination[i] = int.CreateTruncating(source[i]);
    }
    private static void Narrow<TNarrow>(ReadOnlySpan<int> source, Span<TNarrow> destination) where TNarrow : unmanaged, IBinaryInteger<TNarrow>
    {
        for (int i = 0; i < source.Length; i++)
            destination[i] = TNarrow.CreateTruncating(source[i]);
    }
}
