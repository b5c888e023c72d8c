namespace CharRnn.Analysis;

/// <summary>
/// Pairs the links of a wiki: <c>[[</c> with <c>]]</c>, one within another where pictures have captions. Of a row of
/// brackets each is part of one pair only, from the left.
/// </summary>
internal sealed class LinkScanner : ITextScanner
{
    private readonly PairMatcher<char> _pairs = new();
    private int _before;

    /// <summary>What was counted.</summary>
    public PairCount Count => _pairs.CountOf('[');

    public void Add(int scalar, long position)
    {
        bool isSecond = scalar is '[' or ']' && scalar == _before;
        if (isSecond && scalar == '[')
            _pairs.Open('[', position);
        else if (isSecond)
            _pairs.Close('[', position - 1);
        _before = isSecond ? 0 : scalar;
    }

    public void End()
    {
        _before = 0;
        _pairs.End();
    }
}
