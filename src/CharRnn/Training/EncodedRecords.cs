namespace CharRnn.Training;

/// <summary>
/// Records as a network reads them: the ids of their characters end to end, and beside each record its label and what
/// its loss counts.
/// </summary>
internal sealed class EncodedRecords
{
    private readonly int[] _ids;

    // (N + 1): record n is _ids[_starts[n].._starts[n + 1]].
    private readonly int[] _starts;
    private readonly int[] _labels;
    private readonly float[] _weights;

    /// <summary>Encodes some records.</summary>
    /// <param name="records">The records; each has at least one character.</param>
    /// <param name="vocabulary">A vocabulary with an unknown symbol.</param>
    /// <param name="labelWeights">(K) what a record of each label counts.</param>
    public EncodedRecords(IReadOnlyList<LabeledRecord> records, Vocabulary vocabulary, ReadOnlySpan<float> labelWeights)
    {
        var ids = new List<int>();
        _starts = new int[records.Count + 1];
        (_labels, _weights) = (new int[records.Count], new float[records.Count]);
        for (int n = 0; n < records.Count; n++)
        {
            ids.AddRange(vocabulary.Encode(records[n].Text));
            _starts[n + 1] = ids.Count;
            _labels[n] = records[n].Label;
            _weights[n] = labelWeights[records[n].Label];
            Longest = Math.Max(Longest, LengthOf(n));
        }
        _ids = [.. ids];
    }

    /// <summary>N.</summary>
    public int Count => _labels.Length;

    /// <summary>Characters of all records together.</summary>
    public int Characters => _ids.Length;

    /// <summary>Characters of the longest record.</summary>
    public int Longest { get; }

    /// <summary>(N) labels.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>(N) what each record's loss counts.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>Where a record's ids begin among those of all.</summary>
    public int StartOf(int record) => _starts[record];

    /// <summary>How many characters a record has.</summary>
    public int LengthOf(int record) => _starts[record + 1] - _starts[record];

    /// <summary>The ids of a record's characters.</summary>
    public ReadOnlySpan<int> IdsOf(int record) => _ids.AsSpan(_starts[record], LengthOf(record));
}
