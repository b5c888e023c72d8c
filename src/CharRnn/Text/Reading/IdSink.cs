namespace CharRnn.Datasets;

/// <summary>
/// Where the second reading of a corpus puts its ids. Disposed, it leaves nothing behind of what was not finished.
/// </summary>
internal interface IIdSink : IDisposable
{
    /// <summary>Adds ids after those that are there.</summary>
    void Append(ReadOnlySpan<int> ids);

    /// <summary>All that was added.</summary>
    /// <param name="details">What else the readings found, for who keeps the ids.</param>
    SymbolIds Finish(CorpusDetails details);
}

/// <summary>Keeps the ids of a small text in memory.</summary>
/// <param name="count">How many there will be at most.</param>
/// <param name="vocabularyCount">V.</param>
internal sealed class MemoryIdSink(long count, int vocabularyCount) : IIdSink
{
    private readonly byte[] _packed = new byte[count * PackedIds.BytesPerId(vocabularyCount)];
    private int _bytes;

    public void Append(ReadOnlySpan<int> ids)
    {
        int bytesPerId = PackedIds.BytesPerId(vocabularyCount);
        PackedIds.Pack(ids, bytesPerId, _packed.AsSpan(_bytes));
        _bytes += ids.Length * bytesPerId;
    }

    public SymbolIds Finish(CorpusDetails details)
    {
        byte[] packed = _bytes == _packed.Length ? _packed : _packed[.._bytes];
        return new SymbolIds(packed, _bytes / PackedIds.BytesPerId(vocabularyCount), vocabularyCount);
    }

    public void Dispose() { }
}
