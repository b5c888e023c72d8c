using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// One optimiser step on one batch of labelled records: gradients, norm, clip, update, all by one team and without
/// allocating once a batch of that shape has been seen.
/// </summary>
internal sealed class ClassifierStep : ITeamWork, IDisposable
{
    private readonly WorkerTeam _team;
    private readonly ClassifierBackpropagation _backpropagation;
    private readonly ParameterUpdate _update;
    private double _learningRate,
        _lossCeiling;
    private long _step;
    private StepResult _result;

    /// <summary>Makes room for gradients and moments; that for batches is made as their shapes come.</summary>
    public ClassifierStep(SequenceClassifier model, Optimizer optimizer, ClipLimits clip, WorkerTeam team)
    {
        _team = team;
        _backpropagation = new ClassifierBackpropagation(model.Layout, model.Weights, team);
        _update = new ParameterUpdate(model.Weights, _backpropagation.Gradients, optimizer, clip, team);
        WeightsChanged();
    }

    /// <summary>The optimiser's moments: none, one or two.</summary>
    public IReadOnlyList<Arena> Moments => _update.Moments;

    /// <summary>Must be called after the weights were changed from outside.</summary>
    public void WeightsChanged() => _team.Run(new Refresh(_backpropagation));

    /// <summary>Trains on one batch. Its loss is Σ weight · cross-entropy / Σ weight.</summary>
    /// <param name="batch">The records, with labels and weights.</param>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="labelSmoothing">
    /// The share of each record's target that is spread evenly over all labels; 0 for none.
    /// </param>
    /// <param name="lossCeiling">A loss above which the weights are left alone.</param>
    /// <param name="seed">The run's seed.</param>
    public StepResult Run(
        in LabeledBatch batch,
        long step,
        double learningRate,
        double labelSmoothing,
        double lossCeiling,
        ulong seed
    )
    {
        _backpropagation.Prepare(batch, labelSmoothing, seed, step);
        (_step, _learningRate, _lossCeiling) = (step, learningRate, lossCeiling);
        _team.Run(this);
        return _result;
    }

    /// <inheritdoc cref="ParameterUpdate.HasUsableWeights"/>
    public bool HasUsableWeights() => _update.HasUsableWeights();

    /// <inheritdoc/>
    public void Execute(int worker)
    {
        _backpropagation.Execute(worker);
        _team.SignalAndWait();
        _update.SumSquares(worker);
        _team.SignalAndWait();

        var result = _update.Judge(_backpropagation.Loss(), _lossCeiling);
        if (worker == 0)
            _result = result;
        if (!result.Updated)
            return;

        _update.Apply(worker, result, _learningRate, _step);
        _team.SignalAndWait();
        _backpropagation.RefreshTransposedWeights(worker);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backpropagation.Dispose();
        _update.Dispose();
    }

    private sealed class Refresh(ClassifierBackpropagation backpropagation) : ITeamWork
    {
        public void Execute(int worker) => backpropagation.RefreshTransposedWeights(worker);
    }
}
