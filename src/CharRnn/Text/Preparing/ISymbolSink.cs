namespace CharRnn.Datasets;

/// <summary>
/// Takes the symbols of some sources, block by block: a stage of their preparation, or whoever is at its end.
/// </summary>
internal interface ISymbolSink
{
    /// <summary>Takes the next symbols of a source, which are the caller's again afterwards.</summary>
    void Append(ReadOnlySpan<int> symbols);

    /// <summary>A source has ended, and all of it has been handed on.</summary>
    void EndSource();

    /// <summary>The last source has ended.</summary>
    void Finish();
}

/// <summary>
/// A stage that hands on other symbols than it takes, in large blocks of its own: what takes them may well write each
/// to a disk.
/// </summary>
/// <param name="next">Who takes them.</param>
internal abstract class SymbolStage(ISymbolSink next) : ISymbolSink
{
    private const int BlockSymbols = 1 << 14;

    private readonly int[] _block = new int[BlockSymbols];
    private int _count;

    public abstract void Append(ReadOnlySpan<int> symbols);

    public virtual void EndSource()
    {
        Flush();
        next.EndSource();
    }

    public virtual void Finish()
    {
        Flush();
        next.Finish();
    }

    /// <summary>Hands a symbol on, now or soon.</summary>
    protected void Emit(int symbol)
    {
        if (_count == _block.Length)
            Flush();
        _block[_count++] = symbol;
    }

    /// <summary>Hands on some symbols, now or soon.</summary>
    protected void Emit(ReadOnlySpan<int> symbols)
    {
        while (!symbols.IsEmpty)
        {
            if (_count == _block.Length)
                Flush();
            int copied = Math.Min(symbols.Length, _block.Length - _count);
            symbols[..copied].CopyTo(_block.AsSpan(_count));
            _count += copied;
            symbols = symbols[copied..];
        }
    }

    private void Flush()
    {
        if (_count == 0)
            return;
        next.Append(_block.AsSpan(0, _count));
        _count = 0;
    }
}
