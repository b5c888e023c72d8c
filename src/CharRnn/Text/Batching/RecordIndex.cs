namespace CharRnn.Datasets;

/// <summary>
/// Index of the records in a range of a corpus. The boundary symbol stands before the first record, between records and
/// after the last; as an input it begins a record, as a target it ends one, so that a record of n characters has n + 1
/// pairs. Symbols before the range's first boundary or after its last belong to records that lie partly elsewhere, and
/// are left out.
/// </summary>
/// <remarks>
/// Up to <see cref="MaxGroups"/> records each have a group of their own, in 8 bytes. Beyond that 2, 4, 8 … neighbours
/// share one, so that 8 MiB are enough for any number. Positions count from the first boundary.
/// </remarks>
internal sealed class RecordIndex
{
    /// <summary>Max number of groups.</summary>
    public const int MaxGroups = 1 << 20;

    private readonly SymbolIds _ids;
    private readonly int _boundaryId;
    private readonly long[] _starts;

    /// <summary>Finds the records.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="range">The range of it.</param>
    /// <param name="boundaryId">The boundary's id.</param>
    /// <exception cref="SettingsException">The range holds no whole record.</exception>
    public RecordIndex(SymbolIds ids, IdRange range, int boundaryId)
        : this(ids, range, boundaryId, MaxGroups) { }

    /// <summary>The same with another max number of groups, which must be even.</summary>
    internal RecordIndex(SymbolIds ids, IdRange range, int boundaryId, int maxGroups)
    {
        (_ids, _boundaryId) = (ids, boundaryId);
        var (starts, boundaries, last) = Survey(range, maxGroups);
        if (boundaries < 2)
            throw new SettingsException(
                $"the {range.Length} characters to train on hold no whole record; hold less out with 'ValFrac' "
                    + "or 'TestFrac', or use a longer text."
            );
        Count = boundaries - 1;
        long first = starts[0];
        if (starts[^1] != last)
            starts.Add(last);
        _starts = [.. starts.Select(start => start - first)];
        Range = new IdRange(range.Start + first, last - first + 1);
    }

    /// <summary>The range from the first boundary to the last, both included.</summary>
    public IdRange Range { get; }

    /// <summary>The boundary's id.</summary>
    public int BoundaryId => _boundaryId;

    /// <summary>Number of records.</summary>
    public long Count { get; }

    /// <summary>Number of input and target pairs in all records.</summary>
    public long Pairs => Range.Length - 1;

    /// <summary>Number of pairs in the longest record.</summary>
    public long Longest { get; private set; }

    /// <summary>Number of groups.</summary>
    public int Groups => _starts.Length - 1;

    /// <summary>Number of records that share a group; the last group may have fewer.</summary>
    public int RecordsPerGroup { get; private set; } = 1;

    /// <summary>Start of a group's first record, with its boundary, and the number of the group's pairs.</summary>
    public IdRange Group(int group) => new(_starts[group], _starts[group + 1] - _starts[group]);

    /// <summary>Start of a record, with its boundary, and the number of its pairs.</summary>
    public IdRange Record(long record)
    {
        var (group, rest) = Math.DivRem(record, RecordsPerGroup);
        if (RecordsPerGroup == 1)
            return Group((int)group);
        long start = _starts[group];
        for (; rest > 0; rest--)
            start = NextBoundary(start);
        return new IdRange(start, NextBoundary(start) - start);
    }

    private (List<long> Starts, long Boundaries, long Last) Survey(IdRange range, int maxGroups)
    {
        var starts = new List<long>();
        long boundaries = 0,
            last = 0,
            at = 0;
        foreach (var block in _ids.Blocks(range))
        {
            var part = block.Span;
            int from = 0;
            for (int found; (found = part[from..].IndexOf(_boundaryId)) >= 0; from += found + 1)
            {
                if (boundaries > 0)
                    Longest = Math.Max(Longest, at + from + found - last);
                last = at + from + found;
                if (boundaries++ % RecordsPerGroup != 0)
                    continue;
                if (starts.Count == maxGroups)
                    MergeNeighbors(starts);
                starts.Add(last);
            }
            at += part.Length;
        }
        return (starts, boundaries, last);
    }

    private void MergeNeighbors(List<long> starts)
    {
        for (int i = 1; 2 * i < starts.Count; i++)
            starts[i] = starts[2 * i];
        starts.RemoveRange(starts.Count / 2, starts.Count - starts.Count / 2);
        RecordsPerGroup *= 2;
    }

    /// <summary>The first boundary after a position that is not the last.</summary>
    private long NextBoundary(long position) =>
        _ids.IndexOf(_boundaryId, Range.Start + position + 1)!.Value - Range.Start;
}

/// <summary>Alignment of a split to whole records.</summary>
internal static class RecordSplit
{
    // A boundary, a character, a boundary.
    private const int MinSymbols = 3;

    /// <summary>
    /// Moves the cuts of a split to the next boundaries. A part then begins with the boundary that the part before it
    /// ends with, so that each has the beginning and the end of all of its records; no prediction is in two parts.
    /// </summary>
    /// <param name="split">Parts that lie anywhere.</param>
    /// <param name="ids">Records, with a boundary before, between and after them.</param>
    /// <param name="boundary">The boundary's id.</param>
    /// <exception cref="SettingsException">A part is left without a record.</exception>
    internal static CorpusSplit Align(CorpusSplit split, SymbolIds ids, int boundary)
    {
        long last = ids.Length - 1;
        bool hasTest = split.Test.Characters > 0,
            hasValidation = split.Validation.Characters > 0;
        long testStart = hasTest ? NextBoundary(ids, boundary, split.Test.Ranges[0].Start) : last;
        long validationStart = hasValidation
            ? NextBoundary(ids, boundary, split.Validation.Ranges[0].Start)
            : testStart;
        long trainEnd = Math.Min(validationStart, NextBoundary(ids, boundary, split.Train.Ranges[0].Length));
        var aligned = new CorpusSplit(
            Between(0, trainEnd),
            hasValidation ? Between(validationStart, testStart) : CorpusPart.None,
            hasTest ? Between(testStart, last) : CorpusPart.None
        );
        Require(aligned.Test, hasTest, "test part", "raise 'TestFrac', or set it to 0");
        Require(aligned.Validation, hasValidation, "validation part", "raise 'ValFrac', or set it to 0");
        Require(
            aligned.Train,
            isAsked: true,
            "training part",
            "lower 'ValFrac' or 'TestFrac', raise 'TrainFraction', or use a longer text"
        );
        return aligned;
    }

    private static CorpusPart Between(long first, long last) => CorpusPart.Of(new IdRange(first, last - first + 1));

    private static long NextBoundary(SymbolIds ids, int boundary, long from) =>
        ids.IndexOf(boundary, from) ?? ids.Length - 1;

    private static void Require(CorpusPart part, bool isAsked, string name, string remedy)
    {
        if (isAsked && part.Characters < MinSymbols)
            throw new SettingsException($"the {name} gets no record; it needs at least one: {remedy}.");
    }
}
