using System.Diagnostics;
using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>Forward and backward pass of a network: the loss and the gradients of what it was given last.</summary>
internal interface IGradientPass
{
    /// <summary>The network's parameters.</summary>
    RecurrentLayout Layout { get; }

    /// <summary>Their values.</summary>
    Arena Weights { get; }

    /// <summary>Their gradients, after <see cref="Execute"/>.</summary>
    Arena Gradients { get; }

    /// <summary>
    /// One worker's part of the pass, with the same barriers on each. The gradients are whole after the next barrier.
    /// </summary>
    void Execute(int worker);

    /// <summary>Mean loss of the last pass, in nats.</summary>
    double MeanLoss();

    /// <summary>Share of the gates that were saturated in the last pass; null where it was not measured.</summary>
    double? SaturatedShare();

    /// <summary>One worker's part of transposing the weights again, after they changed.</summary>
    void RefreshTransposedWeights(int worker);
}

/// <summary>Result of one training step.</summary>
/// <param name="Loss">Mean loss of the window, nats per character; of a batch of records, nats per record.</param>
/// <param name="GradientNorm">Global norm of the gradients before clipping.</param>
/// <param name="Updated">
/// Whether the weights were changed: not when the loss or the norm is not finite, or the loss is above the ceiling.
/// </param>
internal readonly record struct StepResult(double Loss, double GradientNorm, bool Updated);

/// <summary>Health of a step's gradients: how many were clipped, and how many gates let next to none pass.</summary>
/// <param name="ClippedShare">
/// The share of the gradients' elements that the limit on elements cut; where only the norm has a limit, 1 when it was
/// cut and 0 when not. Null without a limit.
/// </param>
/// <param name="SaturatedShare">
/// The share of sigmoid gates below 0.05 or above 0.95 over a window, or of hidden values beyond ±0.95 where the cell
/// has no such gate; null where it was not measured.
/// </param>
public readonly record struct GradientHealth(double? ClippedShare, double? SaturatedShare)
{
    /// <summary>
    /// Writes <c>clipped_share</c> and <c>saturated_share</c>, as properties of a JSON object that is already begun.
    /// </summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        Write(json, "clipped_share", ClippedShare);
        Write(json, "saturated_share", SaturatedShare);
    }

    private static void Write(Utf8JsonWriter json, string name, double? share)
    {
        if (share is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }
}

/// <summary>
/// One training step over a gradient pass: gradients, norm, clipping, update; by one team and without allocating.
/// </summary>
internal sealed class TrainingStep : ITeamWork, IDisposable
{
    private readonly WorkerTeam _team;
    private readonly IGradientPass _pass;
    private readonly ParameterUpdate _update;
    private readonly TeamSizing _sizing;
    private readonly long _parameters;
    private double _learningRate,
        _lossCeiling;
    private long _step;
    private StepResult _result;

    /// <summary>Makes the step.</summary>
    /// <param name="pass">The pass, prepared by the caller before each step and not owned.</param>
    /// <param name="optimizer">The rule of the update.</param>
    /// <param name="clip">The limits of the gradients.</param>
    /// <param name="team">The workers; the pass's own.</param>
    public TrainingStep(IGradientPass pass, Optimizer optimizer, ClipLimits clip, WorkerTeam team)
    {
        (_pass, _team, _sizing) = (pass, team, new TeamSizing(team));
        _update = new ParameterUpdate(pass.Weights, pass.Gradients, optimizer, clip, team);
        _parameters = pass.Layout.ParameterCount;
        WeightsChanged();
    }

    /// <summary>The optimizer's moments: none, one or two.</summary>
    public IReadOnlyList<Arena> Moments => _update.Moments;

    /// <summary>Must be called after the weights were changed from outside.</summary>
    public void WeightsChanged() => _team.Run(new Refresh(_pass));

    /// <summary>Health of the last step's gradients; the step must have updated the weights.</summary>
    public GradientHealth Health() =>
        new(_update.ClippedShare(_result.GradientNorm, _parameters), _pass.SaturatedShare());

    /// <summary>Trains on the data that the pass was prepared with.</summary>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="lossCeiling">Max mean loss; above it the weights are left alone.</param>
    public StepResult Run(long step, double learningRate, double lossCeiling)
    {
        (_step, _learningRate, _lossCeiling) = (step, learningRate, lossCeiling);
        long start = Stopwatch.GetTimestamp();
        _team.Run(this);
        _sizing.Note(Stopwatch.GetTimestamp() - start);
        return _result;
    }

    /// <inheritdoc cref="ParameterUpdate.HasUsableWeights"/>
    public bool HasUsableWeights() => _update.HasUsableWeights();

    /// <inheritdoc/>
    public void Execute(int worker)
    {
        _pass.Execute(worker);
        _team.SignalAndWait();
        _update.SumSquares(worker);
        _team.SignalAndWait();
        var result = _update.Judge(_pass.MeanLoss(), _lossCeiling);
        if (worker == 0)
            _result = result;
        if (!result.Updated)
            return;
        _update.Apply(worker, result, _learningRate, _step);
        _team.SignalAndWait();
        _pass.RefreshTransposedWeights(worker);
    }

    /// <inheritdoc/>
    public void Dispose() => _update.Dispose();

    private sealed class Refresh(IGradientPass pass) : ITeamWork
    {
        public void Execute(int worker) => pass.RefreshTransposedWeights(worker);
    }
}
