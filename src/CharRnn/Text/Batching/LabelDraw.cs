namespace CharRnn.Datasets;

/// <summary>
/// Draws records label by label: a label in proportion to (how many records it has)^(1 − P), and then one of its
/// records, all alike. With P = 0 all records are as likely, with P = 1 all labels. It costs 4 bytes a record.
/// </summary>
internal sealed class LabelDraw
{
    private readonly int[][] _recordsOf;

    // Up to which point of [0, 1) each label is drawn.
    private readonly double[] _ends;

    /// <summary>Sorts the records by their labels.</summary>
    /// <param name="labels">The label of each position of the corpus.</param>
    /// <param name="records">The records.</param>
    /// <param name="power">P.</param>
    public LabelDraw(SymbolIds labels, RecordIndex records, double power)
    {
        var recordsOf = new List<int>[labels.VocabularyCount];
        for (int label = 0; label < recordsOf.Length; label++)
            recordsOf[label] = [];
        for (int record = 0; record < records.Count; record++)
            recordsOf[labels[records.Range.Start + records.Record(record).Start]].Add(record);
        _recordsOf = [.. recordsOf.Select(own => own.ToArray()).Where(own => own.Length > 0)];
        double[] weights = [.. _recordsOf.Select(own => Math.Pow(own.Length, 1 - power))];
        double sum = weights.Sum(),
            end = 0;
        _ends = [.. weights.Select(weight => end += weight / sum)];
    }

    /// <summary>A record.</summary>
    /// <param name="labelDraw">64 random bits for the label.</param>
    /// <param name="recordDraw">64 more for the record.</param>
    public int Choose(ulong labelDraw, ulong recordDraw)
    {
        int found = Array.BinarySearch(_ends, CounterRandom.UnitInterval(labelDraw));
        // What is drawn at an end is the next label's; rounding may leave the last end below 1.
        int[] own = _recordsOf[Math.Min(found < 0 ? ~found : found + 1, _recordsOf.Length - 1)];
        return own[CounterRandom.Below(recordDraw, own.Length)];
    }
}
