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

/// <summary>
/// Puts the boundary symbol before, between and after texts. A text is a source, or with records a line: its end, LF or
/// CR LF, then goes, and so do empty lines.
/// </summary>
/// <param name="isRecords">Whether every line is a text.</param>
/// <param name="next">Takes the texts and their boundaries.</param>
internal sealed class BoundaryStage(bool isRecords, ISymbolSink next) : SymbolStage(next)
{
    private bool _isBetweenTexts = true;

    // It belongs to the line's end if a line feed comes next.
    private bool _isReturnHeld;

    /// <summary>How many texts there were.</summary>
    internal long Texts { get; private set; }

    /// <summary>How many empty lines were left out.</summary>
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
        ReleaseReturn();
        _isBetweenTexts = true;
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
        if (symbol == '\n')
        {
            EmptyLines += _isBetweenTexts ? 1 : 0;
            _isBetweenTexts = true;
            _isReturnHeld = false;
            return;
        }
        ReleaseReturn();
        if (symbol == '\r')
        {
            _isReturnHeld = true;
            return;
        }
        BeginText();
        Emit(symbol);
    }

    private void ReleaseReturn()
    {
        if (!_isReturnHeld)
            return;
        _isReturnHeld = false;
        BeginText();
        Emit('\r');
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
