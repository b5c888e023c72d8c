namespace CharRnn.Datasets;

/// <summary>
/// Line ends: LF, CR LF or CR alone, wherever lines count. The separators that only some programs take for line ends
/// (NEL, LS and PS: U+0085, U+2028, U+2029) are characters like others.
/// </summary>
internal static class LineEnds
{
    internal const char Feed = '\n',
        Return = '\r';
    private const byte FeedByte = (byte)Feed,
        ReturnByte = (byte)Return;

    private static readonly int[] Separators = [0x0085, 0x2028, 0x2029];

    /// <summary>The lines of a text, without their ends, which the last one may lack.</summary>
    internal static IEnumerable<string> LinesOf(string text)
    {
        for (int start = 0; start < text.Length; )
        {
            int length = text.AsSpan(start).IndexOfAny(Feed, Return);
            int end = length < 0 ? text.Length : start + length;
            yield return text[start..end];
            bool isPair = end + 1 < text.Length && text[end] == Return && text[end + 1] == Feed;
            start = end + (isPair ? 2 : 1);
        }
    }

    /// <summary>The first line of a text, without its end.</summary>
    internal static ReadOnlySpan<char> FirstLineOf(string text)
    {
        int length = text.AsSpan().IndexOfAny(Feed, Return);
        return length < 0 ? text : text.AsSpan(0, length);
    }

    /// <summary>The number of the line, from 1, that a byte of a text is in.</summary>
    internal static int LineOf(ReadOnlySpan<byte> text, int offset)
    {
        int line = 1;
        for (int i = 0; i < offset; i++)
        {
            bool isSecondHalf = text[i] == FeedByte && i > 0 && text[i - 1] == ReturnByte;
            line += text[i] is FeedByte or ReturnByte && !isSecondHalf ? 1 : 0;
        }
        return line;
    }

    /// <summary>Number of CR LF among symbols, each of which ends one line.</summary>
    /// <param name="symbols">The symbols; at least one.</param>
    /// <param name="isAfterReturn">Whether a CR stands before them.</param>
    internal static long CountPairs(ReadOnlySpan<int> symbols, bool isAfterReturn)
    {
        long count = isAfterReturn && symbols[0] == Feed ? 1 : 0;
        for (int at = symbols.IndexOf(Return); at >= 0 && at + 1 < symbols.Length; )
        {
            symbols = symbols[(at + 1)..];
            count += symbols[0] == Feed ? 1 : 0;
            at = symbols.IndexOf(Return);
        }
        return count;
    }

    /// <summary>Number of separators among symbols.</summary>
    internal static int CountSeparators(ReadOnlySpan<int> symbols)
    {
        // Rarely there at all: one look, and no more.
        if (!symbols.ContainsAny(Separators))
            return 0;
        int count = 0;
        foreach (int separator in Separators)
            count += symbols.Count(separator);
        return count;
    }
}

/// <summary>Counter of a source's line ends by kind, block by block.</summary>
/// <param name="isText">Whether symbols are characters rather than bytes.</param>
internal sealed class LineEndCounter(bool isText)
{
    // Below this share of the line ends, carriage returns are stray, or chance in binary data.
    private const int EndsPerReturn = 10;

    private bool _isAfterReturn;
    private long _feeds,
        _returns,
        _pairs;

    /// <summary>Line ends that are CR alone.</summary>
    internal long LoneReturns => _returns - _pairs;

    /// <summary>Characters that end lines for some programs, and not here.</summary>
    internal long Separators { get; private set; }

    /// <summary>Whether the source's lines end in CR LF, a few stray ones aside.</summary>
    internal bool HasPairs => _pairs > 0 && _pairs * EndsPerReturn >= _feeds;

    /// <summary>Whether the source's lines end in CR alone, a few stray ones aside.</summary>
    internal bool HasLoneReturns => LoneReturns > 0 && (isText ? LoneReturns * EndsPerReturn >= _feeds : _feeds == 0);

    /// <summary>Counts the next symbols.</summary>
    /// <param name="block">The symbols; at least one.</param>
    internal void Add(ReadOnlySpan<int> block)
    {
        _feeds += block.Count(LineEnds.Feed);
        _returns += block.Count(LineEnds.Return);
        _pairs += LineEnds.CountPairs(block, _isAfterReturn);
        if (isText)
            Separators += LineEnds.CountSeparators(block);
        _isAfterReturn = block[^1] == LineEnds.Return;
    }
}
