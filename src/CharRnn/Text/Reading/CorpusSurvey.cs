using System.Text.Json;

namespace CharRnn.Datasets;

/// <summary>Results of the first pass over a corpus.</summary>
/// <param name="CharactersOf">Number of symbols in each source, unprepared.</param>
/// <param name="Length">Number of symbols of the prepared text.</param>
/// <param name="Symbols">(V) distinct symbols of the prepared text, ascending.</param>
/// <param name="CrlfSources">Indices of the sources whose lines end in CR LF.</param>
/// <param name="ReturnSources">Indices of the sources whose lines end in CR alone.</param>
/// <param name="LoneReturns">Number of line ends that are CR alone, in all sources.</param>
/// <param name="Separators">Number of characters that end lines for some programs, and not here.</param>
/// <param name="Prepared">The counts of the preparation.</param>
internal sealed record CorpusFacts(
    IReadOnlyList<long> CharactersOf,
    long Length,
    IReadOnlyList<int> Symbols,
    IReadOnlyList<int> CrlfSources,
    IReadOnlyList<int> ReturnSources,
    long LoneReturns,
    long Separators,
    PreparationFacts Prepared
);

/// <summary>Results of both passes over a corpus beside its ids; a file of ids stores them as JSON.</summary>
/// <param name="Facts">The results of the first pass.</param>
/// <param name="Sha256">The SHA-256 of the raw bytes of all sources.</param>
/// <param name="Skipped">Number of symbols left out because the given vocabulary lacks them.</param>
/// <param name="Unknown">Number of symbols that became the vocabulary's unknown symbol.</param>
internal sealed record CorpusDetails(CorpusFacts Facts, string Sha256, long Skipped, long Unknown)
{
    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="JsonException">The JSON is of something else.</exception>
    internal static CorpusDetails FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<CorpusDetails>(json)
            is {
                Facts:
                {
                    CharactersOf: not null,
                    Symbols: not null,
                    CrlfSources: not null,
                    ReturnSources: not null,
                    Prepared: not null
                },
                Sha256: not null
            } details
            ? details
            : throw new JsonException("it lacks something");
}

/// <summary>
/// First pass over a corpus: finds its prepared symbols, their number, and its kind of line ends.
/// </summary>
internal sealed class CorpusSurvey : ISymbolSink
{
    private readonly TextEncoding _encoding;
    private readonly int _blockBytes;
    private readonly ReadingMeter? _meter;
    private readonly PreparationPipeline _pipeline;
    private readonly CompositionProbe? _probe;
    private readonly SymbolSet _symbols;
    private readonly List<int> _crlfSources = [],
        _returnSources = [];
    private long _length,
        _loneReturns,
        _separators;

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
            encoding == TextEncoding.Utf8
            && plan.Preparation is { Normalize: Normalization.None, Fold: Folding.None, FoldCase: false };
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
        Facts = new CorpusFacts(
            charactersOf,
            _length,
            kept,
            _crlfSources,
            _returnSources,
            _loneReturns,
            _separators,
            prepared
        );
    }

    /// <summary>The results.</summary>
    internal CorpusFacts Facts { get; }

    /// <summary>Number of bytes of all sources together.</summary>
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
        long characters = 0;
        var lineEnds = new LineEndCounter(isText: _encoding == TextEncoding.Utf8);
        int previous = '\n';
        using var reader = new SymbolReader(source, _encoding, hash: null, _blockBytes, _meter);
        for (var block = reader.NextBlock(); !block.IsEmpty; block = reader.NextBlock())
        {
            characters += block.Length;
            lineEnds.Add(block);
            _probe?.Look(block, previous);
            _pipeline.Append(block);
            previous = block[^1];
        }
        _probe?.EndSource();
        _pipeline.EndSource();
        if (lineEnds.HasPairs)
            _crlfSources.Add(index);
        if (lineEnds.HasLoneReturns)
            _returnSources.Add(index);
        _loneReturns += lineEnds.LoneReturns;
        _separators += lineEnds.Separators;
        Bytes += reader.BytesRead;
        return characters;
    }
}
