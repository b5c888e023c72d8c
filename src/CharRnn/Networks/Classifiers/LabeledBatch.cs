namespace CharRnn.Networks;

/// <summary>
/// Batch of labeled records side by side, as many steps long as the longest of them, with each one's label and weight.
/// A view of its owner's arrays.
/// </summary>
internal readonly ref struct LabeledBatch
{
    /// <summary>T: characters in the longest record.</summary>
    public required int Steps { get; init; }

    /// <summary>B: how many records.</summary>
    public required int Streams { get; init; }

    /// <summary>(T, B), index t·B + b. What comes after a record's end is never read.</summary>
    public required ReadOnlySpan<int> Ids { get; init; }

    /// <summary>(B): characters in each record, from 1 to T.</summary>
    public required ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>
    /// (B): each record's label; of several labels a record, those of all records one after another, of each ascending.
    /// Empty where no loss is needed.
    /// </summary>
    public ReadOnlySpan<int> Labels { get; init; }

    /// <summary>
    /// (B + 1): where each record's labels begin, and the end; empty where each record has one label.
    /// </summary>
    public ReadOnlySpan<int> LabelStarts { get; init; }

    /// <summary>
    /// (B): the weight of each record's loss, 0 or more and not all 0; empty where no loss is needed.
    /// </summary>
    public ReadOnlySpan<float> Weights { get; init; }
}

/// <summary>Targets of a batch: each record's label, or labels, and weight.</summary>
internal sealed class BatchTargets
{
    // Grown to the largest batch.
    private int[] _labels = [],
        _starts = [];
    private float[] _weights = [];
    private int _count;
    private double _totalWeight;

    /// <summary>The share of each target that is spread evenly over all labels.</summary>
    public double Smoothing { get; private set; }

    /// <summary>Takes in a batch.</summary>
    public void Set(in LabeledBatch batch, double smoothing)
    {
        (_count, Smoothing, _totalWeight) = (batch.Streams, smoothing, 0);
        if (_weights.Length < _count)
            (_starts, _weights) = (new int[_count + 1], new float[_count]);
        if (_labels.Length < batch.Labels.Length)
            _labels = new int[batch.Labels.Length];
        batch.Labels.CopyTo(_labels);
        batch.LabelStarts.CopyTo(_starts);
        batch.Weights.CopyTo(_weights);
        foreach (float weight in batch.Weights)
            _totalWeight += weight;
    }

    /// <summary>A record's label.</summary>
    public int Label(int stream) => _labels[stream];

    /// <summary>A record's labels, where it may have several.</summary>
    public ReadOnlySpan<int> Labels(int stream) => _labels.AsSpan(_starts[stream].._starts[stream + 1]);

    /// <summary>Share of a record's loss in that of the batch.</summary>
    public float Scale(int stream) => (float)(_weights[stream] / _totalWeight);

    /// <summary>The batch's loss: Σ weight · loss / Σ weight.</summary>
    public double Mean(ReadOnlySpan<double> losses)
    {
        double sum = 0;
        for (int stream = 0; stream < _count; stream++)
            sum += _weights[stream] * losses[stream];
        return sum / _totalWeight;
    }
}
