using System.Text;

namespace CharRnn.Training;

/// <summary>What a classifier knows characters by.</summary>
internal static class ClassifierVocabulary
{
    // Of a character that a single record has, nothing is to be learnt but that it is rare.
    private const int MinRecords = 2;

    /// <summary>
    /// The characters that at least two training records have, and the unknown symbol for all others, which is learnt
    /// from those that one record has.
    /// </summary>
    /// <param name="records">The training records.</param>
    public static Vocabulary Of(IEnumerable<LabeledRecord> records)
    {
        var recordsOf = new Dictionary<int, int>();
        foreach (var record in records)
        {
            foreach (int symbol in record.Text.EnumerateRunes().Select(rune => rune.Value).Distinct())
                recordsOf[symbol] = recordsOf.GetValueOrDefault(symbol) + 1;
        }
        var known = recordsOf.Where(entry => entry.Value >= MinRecords).Select(entry => entry.Key);
        return new Vocabulary([.. known, Vocabulary.UnknownSymbol], TextEncoding.Utf8);
    }
}
