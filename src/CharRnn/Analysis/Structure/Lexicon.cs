namespace CharRnn.Analysis;

/// <summary>The words of a text, and how many of another's are among them.</summary>
public sealed class Lexicon
{
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly WordReader _reader;

    /// <summary>An empty lexicon.</summary>
    public Lexicon()
    {
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        _reader = new WordReader(word => _lookup.Add(word));
    }

    /// <summary>How many different words there are.</summary>
    public int Count => _words.Count;

    /// <summary>Reads on in the text.</summary>
    /// <param name="scalars">Unicode scalar values.</param>
    public void Read(ReadOnlySpan<int> scalars)
    {
        foreach (int scalar in scalars)
            _reader.Add(scalar, 0);
    }

    /// <summary>The text ends.</summary>
    public void EndText() => _reader.EndWord();

    /// <summary>
    /// Counts the words of a sample, and those among them that the text has. A word that the sample's end may have cut
    /// is not counted.
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
