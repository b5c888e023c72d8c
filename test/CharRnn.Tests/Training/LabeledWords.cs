namespace CharRnn.Tests;

/// <summary>
/// Invented words under three labels, each spelt with letters of its own, so that a label says much of a word.
/// </summary>
internal static class LabeledWords
{
    private static readonly string[] Letters = ["abcdef", "ghijkl", "mnopqr"];

    /// <summary>The label whose words have a letter.</summary>
    public static int LabelOf(char letter) => Array.FindIndex(Letters, letters => letters.Contains(letter));

    /// <summary>Words of two to seven letters, drawn from a fixed seed.</summary>
    public static LabeledRecords Records(int ofEach)
    {
        var random = new Random(5);
        var rows = new List<LabeledRow>();
        for (int i = 0; i < ofEach; i++)
        {
            for (int label = 0; label < Letters.Length; label++)
            {
                string word = new([
                    .. Enumerable.Range(0, random.Next(2, 8)).Select(_ => Letters[label][random.Next(6)]),
                ]);
                rows.Add(new LabeledRow(word, $"kind {label}", $"row {rows.Count}"));
            }
        }
        return LabeledRecords.FromRows("words", rows);
    }
}
