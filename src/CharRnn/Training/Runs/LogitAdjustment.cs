namespace CharRnn.Training;

/// <summary>
/// What is added to the head's biases of a trained model for the weights of labels (<see cref="ClassWeighting"/>), and
/// is not there while it trains. A model that is scored or kept has it.
/// </summary>
/// <param name="shifts">(K) what is added to each label's bias.</param>
internal sealed class LogitAdjustment(float[] shifts)
{
    /// <summary>Adds it for good.</summary>
    public void AddTo(SequenceClassifier model)
    {
        var biases = Biases(model);
        for (int label = 0; label < shifts.Length; label++)
            biases[label] += shifts[label];
    }

    /// <summary>Adds it until the result is disposed; the biases then have the bits that they had.</summary>
    public IDisposable On(SequenceClassifier model) => new Borrowed(this, model);

    private static Span<float> Biases(SequenceClassifier model) =>
        model.Layout.HeadBias(model.Weights).Row(0)[..model.Labels.Count];

    private sealed class Borrowed : IDisposable
    {
        private readonly SequenceClassifier _model;
        private readonly float[] _before;

        public Borrowed(LogitAdjustment shift, SequenceClassifier model)
        {
            (_model, _before) = (model, Biases(model).ToArray());
            shift.AddTo(model);
        }

        public void Dispose() => _before.CopyTo(Biases(_model));
    }
}
