namespace CharRnn.Datasets;

/// <summary>Leaves out the lines that are repeated, with their ends.</summary>
/// <param name="repeated">Which those are, of the same text.</param>
/// <param name="next">Takes the others.</param>
internal sealed class UniqueLineStage(RepeatedLines repeated, ISymbolSink next) : SymbolStage(next)
{
    private long _line;
    private bool _isOpen;

    public override void Append(ReadOnlySpan<int> symbols)
    {
        while (!symbols.IsEmpty)
        {
            int feed = symbols.IndexOf('\n');
            int length = feed < 0 ? symbols.Length : feed + 1;
            if (!repeated.Contains(_line))
                Emit(symbols[..length]);
            symbols = symbols[length..];
            _isOpen = feed < 0;
            _line += feed < 0 ? 0 : 1;
        }
    }

    public override void EndSource()
    {
        _line += _isOpen ? 1 : 0;
        _isOpen = false;
        base.EndSource();
    }
}
