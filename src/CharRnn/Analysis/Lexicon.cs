using System.Globalization;
using System.Text;

namespace CharRnn.Analysis;

/// <summary>Set of a text's words, to count those of another among them.</summary>
internal sealed class Lexicon
{
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly WordReader _reader;

    /// <summary>Makes an empty lexicon.</summary>
    public Lexicon()
    {
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        _reader = new WordReader(word => _lookup.Add(word));
    }

    /// <summary>Number of distinct words.</summary>
    public int Count => _words.Count;

    /// <summary>Reads the next part of the text.</summary>
    /// <param name="scalars">Unicode scalar values.</param>
    public void Read(ReadOnlySpan<int> scalars)
    {
        foreach (int scalar in scalars)
            _reader.Add(scalar, 0);
    }

    /// <summary>Ends the text.</summary>
    public void EndText() => _reader.EndWord();

    /// <summary>
    /// Counts the words of a sample, and how many of them the text has. A word that the sample's end may have cut is
    /// not counted.
    /// </summary>
    /// <param name="scalars">Unicode scalar values.</param>
    public (long Words, long Known) Look(ReadOnlySpan<int> scalars)
    {
        long words = 0,
            known = 0;
        var reader = new WordReader(word =>
        {
            words++;
            if (_lookup.Contains(word))
                known++;
        });
        foreach (int scalar in scalars)
            reader.Add(scalar, 0);
        reader.End();
        return (words, known);
    }
}

/// <summary>
/// Scanner of a text's words: letters, with their combining marks and apostrophes between them, in lower case. Digits
/// and everything else end a word; a run of more than <see cref="MaxWordLength"/> letters is no word.
/// </summary>
/// <param name="found">Called for each word; the span is valid during the call only.</param>
internal sealed class WordReader(Action<ReadOnlySpan<char>> found) : ITextScanner
{
    /// <summary>Max length of a word, in UTF-16 code units.</summary>
    public const int MaxWordLength = 60;

    private readonly char[] _word = new char[MaxWordLength + 1];
    private int _length;
    private bool _isTooLong,
        _isAfterApostrophe;

    public void Add(int scalar, long position)
    {
        if (IsOfWord(scalar))
        {
            if (_isAfterApostrophe)
                Append(new Rune('\''));
            Append(new Rune(scalar));
            _isAfterApostrophe = false;
            return;
        }
        bool isFirstApostrophe = scalar is '\'' or '\u2019' && _length > 0 && !_isAfterApostrophe;
        if (!isFirstApostrophe)
            EndWord();
        _isAfterApostrophe = isFirstApostrophe;
    }

    /// <summary>Ends the text; a word that reaches the end may be incomplete and is left out.</summary>
    public void End() => Forget();

    /// <summary>Ends the text and its last word.</summary>
    public void EndWord()
    {
        if (_length > 0 && !_isTooLong)
            found(_word.AsSpan(0, _length));
        Forget();
    }

    private void Forget() => (_length, _isTooLong, _isAfterApostrophe) = (0, false, false);

    private bool IsOfWord(int scalar)
    {
        if (!Rune.IsValid(scalar))
            return false;
        var rune = new Rune(scalar);
        return Rune.IsLetter(rune)
            || (
                _length > 0
                && Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.NonSpacingMark
                        or UnicodeCategory.SpacingCombiningMark
            );
    }

    private void Append(Rune rune)
    {
        rune = Rune.ToLowerInvariant(rune);
        _isTooLong |= _length + rune.Utf16SequenceLength > MaxWordLength;
        if (!_isTooLong)
            _length += rune.EncodeToUtf16(_word.AsSpan(_length));
    }
}
