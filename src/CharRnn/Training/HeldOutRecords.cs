using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>A held-out part of labelled records, ready to be scored again and again.</summary>
internal sealed class HeldOutRecords
{
    private readonly LabeledRecords _part;
    private readonly int _majorityLabel;
    private readonly int[][] _ids;
    private readonly string[] _texts;
    private readonly int[] _labels;

    /// <summary>Encodes a part for a model.</summary>
    /// <param name="part">The part.</param>
    /// <param name="train">What the model is trained on, whose most frequent label is the baseline.</param>
    /// <param name="model">The model.</param>
    public HeldOutRecords(LabeledRecords part, LabeledRecords train, SequenceClassifier model)
    {
        _part = part;
        _majorityLabel = Enumerable.Range(0, train.Labels.Count).MaxBy(label => train.CountByLabel[label]);
        _ids = [.. part.Records.Select(record => model.Vocabulary.Encode(record.Text))];
        _texts = [.. part.Records.Select(record => record.Text)];
        _labels = [.. part.Records.Select(record => record.Label)];
    }

    /// <summary>What the model makes of the part now.</summary>
    public ClassificationReport Score(BatchPredictor predictor) =>
        ClassificationReport.Of(
            _part.Labels,
            _texts,
            _labels,
            predictor.Predict(_ids),
            _majorityLabel,
            _part.AccuracyCeiling
        );
}
