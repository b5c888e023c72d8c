using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// One optimiser step on one window: gradients, norm, clip, update, all by one team and without allocating.
/// </summary>
internal sealed class TrainingStep : ITeamWork, IDisposable
{
    private readonly WorkerTeam _team;
    private readonly Backpropagation _backpropagation;
    private readonly ParameterUpdate _update;
    private readonly long _parameters;
    private double _learningRate,
        _lossCeiling;
    private long _step;
    private StepResult _result;

    /// <summary>Makes room for windows of T steps of B streams.</summary>
    public TrainingStep(
        ParameterLayout layout,
        Arena weights,
        int steps,
        int streams,
        Optimizer optimizer,
        ClipLimits clip,
        WorkerTeam team
    )
    {
        _team = team;
        _backpropagation = new Backpropagation(layout, weights, steps, streams, team);
        _update = new ParameterUpdate(weights, _backpropagation.Gradients, optimizer, clip, team);
        _parameters = layout.ParameterCount;
        WeightsChanged();
    }

    /// <summary>The forward and backward half.</summary>
    public Backpropagation Backpropagation => _backpropagation;

    /// <summary>The optimiser's moments: none, one or two.</summary>
    public IReadOnlyList<Arena> Moments => _update.Moments;

    /// <summary>Must be called after the weights were changed from outside.</summary>
    public void WeightsChanged() => _team.Run(new Refresh(_backpropagation));

    /// <summary>
    /// Whether the next step tells how many gates were saturated, which it must know beforehand: the way back puts
    /// gradients in their place.
    /// </summary>
    public bool MeasuresSaturation
    {
        set => _backpropagation.MeasuresSaturation = value;
    }

    /// <summary>How healthy the gradients of the last step were, which must have updated the weights.</summary>
    public GradientHealth Health() =>
        new(_update.ClippedShare(_result.GradientNorm, _parameters), _backpropagation.SaturatedShare());

    /// <summary>Trains on one window.</summary>
    /// <param name="inputs">(T, B), index t·B + b.</param>
    /// <param name="targets">(T, B).</param>
    /// <param name="carryState">Whether to go on from where the last window ended.</param>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="lossScale">What each position's loss counts in the gradients; 1 / (T·B) for the mean.</param>
    /// <param name="lossCeiling">A mean loss above which the weights are left alone.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="labels">(T, B), for a network with labels.</param>
    public StepResult Run(
        ReadOnlySpan<int> inputs,
        ReadOnlySpan<int> targets,
        bool carryState,
        long step,
        double learningRate,
        double lossScale,
        double lossCeiling,
        ulong seed,
        ReadOnlySpan<int> labels = default
    )
    {
        _backpropagation.Prepare(inputs, targets, carryState, (float)lossScale, seed, step, labels);
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

        var result = _update.Judge(_backpropagation.TotalLoss() / _backpropagation.CountedPositions, _lossCeiling);
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

    private sealed class Refresh(Backpropagation backpropagation) : ITeamWork
    {
        public void Execute(int worker) => backpropagation.RefreshTransposedWeights(worker);
    }
}
