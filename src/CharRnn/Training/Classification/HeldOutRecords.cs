using CharRnn.Evaluation;
using CharRnn.Models;
using CharRnn.Records;

namespace CharRnn.Training.Classification;

/// <summary>A held-out part of labelled records, ready to be scored again and again.</summary>
internal sealed class HeldOutRecords
{
    private readonly LabelledRecords _part;
    private readonly int _majorityLabel;
    private readonly int[][] _ids;
    private readonly string[] _texts;
    private readonly int[] _labels;
    private readonly float[] _weights;

    /// <summary>Encodes a part for a model.</summary>
    /// <param name="part">The part.</param>
    /// <param name="train">What the model is trained on, whose most frequent label is the baseline.</param>
    /// <param name="model">The model.</param>
    /// <param name="labelWeights">(K) what a record of each label counts in <see cref="Score"/>'s loss.</param>
    public HeldOutRecords(LabelledRecords part, LabelledRecords train, SequenceClassifier model, float[] labelWeights)
    {
        _part = part;
        _majorityLabel = Enumerable.Range(0, train.Labels.Count).MaxBy(label => train.CountByLabel[label]);
        _ids = [.. part.Records.Select(record => model.Vocabulary.Encode(record.Text))];
        _texts = [.. part.Records.Select(record => record.Text)];
        _labels = [.. part.Records.Select(record => record.Label)];
        _weights = [.. _labels.Select(label => labelWeights[label])];
    }

    /// <summary>What the model makes of the part now.</summary>
    /// <returns>The figures, and the mean loss of the records, each counting as its label's weight says.</returns>
    public (ClassificationReport Report, double WeightedLoss) Score(BatchPredictor predictor)
    {
        var probabilities = predictor.Predict(_ids);
        double loss = 0, total = 0;
        for (int n = 0; n < _ids.Length; n++)
        {
            loss -= _weights[n] * Math.Log(Math.Max(probabilities[n][_labels[n]], float.Epsilon));
            total += _weights[n];
        }
        var report = ClassificationReport.Of(_part.Labels, _texts, _labels, probabilities, _majorityLabel, _part.AccuracyCeiling);
        return (report, loss / total);
    }
}
