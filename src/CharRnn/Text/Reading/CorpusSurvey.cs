using System.Text.Json;

namespace CharRnn.Datasets;

/// <summary>What the first reading of a corpus finds.</summary>
/// <param name="CharactersOf">Symbols in each source, as they are there.</param>
/// <param name="Length">Symbols in all of them together, once they are prepared.</param>
/// <param name="Symbols">(V) distinct symbols of the prepared text, ascending.</param>
/// <param name="CrlfSources">Which sources have lines that end in CR LF, from 0.</param>
/// <param name="Prepared">What the preparation found and did.</param>
internal sealed record CorpusFacts(
    IReadOnlyList<long> CharactersOf,
    long Length,
    IReadOnlyList<int> Symbols,
    IReadOnlyList<int> CrlfSources,
    PreparationFacts Prepared
);

/// <summary>What the two readings of a corpus find beside its ids.</summary>
/// <param name="Facts">What the first reading found.</param>
/// <param name="Sha256">The SHA-256 of the raw bytes of all sources.</param>
/// <param name="Skipped">How many symbols were left out because the given vocabulary lacks them.</param>
/// <param name="Unknown">How many became the vocabulary's unknown symbol.</param>
internal sealed record CorpusDetails(CorpusFacts Facts, string Sha256, long Skipped, long Unknown)
{
    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="JsonException">It is something else.</exception>
    internal static CorpusDetails FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<CorpusDetails>(json)
            is {
                Facts: { CharactersOf: not null, Symbols: not null, CrlfSources: not null, Prepared: not null },
                Sha256: not null
            } details
            ? details
            : throw new JsonException("it lacks something");
}

/// <summary>
/// The first reading of a corpus: which symbols it has once it is prepared, how many, and how its lines end.
/// </summary>
internal sealed class CorpusSurvey : ISymbolSink
{
    // Below this share of the line ends, carriage returns are stray, or chance in binary data.
    private const int LineFeedsPerCrlf = 10;

    private readonly TextEncoding _encoding;
    private readonly int _blockBytes;
    private readonly ReadingMeter? _meter;
    private readonly PreparationPipeline _pipeline;
    private readonly CompositionProbe? _probe;
    private readonly SymbolSet _symbols;
    private readonly List<int> _crlfSources = [];
    private long _length;

    internal CorpusSurvey(
        IReadOnlyList<CorpusSource> sources,
        TextEncoding encoding,
        PreparationPlan? plan = null,
        ReadingMeter? meter = null,
        int blockBytes = SymbolReader.DefaultBlockBytes
    )
    {
        plan ??= PreparationPlan.Nothing;
        (_encoding, _meter, _blockBytes) = (encoding, meter, blockBytes);
        _pipeline = new PreparationPipeline(plan, this, isWatched: true);
        _symbols = new SymbolSet(isCounted: plan.Preparation.MinCount > 1);
        bool isAsItIs =
            encoding == TextEncoding.Utf8 && plan.Preparation is { Normalize: Normalization.None, Fold: Folding.None };
        _probe = isAsItIs ? new CompositionProbe() : null;
        long[] charactersOf = [.. sources.Select(Read)];
        _pipeline.Finish();

        var distinct = _symbols.Symbols();
        HashSet<int> rare =
        [
            .. distinct.Where(symbol =>
                symbol != Vocabulary.BoundarySymbol
                && plan.Preparation.MinCount > 1
                && _symbols.CountOf(symbol) < plan.Preparation.MinCount
            ),
        ];
        var kept =
            rare.Count == 0
                ? distinct
                : [.. distinct.Where(symbol => !rare.Contains(symbol)), Vocabulary.UnknownSymbol];
        var prepared = _pipeline.Facts with
        {
            NotComposed = _probe?.Count ?? 0,
            DistinctRare = rare.Count,
            Rare = rare.Sum(_symbols.CountOf),
        };
        Facts = new CorpusFacts(charactersOf, _length, kept, _crlfSources, prepared);
    }

    /// <summary>What was found.</summary>
    internal CorpusFacts Facts { get; }

    /// <summary>Bytes in all sources together.</summary>
    internal long Bytes { get; private set; }

    void ISymbolSink.Append(ReadOnlySpan<int> symbols)
    {
        _symbols.Add(symbols);
        _length += symbols.Length;
    }

    void ISymbolSink.EndSource() { }

    void ISymbolSink.Finish() { }

    private long Read(CorpusSource source, int index)
    {
        long characters = 0,
            lineFeeds = 0,
            crlfs = 0;
        int previous = '\n';
        using var reader = new SymbolReader(source, _encoding, hash: null, _blockBytes, _meter);
        for (var block = reader.NextBlock(); !block.IsEmpty; block = reader.NextBlock())
        {
            characters += block.Length;
            lineFeeds += block.Count('\n');
            crlfs += CountCrlf(block, previous);
            _probe?.Look(block, previous);
            _pipeline.Append(block);
            previous = block[^1];
        }
        _probe?.EndSource();
        _pipeline.EndSource();
        if (crlfs > 0 && crlfs * LineFeedsPerCrlf >= lineFeeds)
            _crlfSources.Add(index);
        Bytes += reader.BytesRead;
        return characters;
    }

    private static long CountCrlf(ReadOnlySpan<int> block, int previous)
    {
        long count = previous == '\r' && block[0] == '\n' ? 1 : 0;
        for (int at = block.IndexOf('\r'); at >= 0 && at + 1 < block.Length; )
        {
            block = block[(at + 1)..];
            count += block[0] == '\n' ? 1 : 0;
            at = block.IndexOf('\r');
        }
        return count;
    }
}
