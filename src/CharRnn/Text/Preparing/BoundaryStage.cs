namespace CharRnn.Datasets;

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
