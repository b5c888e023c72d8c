namespace CharRnn.Datasets;

/// <summary>Which lines of a text are equal to an earlier one, empty ones aside: a bit for each line.</summary>
internal sealed class RepeatedLines
{
    private const int BitsInWord = 64;

    private readonly List<ulong> _bits = [];
    private long _lines;

    /// <summary>How many there are.</summary>
    internal long Count { get; private set; }

    /// <summary>Whether the line of that number, from 0, is one.</summary>
    internal bool Contains(long line) =>
        line < _lines && ((_bits[(int)(line / BitsInWord)] >> (int)(line % BitsInWord)) & 1) != 0;

    /// <summary>Adds the next line.</summary>
    internal void Add(bool isRepeated)
    {
        if (_lines % BitsInWord == 0)
            _bits.Add(0);
        if (isRepeated)
        {
            _bits[^1] |= 1UL << (int)(_lines % BitsInWord);
            Count++;
        }
        _lines++;
    }
}
