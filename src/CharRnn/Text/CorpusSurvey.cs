using System.Collections;
using CharRnn.Text.Caching;

namespace CharRnn.Text;

/// <summary>The first reading of a corpus: which symbols it has, how many, and how its lines end.</summary>
internal sealed class CorpusSurvey
{
    private const int ScalarLimit = 0x110000;

    // Below this share of the line ends, carriage returns are stray, or chance in binary data.
    private const int LineFeedsPerCrlf = 10;

    private readonly BitArray _seen = new(ScalarLimit);
    private readonly TextEncoding _encoding;
    private readonly int _blockBytes;

    private readonly ReadingMeter? _meter;
    private readonly List<int> _crlfSources = [];

    internal CorpusSurvey(IReadOnlyList<CorpusSource> sources, TextEncoding encoding, ReadingMeter? meter = null, int blockBytes = SymbolReader.DefaultBlockBytes)
    {
        _encoding = encoding;
        _meter = meter;
        _blockBytes = blockBytes;
        long[] charactersOf = [.. sources.Select(Read)];
        Facts = new CorpusFacts(charactersOf, [.. Enumerable.Range(0, ScalarLimit).Where(symbol => _seen[symbol])], _crlfSources);
    }

    /// <summary>What was found.</summary>
    internal CorpusFacts Facts { get; }

    /// <summary>Bytes in all sources together.</summary>
    internal long Bytes { get; private set; }

    private long Read(CorpusSource source, int index)
    {
        long characters = 0, lineFeeds = 0, crlfs = 0;
        int previous = '\n';
        using var reader = new SymbolReader(source, _encoding, hash: null, _blockBytes, _meter);
        for (ReadOnlySpan<int> block = reader.NextBlock(); !block.IsEmpty; block = reader.NextBlock())
        {
            characters += block.Length;
            foreach (int symbol in block)
            {
                _seen[symbol] = true;
                if (symbol == '\n')
                {
                    lineFeeds++;
                    if (previous == '\r')
                        crlfs++;
                }
                previous = symbol;
            }
        }
        if (crlfs > 0 && crlfs * LineFeedsPerCrlf >= lineFeeds)
            _crlfSources.Add(index);
        Bytes += reader.BytesRead;
        return characters;
    }
}
