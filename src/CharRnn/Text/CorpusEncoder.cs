using System.Security.Cryptography;

namespace CharRnn.Text;

/// <summary>The second reading of a corpus: its symbols become ids, and its bytes a hash, so that the hash is of what is trained on.</summary>
internal sealed class CorpusEncoder : IDisposable
{
    private readonly Vocabulary _vocabulary;
    private readonly IIdSink _sink;
    private readonly ReadingMeter? _meter;
    private readonly int[] _blockIds;
    private readonly int _blockBytes;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <param name="vocabulary">What to encode with.</param>
    /// <param name="sink">Where the ids go.</param>
    /// <param name="meter">Is told of every block.</param>
    /// <param name="blockBytes">Bytes read at a time.</param>
    internal CorpusEncoder(Vocabulary vocabulary, IIdSink sink, ReadingMeter? meter = null, int blockBytes = SymbolReader.DefaultBlockBytes)
    {
        _vocabulary = vocabulary;
        _sink = sink;
        _meter = meter;
        _blockIds = new int[blockBytes];
        _blockBytes = blockBytes;
    }

    /// <summary>Leave out the symbols that the vocabulary lacks, rather than refuse the text.</summary>
    internal bool SkipUnknown { get; init; }

    /// <summary>How many were left out.</summary>
    internal long Skipped { get; private set; }

    /// <summary>Adds a source, which must hold as many symbols as the first reading found.</summary>
    /// <exception cref="CorpusException">The vocabulary lacks a symbol, or the source has changed since the first reading.</exception>
    internal void Add(CorpusSource source, long characters)
    {
        TextPosition position = TextPosition.Start;
        long seen = 0;
        using var reader = new SymbolReader(source, _vocabulary.Encoding, _hash, _blockBytes, _meter);
        for (ReadOnlySpan<int> block = reader.NextBlock(); !block.IsEmpty; block = reader.NextBlock())
        {
            seen += block.Length;
            if (seen > characters)
                throw Changed(source);
            Append(source, block, position);
            position = position.After(block);
        }
        if (seen != characters)
            throw Changed(source);
    }

    /// <summary>The SHA-256 of the bytes of all sources in their order, in lower-case hexadecimal.</summary>
    internal string Sha256() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();

    private void Append(CorpusSource source, ReadOnlySpan<int> block, TextPosition blockStart)
    {
        int count = 0;
        for (int i = 0; i < block.Length; i++)
        {
            if (_vocabulary.TryGetId(block[i], out int id))
                _blockIds[count++] = id;
            else if (SkipUnknown)
                Skipped++;
            else
                throw new CorpusException(
                    $"{source.ShownName}:{blockStart.After(block[..i])}: {SymbolNames.WithCode(block[i], _vocabulary.Encoding)} is not among the {_vocabulary.Count} symbols of the model's vocabulary; take it out, or pass --unknown skip.");
        }
        _sink.Append(_blockIds.AsSpan(0, count));
    }

    private static CorpusException Changed(CorpusSource source) =>
        new($"{source.ShownName} changed while it was read; try again when nothing writes to it.");
}
