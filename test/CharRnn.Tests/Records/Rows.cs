namespace CharRnn.Tests;

/// <summary>Makes labelled rows.</summary>
internal static class Rows
{
    /// <summary>Records of rows written as <c>label: text text text</c>.</summary>
    public static LabeledRecords Read(params string[] lines) => LabeledRecords.FromRows("test", Of(lines));

    public static IEnumerable<LabeledRow> Of(params string[] lines) =>
        lines.SelectMany(
            (line, index) =>
            {
                string[] halves = line.Split(':');
                return halves[1]
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(text => new LabeledRow(text, halves[0], $"test, line {index + 1}"));
            }
        );

    /// <summary>Some records of many labels: common ones, rare ones, and texts under several.</summary>
    public static LabeledRecords Mixed(ulong seed, int count = 2000, int labels = 12) =>
        LabeledRecords.FromRows("mixed", MixedRows(seed, count, labels));

    private static IEnumerable<LabeledRow> MixedRows(ulong seed, int count, int labels)
    {
        for (int i = 0; i < count; i++)
        {
            // Squaring makes low labels common; a third of the texts come from few, so that they meet under several
            // labels.
            double unit = CounterRandom.UnitInterval(CounterRandom.Draw(seed, 1000, 1, (ulong)i));
            int label = (int)(unit * unit * labels);
            ulong draw = CounterRandom.Draw(seed, 1000, 2, (ulong)i);
            int text = draw % 3 == 0 ? CounterRandom.Below(draw, count / 10) : count + i;
            yield return new LabeledRow($"text {text}", $"label {label:00}", $"row {i}");
        }
        for (int label = 0; label < labels; label++)
        {
            yield return new LabeledRow($"first of {label}", $"label {label:00}", "row");
            yield return new LabeledRow($"second of {label}", $"label {label:00}", "row");
        }
    }
}
