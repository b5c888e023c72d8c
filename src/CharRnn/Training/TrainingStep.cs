using CharRnn.Kernels;
using CharRnn.Memory;
using CharRnn.Models;
using CharRnn.Threading;

namespace CharRnn.Training;

/// <summary>How gradients are held in bounds.</summary>
/// <param name="Norm">The largest global norm; infinite for none. Applied first.</param>
/// <param name="Element">The largest magnitude of an element; infinite for none.</param>
internal readonly record struct ClipLimits(double Norm, double Element)
{
    /// <summary>The limits of a run's settings.</summary>
    public static ClipLimits Of(TrainingSettings settings) =>
        new(settings.GradClipNorm ?? double.PositiveInfinity, settings.GradClip ?? double.PositiveInfinity);
}

/// <summary>What one training step found and did.</summary>
/// <param name="Loss">Mean loss of the window, nats per character.</param>
/// <param name="GradientNorm">Global norm of the gradients before clipping.</param>
/// <param name="Updated">Whether the weights were changed: not when the loss or the norm is not finite, or the loss is above the ceiling.</param>
internal readonly record struct StepResult(double Loss, double GradientNorm, bool Updated);

/// <summary>One optimiser step on one window: gradients, norm, clip, update, all by one team and without allocating.</summary>
internal sealed class TrainingStep : ITeamWork, IDisposable
{
    // Norms are summed over chunks of this many floats, in order, whoever sums them.
    private const int ChunkLength = 4096;

    private readonly WorkerTeam _team;
    private readonly Arena _weights;
    private readonly Optimizer _optimizer;
    private readonly ClipLimits _clip;
    private readonly Backpropagation _backpropagation;
    private readonly Arena[] _moments;
    private readonly double[] _chunkSquares;
    private readonly int _positions;
    private readonly long _parameters;
    private double _learningRate, _lossCeiling;
    private long _step;
    private StepResult _result;

    /// <summary>Makes room for windows of T steps of B streams.</summary>
    public TrainingStep(ParameterLayout layout, Arena weights, int steps, int streams, Optimizer optimizer, ClipLimits clip, WorkerTeam team)
    {
        (_weights, _optimizer, _clip, _team) = (weights, optimizer, clip, team);
        _backpropagation = new Backpropagation(layout, weights, steps, streams, team);
        _moments = [.. Enumerable.Range(0, optimizer.Moments).Select(_ => new Arena(layout.Arena))];
        _chunkSquares = new double[(layout.Arena.Length + ChunkLength - 1) / ChunkLength];
        _positions = steps * streams;
        _parameters = layout.ParameterCount;
        WeightsChanged();
    }

    /// <summary>The forward and backward half.</summary>
    public Backpropagation Backpropagation => _backpropagation;

    /// <summary>The optimiser's moments: none, one or two.</summary>
    public IReadOnlyList<Arena> Moments => _moments;

    /// <summary>Must be called after the weights were changed from outside.</summary>
    public void WeightsChanged() => _team.Run(new Refresh(_backpropagation));

    /// <summary>Whether the next step tells how many gates were saturated, which it must know beforehand: the way back puts gradients in their place.</summary>
    public bool MeasuresSaturation
    {
        set => _backpropagation.MeasuresSaturation = value;
    }

    /// <summary>How healthy the gradients of the last step were, which must have updated the weights.</summary>
    public GradientHealth Health() => new(ClippedShare(), _backpropagation.SaturatedShare());

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
        ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, bool carryState, long step, double learningRate, double lossScale, double lossCeiling, ulong seed,
        ReadOnlySpan<int> labels = default)
    {
        _backpropagation.Prepare(inputs, targets, carryState, (float)lossScale, seed, step, labels);
        (_step, _learningRate, _lossCeiling) = (step, learningRate, lossCeiling);
        _team.Run(this);
        return _result;
    }

    /// <summary>Whether the weights are numbers, and small enough that no product of two rows of them overflows.</summary>
    public bool HasUsableWeights()
    {
        double squares = 0;
        for (int chunk = 0; chunk < _chunkSquares.Length; chunk++) squares += Norms.SumOfSquares(Chunk(_weights, chunk));
        return squares <= float.MaxValue;
    }

    /// <inheritdoc/>
    public void Execute(int worker)
    {
        _backpropagation.Execute(worker);
        _team.Meet();

        var chunks = _team.ShareOf(_chunkSquares.Length, worker);
        for (int chunk = chunks.Start; chunk < chunks.End; chunk++) _chunkSquares[chunk] = Norms.SumOfSquares(Chunk(_backpropagation.Gradients, chunk));
        _team.Meet();

        // Everybody judges for himself, from the same numbers: sooner done than told.
        var result = Judge();
        if (worker == 0) _result = result;
        if (!result.Updated) return;

        var clip = ClipOf(result);
        for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
        {
            _optimizer.Update(
                Chunk(_backpropagation.Gradients, chunk), clip, _learningRate, _step,
                _moments.Length > 0 ? Chunk(_moments[0], chunk) : default,
                _moments.Length > 1 ? Chunk(_moments[1], chunk) : default,
                Chunk(_weights, chunk));
        }
        _team.Meet();
        _backpropagation.RefreshTransposes(worker);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backpropagation.Dispose();
        foreach (var moment in _moments) moment.Dispose();
    }

    private GradientClip ClipOf(StepResult result) =>
        new(result.GradientNorm > _clip.Norm ? (float)(_clip.Norm / result.GradientNorm) : 1f, (float)_clip.Element);

    private double? ClippedShare()
    {
        if (double.IsPositiveInfinity(_clip.Element))
            return double.IsPositiveInfinity(_clip.Norm) ? null : _result.GradientNorm > _clip.Norm ? 1 : 0;
        var clip = ClipOf(_result);
        long clipped = 0;
        for (int chunk = 0; chunk < _chunkSquares.Length; chunk++)
            clipped += Counts.Outside(Chunk(_backpropagation.Gradients, chunk), clip.Scale, -clip.Limit, clip.Limit);
        return (double)clipped / _parameters;
    }

    private StepResult Judge()
    {
        double squares = 0;
        foreach (double chunk in _chunkSquares) squares += chunk;
        double norm = Math.Sqrt(squares), loss = _backpropagation.TotalLoss() / _positions;
        return new StepResult(loss, norm, Updated: double.IsFinite(norm) && double.IsFinite(loss) && loss <= _lossCeiling);
    }

    private static Span<float> Chunk(Arena arena, int chunk)
    {
        long start = (long)chunk * ChunkLength;
        return arena.Span(start, (int)Math.Min(ChunkLength, arena.Length - start));
    }

    private sealed class Refresh(Backpropagation backpropagation) : ITeamWork
    {
        public void Execute(int worker) => backpropagation.RefreshTransposes(worker);
    }
}
