namespace CharRnn.Report.Runs;

/// <summary>
/// The samples of a run that a report shows: all of them, or where there are many a choice that is denser at the
/// beginning, when the writing changes fastest.
/// </summary>
internal static class SampleSelection
{
    /// <summary>The most samples of a run.</summary>
    public const int Most = 24;

    /// <summary>The most characters of a sample.</summary>
    public const int LongestText = 4000;

    /// <summary>Up to <paramref name="most"/> samples in step order, the first and the last among them.</summary>
    public static IReadOnlyList<SampleReport> Of(IReadOnlyList<SampleReport> samples, int most = Most)
    {
        var ordered = samples.OrderBy(sample => sample.Step).ToList();
        if (ordered.Count <= most)
            return ordered;
        // Places 0 … count - 1 along a geometric series; at its beginning, where that advances by less than one, one by
        // one.
        var chosen = new List<SampleReport>(most);
        int next = 0;
        for (int i = 0; i < most; i++)
        {
            int place = (int)Math.Round(Math.Pow(ordered.Count, i / (most - 1.0))) - 1;
            next = Math.Min(Math.Max(next, place), ordered.Count - (most - i));
            chosen.Add(ordered[next++]);
        }
        return chosen;
    }

    /// <summary>The beginning of a text, and how many characters more there are.</summary>
    public static (string Text, int More) Cut(string text)
    {
        if (text.Length <= LongestText)
            return (text, 0);
        int end = char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return (text[..end], text.Length - end);
    }
}
