using System.Text;

namespace CharRnn.Analysis;

/// <summary>Kind of bracket.</summary>
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
/// Scanner of brackets, which must nest: in <c>([)</c> the round one is closed, and the square one never.
/// </summary>
internal sealed class BracketScanner : ITextScanner
{
    private readonly PairMatcher<Bracket> _pairs = new();

    /// <summary>The counts of a kind.</summary>
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

/// <summary>
/// Scanner of quotation marks: straight double ones, which open and close by turns, “…”, ‘…’, „…“ and „…”, «…» and »…«.
/// An apostrophe is none: not the straight one, and not ’ where no ‘ is open or a letter follows. A quotation ends with
/// its paragraph: what is open at an empty line is not closed, so that one mark too many cannot invert the rest of a
/// text.
/// </summary>
internal sealed class QuoteScanner : ITextScanner
{
    private readonly PairMatcher<Quote> _pairs = new();
    private long? _perhapsApostrophe;
    private bool _lineIsBlank;

    private enum Quote
    {
        Straight,
        High,
        Low,
        Single,
        Outward,
        Inward,
    }

    /// <summary>The counts.</summary>
    public PairCount Count => _pairs.Total;

    public void Add(int scalar, long position)
    {
        Decide(isLetterNext: Rune.IsValid(scalar) && Rune.IsLetter(new Rune(scalar)));
        switch (scalar)
        {
            case '"':
                CloseOrOpen(Quote.Straight, Quote.Straight, position);
                break;
            case '\u201C':
                CloseOrOpen(Quote.Low, Quote.High, position);
                break; // “
            case '\u201D':
                _pairs.Close(_pairs.OpenOf(Quote.High) > 0 ? Quote.High : LowIfOpen(), position);
                break; // ”
            case '\u201E':
                _pairs.Open(Quote.Low, position);
                break; // „
            case '\u2018':
                _pairs.Open(Quote.Single, position);
                break; // ‘
            case '\u2019' when _pairs.OpenOf(Quote.Single) > 0:
                _perhapsApostrophe = position;
                break; // ’
            case '\u00AB':
                CloseOrOpen(Quote.Inward, Quote.Outward, position);
                break; // «
            case '\u00BB':
                CloseOrOpen(Quote.Outward, Quote.Inward, position);
                break; // »
        }
        FollowLines(scalar);
    }

    public void End()
    {
        Decide(isLetterNext: false);
        _pairs.End();
        _lineIsBlank = false;
    }

    private void CloseOrOpen(Quote closes, Quote opens, long position)
    {
        if (_pairs.OpenOf(closes) > 0)
            _pairs.Close(closes, position);
        else
            _pairs.Open(opens, position);
    }

    private Quote LowIfOpen() => _pairs.OpenOf(Quote.Low) > 0 ? Quote.Low : Quote.High;

    private void Decide(bool isLetterNext)
    {
        if (_perhapsApostrophe is { } position && !isLetterNext)
            _pairs.Close(Quote.Single, position);
        _perhapsApostrophe = null;
    }

    private void FollowLines(int scalar)
    {
        if (scalar == '\n')
        {
            if (_lineIsBlank)
                _pairs.End();
            _lineIsBlank = true;
        }
        else if (scalar is not (' ' or '\t' or '\r'))
        {
            _lineIsBlank = false;
        }
    }
}

/// <summary>
/// Scanner of XML tags: <c>&lt;name …&gt;</c> and <c>&lt;/name&gt;</c>. A name is a letter and then letters, digits,
/// hyphens, colons and underscores; what follows it must hold an equals sign, as attributes do, so that comparisons in
/// a program are none. Elements that close themselves, comments and declarations do not count. In a dump of Wikipedia
/// the tags of an article are themselves escaped: <c>&amp;lt;</c> and <c>&amp;gt;</c> are read as the brackets they
/// stand for.
/// </summary>
internal sealed class TagScanner : ITextScanner
{
    private const int MaxTagLength = 300;
    private const string LessThan = "&lt;",
        GreaterThan = "&gt;";

    private readonly PairMatcher<string> _pairs = new();

    // The text after the last "<", while it may become a tag.
    private readonly char[] _read = new char[MaxTagLength];
    private int _length;
    private bool _isReading;

    // The part of "&lt;" or "&gt;" read so far.
    private string _escape = "";

    /// <summary>The counts.</summary>
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
        // It was no escape: the held text is plain, and the character may begin another escape.
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
            // No character outside the basic plane is part of a name, so that any placeholder will do.
            if (_length < MaxTagLength)
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

/// <summary>
/// Scanner of wiki links: <c>[[</c> and <c>]]</c>, nested where pictures have captions. In a run of brackets each is
/// part of one pair only, from the left.
/// </summary>
internal sealed class LinkScanner : ITextScanner
{
    private readonly PairMatcher<char> _pairs = new();
    private int _before;

    /// <summary>The counts.</summary>
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

/// <summary>
/// Scanner of LaTeX environments: <c>\begin{name}</c> and <c>\end{name}</c>. A name is made of letters and stars.
/// </summary>
internal sealed class EnvironmentScanner : ITextScanner
{
    private const string Begin = @"\begin{",
        Finish = @"\end{";
    private const int MaxNameLength = 40;

    private readonly PairMatcher<string> _pairs = new();

    // The text from the last backslash on, while it may become one of the two commands.
    private readonly char[] _read = new char[Begin.Length + MaxNameLength];
    private int _length;

    /// <summary>The counts.</summary>
    public PairCount Count => _pairs.Total;

    public void Add(int scalar, long position)
    {
        if (scalar == '\\')
            _length = 0;
        else if (_length == 0)
            return;
        if (scalar == '}')
            Pair(position);
        if (scalar == '}' || _length == _read.Length || !char.IsAscii((char)Math.Min(scalar, char.MaxValue)))
        {
            _length = 0;
            return;
        }
        _read[_length++] = (char)scalar;
        if (!MayBecome(Begin) && !MayBecome(Finish))
            _length = 0;
    }

    public void End()
    {
        _length = 0;
        _pairs.End();
    }

    private void Pair(long position)
    {
        var read = _read.AsSpan(0, _length);
        if (_length > Begin.Length && read.StartsWith(Begin))
            _pairs.Open(new string(read[Begin.Length..]), position);
        else if (_length > Finish.Length && read.StartsWith(Finish))
            _pairs.Close(new string(read[Finish.Length..]), position - _length);
    }

    private bool MayBecome(string command)
    {
        var read = _read.AsSpan(0, _length);
        if (_length <= command.Length)
            return command.AsSpan().StartsWith(read);
        return read.StartsWith(command) && (char.IsAsciiLetter(read[^1]) || read[^1] == '*');
    }
}
