namespace CharRnn.Text;

/// <summary>Where in a text one is, as an editor counts: from line 1, column 1, a column being one symbol.</summary>
internal readonly record struct TextPosition(long Line, long Column)
{
    internal static TextPosition Start => new(1, 1);

    /// <summary>The position after the given symbols.</summary>
    internal TextPosition After(ReadOnlySpan<int> symbols)
    {
        int lastLineFeed = symbols.LastIndexOf('\n');
        return lastLineFeed < 0
            ? this with { Column = Column + symbols.Length }
            : new TextPosition(Line + symbols.Count('\n'), symbols.Length - lastLineFeed);
    }

    /// <summary><c>line:column</c>.</summary>
    public override string ToString() => $"{Line}:{Column}";
}
