namespace CharRnn.Datasets;

/// <summary>
/// Receiver of sources' symbols, block by block: a stage of their preparation, or its end.
/// </summary>
internal interface ISymbolSink
{
    /// <summary>Receives the next symbols of a source; the caller reuses the buffer afterwards.</summary>
    void Append(ReadOnlySpan<int> symbols);

    /// <summary>Ends a source, after all of its symbols.</summary>
    void EndSource();

    /// <summary>Ends the text, after its last source.</summary>
    void Finish();
}

/// <summary>
/// Preparation stage that emits symbols in large blocks of its own, since the receiver may write each block to disk.
/// </summary>
/// <param name="next">Receiver of the emitted symbols.</param>
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

    /// <summary>Emits a symbol, buffered.</summary>
    protected void Emit(int symbol)
    {
        if (_count == _block.Length)
            Flush();
        _block[_count++] = symbol;
    }

    /// <summary>Emits symbols, buffered.</summary>
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

/// <summary>Cutting stage: leaves out a text's beginning and its end.</summary>
/// <param name="skip">Number of characters left out at the beginning, of all sources together.</param>
/// <param name="max">Max characters emitted after those; null for all.</param>
/// <param name="next">Receiver of the remaining text.</param>
internal sealed class CuttingStage(long skip, long? max, ISymbolSink next) : SymbolStage(next)
{
    private long _seen;

    /// <summary>Characters left out at the beginning.</summary>
    internal long Skipped => Math.Min(_seen, skip);

    /// <summary>Characters left out at the end.</summary>
    internal long CutOff => max is { } limit ? Math.Max(_seen - Skipped - limit, 0) : 0;

    public override void Append(ReadOnlySpan<int> symbols)
    {
        int start = (int)Math.Clamp(skip - _seen, 0, symbols.Length);
        long left = max is { } limit ? Math.Max(limit - Math.Max(_seen - skip, 0), 0) : long.MaxValue;
        int count = (int)Math.Min(left, symbols.Length - start);
        _seen += symbols.Length;
        Emit(symbols.Slice(start, count));
    }
}

/// <summary>
/// Boundary stage: puts the boundary symbol before, between and after texts. A text is a source or, with records, a
/// line: line ends (LF, CR LF or CR) and empty lines are then removed.
/// </summary>
/// <param name="isRecords">Whether every line is a text.</param>
/// <param name="next">Receiver of the texts and their boundaries.</param>
internal sealed class BoundaryStage(bool isRecords, ISymbolSink next) : SymbolStage(next)
{
    private bool _isBetweenTexts = true;

    // A line feed after a carriage return belongs to the same line end.
    private bool _isAfterReturn;

    /// <summary>Number of texts.</summary>
    internal long Texts { get; private set; }

    /// <summary>Number of empty lines left out.</summary>
    internal long EmptyLines { get; private set; }

    public override void Append(ReadOnlySpan<int> symbols)
    {
        if (isRecords)
        {
            foreach (int symbol in symbols)
                AddToRecord(symbol);
        }
        else if (!symbols.IsEmpty)
        {
            BeginText();
            Emit(symbols);
        }
    }

    public override void EndSource()
    {
        (_isBetweenTexts, _isAfterReturn) = (true, false);
        base.EndSource();
    }

    public override void Finish()
    {
        if (Texts > 0)
            Emit(Vocabulary.BoundarySymbol);
        base.Finish();
    }

    private void AddToRecord(int symbol)
    {
        bool isSecondHalf = _isAfterReturn && symbol == LineEnds.Feed;
        _isAfterReturn = symbol == LineEnds.Return;
        if (isSecondHalf)
            return;
        if (symbol is LineEnds.Feed or LineEnds.Return)
        {
            EmptyLines += _isBetweenTexts ? 1 : 0;
            _isBetweenTexts = true;
            return;
        }
        BeginText();
        Emit(symbol);
    }

    private void BeginText()
    {
        if (!_isBetweenTexts)
            return;
        Emit(Vocabulary.BoundarySymbol);
        _isBetweenTexts = false;
        Texts++;
    }
}
