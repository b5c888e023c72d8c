namespace CharRnn.Text;

/// <summary>A split whose parts hold whole records.</summary>
internal static class RecordSplit
{
    // A boundary, a character, a boundary.
    private const int FewestSymbols = 3;

    /// <summary>
    /// Moves the cuts of a split to the next boundaries. A part then begins with the boundary that the part before it ends with, so that each has the beginning and the end of all of its records;
    /// no prediction is in two parts.
    /// </summary>
    /// <param name="split">Parts that lie anywhere.</param>
    /// <param name="ids">Records, with a boundary before, between and after them.</param>
    /// <param name="boundary">The boundary's id.</param>
    /// <exception cref="SettingsException">A part is left without a record.</exception>
    internal static CorpusSplit Align(CorpusSplit split, SymbolIds ids, int boundary)
    {
        long last = ids.Length - 1;
        bool hasTest = split.Test.Length > 0, hasValidation = split.Validation.Length > 0;
        long testStart = hasTest ? NextBoundary(ids, boundary, split.Test.Start) : last;
        long validationStart = hasValidation ? NextBoundary(ids, boundary, split.Validation.Start) : testStart;
        var aligned = new CorpusSplit(
            Between(0, validationStart), hasValidation ? Between(validationStart, testStart) : split.Validation, hasTest ? Between(testStart, last) : split.Test);
        Require(aligned.Test, hasTest, "test part", "raise --test-frac, or set it to 0");
        Require(aligned.Validation, hasValidation, "validation part", "raise --val-frac, or set it to 0");
        Require(aligned.Train, isAsked: true, "training part", "lower --val-frac or --test-frac, or use a longer text");
        return aligned;
    }

    private static IdRange Between(long first, long last) => new(first, last - first + 1);

    private static long NextBoundary(SymbolIds ids, int boundary, long from)
    {
        var block = new int[1 << 12];
        for (long start = from; start < ids.Length; start += block.Length)
        {
            Span<int> some = block.AsSpan(0, (int)Math.Min(block.Length, ids.Length - start));
            ids.CopyTo(start, some);
            int found = some.IndexOf(boundary);
            if (found >= 0)
                return start + found;
        }
        return ids.Length - 1;
    }

    private static void Require(IdRange part, bool isAsked, string name, string remedy)
    {
        if (isAsked && part.Length < FewestSymbols)
            throw new SettingsException($"the {name} gets no record; it needs at least one: {remedy}.");
    }
}
