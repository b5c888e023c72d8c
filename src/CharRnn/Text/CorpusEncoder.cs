using System.Security.Cryptography;

namespace CharRnn.Text;

/// <summary>The second reading of a corpus: its symbols become ids, and its bytes a hash, so that the hash is of what is trained on.</summary>
internal sealed class CorpusEncoder : IDisposable
{
    private readonly Vocabulary _vocabulary;
    private readonly SymbolIds _ids;
    private readonly int[] _blockIds;
    private readonly int _blockBytes;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _written;

    /// <param name="vocabulary">What to encode with.</param>
    /// <param name="characters">How many symbols the first reading found.</param>
    /// <param name="blockBytes">Bytes read at a time.</param>
    internal CorpusEncoder(Vocabulary vocabulary, long characters, int blockBytes = SymbolReader.DefaultBlockBytes)
    {
        if (characters > Array.MaxLength)
            throw new CorpusException($"the corpus has {characters} characters; at most {Array.MaxLength} can be held; name a part of it.");
        _vocabulary = vocabulary;
        _ids = new SymbolIds((int)characters, vocabulary.Count);
        _blockIds = new int[blockBytes];
        _blockBytes = blockBytes;
    }

    /// <summary>Leave out the symbols that the vocabulary lacks, rather than refuse the text.</summary>
    internal bool SkipUnknown { get; init; }

    /// <summary>How many were left out.</summary>
    internal int Skipped { get; private set; }

    /// <summary>Adds a source, which must hold as many symbols as the first reading found.</summary>
    /// <exception cref="CorpusException">The vocabulary lacks a symbol, or the source has changed since the first reading.</exception>
    internal void Add(CorpusSource source, long characters)
    {
        TextPosition position = TextPosition.Start;
        long seen = 0;
        using var reader = new SymbolReader(source, _vocabulary.Encoding, _hash, _blockBytes);
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

    /// <summary>The ids of all sources.</summary>
    internal SymbolIds Ids() => _written == _ids.Length ? _ids : _ids.First(_written);

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
        _ids.Write(_written, _blockIds.AsSpan(0, count));
        _written += count;
    }

    private static CorpusException Changed(CorpusSource source) =>
        new($"{source.ShownName} changed while it was read; try again when nothing writes to it.");
}
