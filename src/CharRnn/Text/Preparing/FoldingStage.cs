namespace CharRnn.Datasets;

/// <summary>
/// Brings a text to ASCII as far as it has an ASCII form. What has none stays as it is, and is counted; nothing is
/// dropped but marks on letters that became ASCII.
/// </summary>
/// <param name="next">Takes the folded text.</param>
internal sealed class FoldingStage(ISymbolSink next) : SymbolStage(next)
{
    private readonly AsciiFolder _folder = new();
    private readonly HashSet<int> _kept = [];
    private bool _isAfterLetter;

    /// <summary>Characters without an ASCII form.</summary>
    internal long Kept { get; private set; }

    /// <summary>How many different ones they are.</summary>
    internal int DistinctKept => _kept.Count;

    public override void Append(ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
        {
            if (symbol < 0x80)
            {
                EmitAscii((char)symbol);
            }
            else if (_isAfterLetter && _folder.IsMark(symbol))
            {
                // The letter before it is ASCII without it, as it is where both are one character.
            }
            else if (_folder.Fold(symbol) is { } ascii)
            {
                foreach (char letter in ascii)
                    EmitAscii(letter);
            }
            else
            {
                Emit(symbol);
                _isAfterLetter = false;
                _kept.Add(symbol);
                Kept++;
            }
        }
    }

    public override void EndSource()
    {
        _isAfterLetter = false;
        base.EndSource();
    }

    private void EmitAscii(char character)
    {
        Emit(character);
        _isAfterLetter = char.IsAsciiLetter(character);
    }
}
