namespace CharRnn.Analysis;

/// <summary>
/// Pairs the tags of XML: <c>&lt;name …&gt;</c> with <c>&lt;/name&gt;</c>. A name is a letter and then letters, digits,
/// hyphens, colons and underscores; what follows it must hold an equals sign, as attributes do, so that comparisons in
/// a program are none. Elements that close themselves, comments and declarations do not count. In a dump of Wikipedia
/// the tags of an article are themselves escaped: <c>&amp;lt;</c> and <c>&amp;gt;</c> are read as the brackets they
/// stand for.
/// </summary>
internal sealed class TagScanner : ITextScanner
{
    private const int LongestTag = 300;
    private const string LessThan = "&lt;",
        GreaterThan = "&gt;";

    private readonly PairMatcher<string> _pairs = new();

    // What was read after the last "<", for as long as it may become a tag.
    private readonly char[] _read = new char[LongestTag];
    private int _length;
    private bool _isReading;

    // What was read of "&lt;" or "&gt;" so far.
    private string _escape = "";

    /// <summary>What was counted.</summary>
    public PairCount Count => _pairs.Total;

    public void Add(int scalar, long position)
    {
        if (_escape.Length == 0 && scalar != '&')
        {
            Read(scalar, position);
            return;
        }
        string escape = _escape + (char)Math.Min(scalar, char.MaxValue);
        bool isBegun =
            LessThan.StartsWith(escape, StringComparison.Ordinal)
            || GreaterThan.StartsWith(escape, StringComparison.Ordinal);
        if (isBegun && scalar != ';')
        {
            _escape = escape;
            return;
        }
        string held = _escape;
        _escape = "";
        if (isBegun)
        {
            Read(escape == LessThan ? '<' : '>', position);
            return;
        }
        // It was no escape: what was held back is text like any other, and the character may begin another.
        foreach (char character in held)
            Read(character, position);
        Add(scalar, position);
    }

    public void End()
    {
        (_isReading, _escape) = (false, "");
        _pairs.End();
    }

    private void Read(int scalar, long position)
    {
        if (scalar == '<')
        {
            (_isReading, _length) = (true, 0);
        }
        else if (_isReading && scalar == '>')
        {
            Pair(position);
            _isReading = false;
        }
        else if (_isReading)
        {
            // Outside the basic plane nothing is part of a name; what stands for it matters as little.
            if (_length < LongestTag)
                _read[_length++] = (char)Math.Min(scalar, char.MaxValue);
            else
                _isReading = false;
        }
    }

    private void Pair(long position)
    {
        var read = _read.AsSpan(0, _length);
        bool isCloser = read is ['/', ..];
        if (isCloser)
            read = read[1..];
        int nameLength = 0;
        while (nameLength < read.Length && IsOfName(read[nameLength], isFirst: nameLength == 0))
            nameLength++;
        if (nameLength == 0)
            return;
        string name = new(read[..nameLength]);
        var rest = read[nameLength..];
        bool isAttributes = rest is [' ' or '\t' or '\n' or '\r', ..] && rest.Contains('=');
        if (isCloser && rest.IsWhiteSpace())
            _pairs.Close(name, position - _length - 1);
        else if (!isCloser && (rest.IsWhiteSpace() || (isAttributes && rest[^1] != '/')))
            _pairs.Open(name, position);
    }

    private static bool IsOfName(char character, bool isFirst) =>
        char.IsLetter(character) || (!isFirst && (char.IsAsciiDigit(character) || character is '-' or ':' or '_'));
}
