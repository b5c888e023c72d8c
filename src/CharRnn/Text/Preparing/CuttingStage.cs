namespace CharRnn.Datasets;

/// <summary>Leaves out a text's beginning and its end.</summary>
/// <param name="skip">Characters left out at the beginning, of all sources together.</param>
/// <param name="most">The most that are handed on after those; null for all.</param>
/// <param name="next">Takes what lies between.</param>
internal sealed class CuttingStage(long skip, long? most, ISymbolSink next) : SymbolStage(next)
{
    private long _seen;

    /// <summary>Characters left out at the beginning.</summary>
    internal long Skipped => Math.Min(_seen, skip);

    /// <summary>Characters left out at the end.</summary>
    internal long CutOff => most is { } limit ? Math.Max(_seen - Skipped - limit, 0) : 0;

    public override void Append(ReadOnlySpan<int> symbols)
    {
        int start = (int)Math.Clamp(skip - _seen, 0, symbols.Length);
        long left = most is { } limit ? Math.Max(limit - Math.Max(_seen - skip, 0), 0) : long.MaxValue;
        int count = (int)Math.Min(left, symbols.Length - start);
        _seen += symbols.Length;
        Emit(symbols.Slice(start, count));
    }
}
