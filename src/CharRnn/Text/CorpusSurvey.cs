using System.Collections;

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

    internal CorpusSurvey(IReadOnlyList<CorpusSource> sources, TextEncoding encoding, int blockBytes = SymbolReader.DefaultBlockBytes)
    {
        _encoding = encoding;
        _blockBytes = blockBytes;
        CharactersOf = [.. sources.Select(Read)];
        Characters = CharactersOf.Sum();
        Symbols = [.. Enumerable.Range(0, ScalarLimit).Where(symbol => _seen[symbol])];
    }

    /// <summary>Symbols in all sources together.</summary>
    internal long Characters { get; }

    /// <summary>Symbols in each source.</summary>
    internal IReadOnlyList<long> CharactersOf { get; }

    /// <summary>(V) distinct symbols, ascending.</summary>
    internal int[] Symbols { get; }

    /// <summary>The names of the sources whose lines end in CR LF.</summary>
    internal List<string> CrlfSources { get; } = [];

    private long Read(CorpusSource source)
    {
        long characters = 0, lineFeeds = 0, crlfs = 0;
        int previous = '\n';
        using var reader = new SymbolReader(source, _encoding, hash: null, _blockBytes);
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
            CrlfSources.Add(source.ShownName);
        return characters;
    }
}
