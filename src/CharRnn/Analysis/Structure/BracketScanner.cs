namespace CharRnn.Analysis;

/// <summary>A kind of bracket.</summary>
internal enum Bracket
{
    /// <summary>( and ).</summary>
    Round,

    /// <summary>[ and ].</summary>
    Square,

    /// <summary>{ and }.</summary>
    Curly,
}

/// <summary>
/// Pairs brackets, nested as they should be: <c>([)</c> closes the round one, and the square one never is.
/// </summary>
internal sealed class BracketScanner : ITextScanner
{
    private readonly PairMatcher<Bracket> _pairs = new();

    /// <summary>What was counted of a kind.</summary>
    public PairCount CountOf(Bracket kind) => _pairs.CountOf(kind);

    public void Add(int scalar, long position)
    {
        switch (scalar)
        {
            case '(':
                _pairs.Open(Bracket.Round, position);
                break;
            case ')':
                _pairs.Close(Bracket.Round, position);
                break;
            case '[':
                _pairs.Open(Bracket.Square, position);
                break;
            case ']':
                _pairs.Close(Bracket.Square, position);
                break;
            case '{':
                _pairs.Open(Bracket.Curly, position);
                break;
            case '}':
                _pairs.Close(Bracket.Curly, position);
                break;
        }
    }

    public void End() => _pairs.End();
}
