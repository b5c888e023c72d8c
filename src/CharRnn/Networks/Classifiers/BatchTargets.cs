namespace CharRnn.Networks;

/// <summary>What the records of a batch ought to be, and what each counts.</summary>
internal sealed class BatchTargets
{
    // Grown to the largest batch.
    private int[] _labels = [];
    private float[] _weights = [];
    private int _count;
    private double _totalWeight;

    /// <summary>The share of each target that is spread evenly over all labels.</summary>
    public double Smoothing { get; private set; }

    /// <summary>Takes in a batch.</summary>
    public void Set(in LabeledBatch batch, double smoothing)
    {
        (_count, Smoothing, _totalWeight) = (batch.Streams, smoothing, 0);
        if (_labels.Length < _count)
            (_labels, _weights) = (new int[_count], new float[_count]);
        batch.Labels.CopyTo(_labels);
        batch.Weights.CopyTo(_weights);
        foreach (float weight in batch.Weights)
            _totalWeight += weight;
    }

    /// <summary>A record's label.</summary>
    public int Label(int stream) => _labels[stream];

    /// <summary>What a record's loss counts in that of the batch.</summary>
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
