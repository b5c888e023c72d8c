namespace CharRnn.Datasets;

/// <summary>Which records have the same text. Texts are numbered in the order in which they first came.</summary>
internal sealed class TextGroups
{
    private readonly IReadOnlyList<LabeledRecord> _records;
    private readonly int[] _groupOfRecord;

    // For each text its first record, and for each record the next one with its text.
    private readonly List<int> _first = [];
    private readonly int?[] _next;

    internal TextGroups(IReadOnlyList<LabeledRecord> records)
    {
        _records = records;
        _groupOfRecord = new int[records.Count];
        _next = new int?[records.Count];
        var lastOf = new Dictionary<string, int>(records.Count, StringComparer.Ordinal);
        for (int record = 0; record < records.Count; record++)
        {
            if (lastOf.TryGetValue(records[record].Text, out int before))
            {
                _groupOfRecord[record] = _groupOfRecord[before];
                _next[before] = record;
            }
            else
            {
                _groupOfRecord[record] = _first.Count;
                _first.Add(record);
            }
            lastOf[records[record].Text] = record;
        }
    }

    /// <summary>How many different texts there are.</summary>
    internal int Count => _first.Count;

    /// <summary>The number of a record's text.</summary>
    internal int OfRecord(int record) => _groupOfRecord[record];

    /// <summary>Whether a text stands under several labels.</summary>
    internal bool IsAmbiguous(int group) => _next[_first[group]] is not null;

    /// <summary>The labels of a text, in the order of its records.</summary>
    internal IEnumerable<int> LabelsOf(int group)
    {
        for (int? record = _first[group]; record is { } at; record = _next[at])
            yield return _records[at].Label;
    }

    /// <summary>The texts that stand under several labels.</summary>
    internal IEnumerable<AmbiguousText> Ambiguous() =>
        Enumerable
            .Range(0, Count)
            .Where(IsAmbiguous)
            .Select(group => new AmbiguousText(_records[_first[group]].Text, [.. LabelsOf(group).Order()]));
}
