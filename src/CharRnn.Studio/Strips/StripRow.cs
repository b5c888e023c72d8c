namespace CharRnn.Studio.Strips;

/// <summary>Row of a strip: symbols up to a line's end, or as many as fit.</summary>
/// <param name="Start">The first symbol.</param>
/// <param name="Count">Number of symbols.</param>
public readonly record struct StripRow(int Start, int Count)
{
    private const string LineEnd = "\n";

    /// <summary>Cuts a text into rows of at most so many symbols.</summary>
    public static List<StripRow> Of(StripText text, int columns)
    {
        var rows = new List<StripRow>();
        int start = 0;
        for (int i = 0; i < text.Count; i++)
        {
            bool endsLine = text.SymbolAt(i) == LineEnd;
            if (!endsLine && i + 1 - start < columns)
                continue;
            rows.Add(new(start, i + 1 - start));
            start = i + 1;
        }
        if (start < text.Count)
            rows.Add(new(start, text.Count - start));
        return rows;
    }
}
