using System.Text;
using CharRnn.Evaluation;
using CharRnn.Networks;

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
    private readonly int[][] _labels;
    private readonly float[] _weights;

    /// <summary>Encodes some records.</summary>
    /// <param name="records">The records; each has at least one character.</param>
    /// <param name="vocabulary">A vocabulary with an unknown symbol.</param>
    /// <param name="labelWeights">(K) weight of a record of each label, of several that of its first.</param>
    public EncodedRecords(IReadOnlyList<LabeledText> records, Vocabulary vocabulary, ReadOnlySpan<float> labelWeights)
    {
        var ids = new List<int>();
        _starts = new int[records.Count + 1];
        (_labels, _weights) = (new int[records.Count][], new float[records.Count]);
        for (int n = 0; n < records.Count; n++)
        {
            ids.AddRange(vocabulary.Encode(records[n].Text));
            _starts[n + 1] = ids.Count;
            _labels[n] = records[n].Labels;
            _weights[n] = labelWeights[records[n].Labels[0]];
            MostLabels = Math.Max(MostLabels, records[n].Labels.Length);
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

    /// <summary>The most labels of a record.</summary>
    public int MostLabels { get; }

    /// <summary>A record's labels, ascending; at least one.</summary>
    public ReadOnlySpan<int> LabelsOf(int record) => _labels[record];

    /// <summary>(N) weight of each record's loss.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>Index of a record's first id among those of all.</summary>
    public int StartOf(int record) => _starts[record];

    /// <summary>Number of a record's characters.</summary>
    public int LengthOf(int record) => _starts[record + 1] - _starts[record];

    /// <summary>The ids of a record's characters.</summary>
    public ReadOnlySpan<int> IdsOf(int record) => _ids.AsSpan(_starts[record], LengthOf(record));
}

/// <summary>A held-out part of labelled records, ready to be scored again and again.</summary>
internal sealed class HeldOutRecords
{
    private readonly LabeledRecords _part;
    private readonly int _majorityLabel;
    private readonly int[][] _ids,
        _labels;
    private readonly string[] _texts;

    /// <summary>Encodes a part for a model.</summary>
    /// <param name="part">The part.</param>
    /// <param name="train">Records that the model is trained on, whose most frequent label is the baseline.</param>
    /// <param name="model">The model.</param>
    public HeldOutRecords(LabeledRecords part, LabeledRecords train, SequenceClassifier model)
    {
        _part = part;
        _majorityLabel = Enumerable.Range(0, train.Labels.Count).MaxBy(label => train.CountByLabel[label]);
        var texts = LabeledText.Of(part, model.Spec.MultiLabel);
        _ids = [.. texts.Select(text => model.Vocabulary.Encode(text.Text))];
        _texts = [.. texts.Select(text => text.Text)];
        _labels = [.. texts.Select(text => text.Labels)];
    }

    /// <summary>Scores the part with the present weights of a model of several labels a text.</summary>
    public LabelSetReport ScoreSets(BatchPredictor predictor)
    {
        var tally = new LabelSetTally(_part.Labels, _texts, _labels, LabelSetReport.DefaultThreshold);
        predictor.Predict(_ids, tally.Add);
        return tally.Report();
    }

    /// <summary>Scores the part with the model's present weights.</summary>
    public ClassificationReport Score(BatchPredictor predictor)
    {
        var tally = new ClassificationTally(_part.Labels, _texts, [.. _labels.Select(labels => labels[0])]);
        predictor.Predict(_ids, tally.Add);
        return tally.Report(_majorityLabel, _part.AccuracyCeiling);
    }
}

/// <summary>Vocabulary of a classifier.</summary>
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
