namespace CharRnn.Datasets;

/// <summary>Where in a text one is, as an editor counts: from line 1, column 1, a column being one symbol.</summary>
internal readonly record struct TextPosition(long Line, long Column)
{
    internal static TextPosition Start => new(1, 1);

    /// <summary>The position after the given symbols.</summary>
    /// <param name="symbols">The symbols.</param>
    /// <param name="lineEnd">What ends a line: the boundary symbol where lines are records.</param>
    internal TextPosition After(ReadOnlySpan<int> symbols, int lineEnd = '\n')
    {
        int lastEnd = symbols.LastIndexOf(lineEnd);
        return lastEnd < 0
            ? this with
            {
                Column = Column + symbols.Length,
            }
            : new TextPosition(Line + symbols.Count(lineEnd), symbols.Length - lastEnd);
    }

    /// <summary><c>line:column</c>.</summary>
    public override string ToString() => $"{Line}:{Column}";
}
