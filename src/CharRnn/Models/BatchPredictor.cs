using CharRnn.Threading;

namespace CharRnn.Models;

/// <summary>The forward half of a classifier over many records, in batches of like lengths, by a team.</summary>
internal sealed class BatchPredictor : IDisposable
{
    /// <summary>Makes a predictor; the model's weights are read at every call.</summary>
    public BatchPredictor(SequenceClassifier model, WorkerTeam team) => throw new NotImplementedException();

    /// <summary>The probabilities of each label for some records.</summary>
    /// <param name="records">The ids of each record's characters; at least one each.</param>
    /// <returns>For each record (labels).</returns>
    /// <exception cref="SettingsException">A record is empty.</exception>
    public float[][] Predict(IReadOnlyList<int[]> records) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
