namespace CharRnn.Datasets;

/// <summary>A split whose parts hold whole records.</summary>
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
