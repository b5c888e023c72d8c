using System.Text;

namespace CharRnn.Analysis;

/// <summary>
/// Pairs quotation marks: straight double ones, which open and close by turns, “…”, ‘…’, „…“ and „…”, «…» and »…«.
/// An apostrophe is none: not the straight one, and not ’ where no ‘ is open or a letter follows. A quotation ends with
/// its paragraph:
/// what is open at an empty line is not closed, so that one mark too many cannot turn the rest of a text inside out.
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

    /// <summary>What was counted.</summary>
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
