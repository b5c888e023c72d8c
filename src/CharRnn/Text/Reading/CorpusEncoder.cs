using System.Security.Cryptography;

namespace CharRnn.Datasets;

/// <summary>
/// Second pass over a corpus: encodes its prepared symbols to ids, and hashes its bytes, so that the hash is of the
/// very bytes trained on.
/// </summary>
internal sealed class CorpusEncoder : ISymbolSink, IDisposable
{
    private readonly Vocabulary _vocabulary;
    private readonly IIdSink _sink;
    private readonly ReadingMeter? _meter;
    private readonly PreparationPipeline _pipeline;
    private readonly int _blockBytes;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // Position of a source's first symbol, and the symbol that ends its lines. The boundary before it, or before its
    // first record, is not counted.
    private readonly TextPosition _start;
    private readonly int _lineEnd;
    private int[] _blockIds = [];
    private CorpusSource? _source;
    private TextPosition _position;
    private long _taken;

    /// <param name="vocabulary">The vocabulary to encode with.</param>
    /// <param name="sink">Destination of the ids.</param>
    /// <param name="plan">The preparation of the text; none by default.</param>
    /// <param name="meter">Receives the progress after every block; null for none.</param>
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
    /// Leave out the symbols that the vocabulary lacks, rather than reject the text or encode them as unknown.
    /// </summary>
    internal bool SkipUnknown { get; init; }

    /// <summary>Number of prepared symbols in the first pass.</summary>
    internal long Length { get; init; } = long.MaxValue;

    /// <summary>Number of symbols left out.</summary>
    internal long Skipped { get; private set; }

    /// <summary>Number of symbols encoded as unknown.</summary>
    internal long Unknown { get; private set; }

    /// <summary>Adds a source, which must hold as many symbols as in the first pass.</summary>
    /// <exception cref="CorpusException">
    /// The vocabulary lacks a symbol, or the source has changed since the first pass.
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
        // The source has as many symbols as before, but other ones.
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
                        + $"{SymbolNames.WithCode(symbols[i], _vocabulary.Encoding)} is not among the "
                        + $"{_vocabulary.Count} "
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
/// Destination of a corpus's ids. Disposing discards what was not finished.
/// </summary>
internal interface IIdSink : IDisposable
{
    /// <summary>Appends ids.</summary>
    void Append(ReadOnlySpan<int> ids);

    /// <summary>Ends the ids and returns all of them.</summary>
    /// <param name="details">The other results of reading, for sinks that store them.</param>
    SymbolIds Finish(CorpusDetails details);
}

/// <summary>Sink that keeps the ids of a small text in memory.</summary>
/// <param name="count">Max number of ids.</param>
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
