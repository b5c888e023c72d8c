using System.Collections;

namespace CharRnn.Text.Preparing;

/// <summary>Which symbols have come, special ones too, and how often where somebody wants to know.</summary>
/// <param name="isCounted">Whether to count them, which takes eight bytes for every symbol there could be.</param>
internal sealed class SymbolSet(bool isCounted = false)
{
    private readonly BitArray _seen = new(Vocabulary.SymbolLimit);
    private readonly long[] _counts = isCounted ? new long[Vocabulary.SymbolLimit] : [];

    /// <summary>The distinct symbols, ascending.</summary>
    internal IEnumerable<int> Symbols => Enumerable.Range(0, Vocabulary.SymbolLimit).Where(symbol => _seen[symbol]);

    internal void Add(ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
            _seen[symbol] = true;
        if (_counts.Length == 0)
            return;
        foreach (int symbol in symbols)
            _counts[symbol]++;
    }

    /// <summary>How often a symbol came; only where they are counted.</summary>
    internal long CountOf(int symbol) => _counts[symbol];
}

/// <summary>Looks at what passes and hands it on.</summary>
/// <param name="next">Takes it.</param>
internal sealed class WatchingStage(ISymbolSink next) : ISymbolSink
{
    internal SymbolSet Seen { get; } = new();

    public void Append(ReadOnlySpan<int> symbols)
    {
        Seen.Add(symbols);
        next.Append(symbols);
    }

    public void EndSource() => next.EndSource();

    public void Finish() => next.Finish();
}
