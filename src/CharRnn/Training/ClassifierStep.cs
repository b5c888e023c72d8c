using CharRnn.Memory;
using CharRnn.Models;
using CharRnn.Threading;

namespace CharRnn.Training;

/// <summary>One optimiser step on one batch of labelled records: gradients, norm, clip, update, all by one team and without allocating once a batch of that shape has been seen.</summary>
internal sealed class ClassifierStep : IDisposable
{
    /// <summary>Makes room for gradients and moments; that for batches is made as their shapes come.</summary>
    public ClassifierStep(SequenceClassifier model, Optimizer optimizer, ClipLimits clip, WorkerTeam team) => throw new NotImplementedException();

    /// <summary>The optimiser's moments: none, one or two.</summary>
    public IReadOnlyList<Arena> Moments => throw new NotImplementedException();

    /// <summary>Must be called after the weights were changed from outside.</summary>
    public void WeightsChanged() => throw new NotImplementedException();

    /// <summary>Trains on one batch. Its loss is Σ weight · cross-entropy / Σ weight.</summary>
    /// <param name="batch">The records, with labels and weights.</param>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="labelSmoothing">The share of each record's target that is spread evenly over all labels; 0 for none.</param>
    /// <param name="lossCeiling">A loss above which the weights are left alone.</param>
    /// <param name="seed">The run's seed.</param>
    public StepResult Run(LabelledBatch batch, long step, double learningRate, double labelSmoothing, double lossCeiling, ulong seed) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
