namespace CharRnn.Datasets;

/// <summary>What was found while labelled rows were read.</summary>
/// <param name="Rows">Rows with a text.</param>
/// <param name="Blank">Rows without one.</param>
/// <param name="Trimmed">Texts with white space around them.</param>
/// <param name="DistinctBefore">Different characters of the texts as they came.</param>
/// <param name="DistinctAfter">Different characters of the prepared texts.</param>
/// <param name="Source">What was read.</param>
internal sealed record LabeledFacts(
    int Rows,
    int Blank,
    int Trimmed,
    int DistinctBefore,
    int DistinctAfter,
    RecordSource? Source
)
{
    /// <summary>The facts of records that nothing more is done to.</summary>
    internal static LabeledFacts Of(IReadOnlyCollection<LabeledRecord> records)
    {
        var seen = new SymbolSet();
        foreach (var record in records)
            seen.Add(record.Text);
        return new LabeledFacts(records.Count, Blank: 0, Trimmed: 0, seen.Count, seen.Count, Source: null);
    }
}
