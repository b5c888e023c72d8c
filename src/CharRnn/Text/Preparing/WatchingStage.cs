namespace CharRnn.Datasets;

/// <summary>Looks at what passes and hands it on.</summary>
/// <param name="next">Takes it.</param>
internal sealed class WatchingStage(ISymbolSink next) : ISymbolSink
{
    /// <summary>What has passed.</summary>
    internal SymbolSet Seen { get; } = new();

    public void Append(ReadOnlySpan<int> symbols)
    {
        Seen.Add(symbols);
        next.Append(symbols);
    }

    public void EndSource() => next.EndSource();

    public void Finish() => next.Finish();
}
