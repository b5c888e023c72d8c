namespace CharRnn;

/// <summary>
/// How well one label is told from the others: with TP its records that were given it, FN those that were given
/// another, FP the records of others that were given it.
/// </summary>
/// <param name="Label">The label's name.</param>
/// <param name="Count">How many records have it, TP + FN.</param>
/// <param name="Precision">
/// TP / (TP + FP): of what was given the label, the share that has it; null for a label that was never given.
/// </param>
/// <param name="Recall">
/// TP / (TP + FN): of what has the label, the share that was given it; null for a label without records.
/// </param>
/// <param name="F1">
/// 2·TP / (2·TP + FP + FN), the harmonic mean of both; null for a label that no record has and none was given.
/// </param>
public sealed record LabelScore(string Label, int Count, double? Precision, double? Recall, double? F1)
{
    internal static LabelScore Of(ConfusionMatrix confusion, int label)
    {
        int right = confusion[label, label],
            records = confusion.RecordsOf(label),
            given = confusion.GivenTo(label);
        return new(
            confusion.Labels[label],
            records,
            Share(right, given),
            Share(right, records),
            Share(2 * right, records + given)
        );
    }

    private static double? Share(int part, int whole) => whole > 0 ? (double)part / whole : null;
}
