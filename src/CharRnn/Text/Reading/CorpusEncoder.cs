using System.Security.Cryptography;

namespace CharRnn.Datasets;

/// <summary>
/// The second reading of a corpus: its prepared symbols become ids, and its bytes a hash, so that the hash is of what
/// is trained on.
/// </summary>
internal sealed class CorpusEncoder : ISymbolSink, IDisposable
{
    private readonly Vocabulary _vocabulary;
    private readonly IIdSink _sink;
    private readonly ReadingMeter? _meter;
    private readonly PreparationPipeline _pipeline;
    private readonly int _blockBytes;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // Where a source begins, and what ends its lines. The boundary before it, or before its first record, is no
    // character of it.
    private readonly TextPosition _start;
    private readonly int _lineEnd;
    private int[] _blockIds = [];
    private CorpusSource? _source;
    private TextPosition _position;
    private long _taken;

    /// <param name="vocabulary">What to encode with.</param>
    /// <param name="sink">Where the ids go.</param>
    /// <param name="plan">What is done to the text; nothing by default.</param>
    /// <param name="meter">Is told of every block.</param>
    /// <param name="blockBytes">Bytes read at a time.</param>
    internal CorpusEncoder(
        Vocabulary vocabulary,
        IIdSink sink,
        PreparationPlan? plan = null,
        ReadingMeter? meter = null,
        int blockBytes = SymbolReader.DefaultBlockBytes
    )
    {
        (_vocabulary, _sink, _meter, _blockBytes) = (vocabulary, sink, meter, blockBytes);
        plan ??= PreparationPlan.Nothing;
        _pipeline = new PreparationPipeline(plan, this);
        bool isRecords = plan.Preparation.Records;
        _lineEnd = isRecords ? Vocabulary.BoundarySymbol : '\n';
        _start =
            isRecords ? new TextPosition(0, 1)
            : plan.IsSeveral ? new TextPosition(1, 0)
            : TextPosition.Start;
    }

    /// <summary>
    /// Leave out the symbols that the vocabulary lacks, rather than refuse the text or take its unknown symbol for
    /// them.
    /// </summary>
    internal bool SkipUnknown { get; init; }

    /// <summary>How many symbols the first reading found, once they were prepared.</summary>
    internal long Length { get; init; } = long.MaxValue;

    /// <summary>How many were left out.</summary>
    internal long Skipped { get; private set; }

    /// <summary>How many became the vocabulary's unknown symbol.</summary>
    internal long Unknown { get; private set; }

    /// <summary>Adds a source, which must hold as many symbols as the first reading found.</summary>
    /// <exception cref="CorpusException">
    /// The vocabulary lacks a symbol, or the source has changed since the first reading.
    /// </exception>
    internal void Add(CorpusSource source, long characters)
    {
        (_source, _position) = (source, _start);
        long seen = 0;
        using var reader = new SymbolReader(source, _vocabulary.Encoding, _hash, _blockBytes, _meter);
        for (var block = reader.NextBlock(); !block.IsEmpty; block = reader.NextBlock())
        {
            seen += block.Length;
            if (seen > characters)
                throw Changed(source);
            _pipeline.Append(block);
        }
        if (seen != characters)
            throw Changed(source);
        _pipeline.EndSource();
    }

    /// <summary>Ends the text.</summary>
    internal void Finish() => _pipeline.Finish();

    /// <summary>The SHA-256 of the bytes of all sources in their order, in lower-case hexadecimal.</summary>
    internal string Sha256() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();

    void ISymbolSink.Append(ReadOnlySpan<int> symbols)
    {
        if (_blockIds.Length < symbols.Length)
            _blockIds = new int[symbols.Length];
        // As many symbols as before, and yet other ones.
        if (symbols.Length > Length - _taken)
            throw Changed(_source!);
        _taken += symbols.Length;
        int count = 0;
        for (int i = 0; i < symbols.Length; i++)
        {
            if (_vocabulary.TryGetId(symbols[i], out int id))
            {
                _blockIds[count++] = id;
            }
            else if (SkipUnknown)
            {
                Skipped++;
            }
            else if (_vocabulary.UnknownId is { } unknown)
            {
                _blockIds[count++] = unknown;
                Unknown++;
            }
            else
            {
                throw new CorpusException(
                    $"{_source!.DisplayName}:{_position.After(symbols[..i], _lineEnd)}: "
                        + $"{SymbolNames.WithCode(symbols[i], _vocabulary.Encoding)} is not among the {_vocabulary.Count} "
                        + "symbols of the model's vocabulary; take it out, or pass 'Unknown' skip."
                );
            }
        }
        _position = _position.After(symbols, _lineEnd);
        _sink.Append(_blockIds.AsSpan(0, count));
    }

    void ISymbolSink.EndSource() { }

    void ISymbolSink.Finish() { }

    private static CorpusException Changed(CorpusSource source) =>
        new($"{source.DisplayName} changed while it was read; try again when nothing writes to it.");
}

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
