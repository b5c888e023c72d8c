using System.Numerics;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>Set of the symbols seen, special ones included, and optionally their counts.</summary>
/// <param name="isCounted">Whether to count them, which takes eight bytes for every possible symbol.</param>
internal sealed class SymbolSet(bool isCounted = false)
{
    private const int BitsInWord = 64;

    private readonly ulong[] _seen = new ulong[(Vocabulary.SymbolLimit + BitsInWord - 1) / BitsInWord];
    private readonly long[] _counts = isCounted ? new long[Vocabulary.SymbolLimit] : [];

    /// <summary>Number of distinct symbols.</summary>
    internal int Count => _seen.Sum(BitOperations.PopCount);

    /// <summary>The distinct symbols, ascending.</summary>
    internal List<int> Symbols()
    {
        var symbols = new List<int>(Count);
        for (int word = 0; word < _seen.Length; word++)
        {
            for (ulong left = _seen[word]; left != 0; left &= left - 1)
                symbols.Add((word * BitsInWord) + BitOperations.TrailingZeroCount(left));
        }
        return symbols;
    }

    internal void Add(ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
            _seen[symbol / BitsInWord] |= 1UL << symbol;
        if (_counts.Length == 0)
            return;
        foreach (int symbol in symbols)
            _counts[symbol]++;
    }

    internal void Add(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            Add([rune.Value]);
    }

    /// <summary>Count of a symbol; only if symbols are counted.</summary>
    internal long CountOf(int symbol) => _counts[symbol];
}

/// <summary>Observing stage: collects the symbols that pass, and changes none.</summary>
/// <param name="next">Receiver of the symbols.</param>
internal sealed class WatchingStage(ISymbolSink next) : ISymbolSink
{
    /// <summary>The symbols that have passed.</summary>
    internal SymbolSet Seen { get; } = new();

    public void Append(ReadOnlySpan<int> symbols)
    {
        Seen.Add(symbols);
        next.Append(symbols);
    }

    public void EndSource() => next.EndSource();

    public void Finish() => next.Finish();
}
