using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>How gradients are held in bounds.</summary>
/// <param name="Norm">The largest global norm; infinite for none. Applied first.</param>
/// <param name="Element">The largest magnitude of an element; infinite for none.</param>
internal readonly record struct ClipLimits(double Norm, double Element)
{
    /// <summary>The limits of a run's settings.</summary>
    public static ClipLimits Of(RunSettings settings) =>
        new(settings.GradClipNorm ?? double.PositiveInfinity, settings.GradClip ?? double.PositiveInfinity);
}

/// <summary>What one training step found and did.</summary>
/// <param name="Loss">Mean loss of the window, nats per character; of a batch of records, nats per record.</param>
/// <param name="GradientNorm">Global norm of the gradients before clipping.</param>
/// <param name="Updated">
/// Whether the weights were changed: not when the loss or the norm is not finite, or the loss is above the ceiling.
/// </param>
internal readonly record struct StepResult(double Loss, double GradientNorm, bool Updated);

/// <summary>
/// What is done with a step's gradients once they are whole: norm, verdict, clip, and the optimiser with its moments,
/// by a team, in one pass over flat memory.
/// </summary>
internal sealed class ParameterUpdate : IDisposable
{
    // Norms are summed over chunks of this many floats, in order, whoever sums them.
    private const int ChunkLength = 4096;

    private readonly Arena _weights,
        _gradients;
    private readonly Optimizer _optimizer;
    private readonly ClipLimits _clip;
    private readonly WorkerTeam _team;
    private readonly Arena[] _moments;
    private readonly double[] _chunkSquares;

    /// <summary>Makes room for the moments.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradients">Where a step leaves its gradients.</param>
    /// <param name="optimizer">The rule.</param>
    /// <param name="clip">How gradients are held in bounds.</param>
    /// <param name="team">Who shares the work.</param>
    public ParameterUpdate(Arena weights, Arena gradients, Optimizer optimizer, ClipLimits clip, WorkerTeam team)
    {
        (_weights, _gradients, _optimizer, _clip, _team) = (weights, gradients, optimizer, clip, team);
        _moments = [.. Enumerable.Range(0, optimizer.Moments).Select(_ => new Arena(weights.Layout))];
        _chunkSquares = new double[(weights.Length + ChunkLength - 1) / ChunkLength];
    }

    /// <summary>The optimiser's moments: none, one or two.</summary>
    public IReadOnlyList<Arena> Moments => _moments;

    /// <summary>One worker's part of the norm; the team must meet before <see cref="Judge"/>.</summary>
    public void SumSquares(int worker)
    {
        var chunks = _team.ShareOf(_chunkSquares.Length, worker);
        for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
            _chunkSquares[chunk] = Norms.SumOfSquares(Chunk(_gradients, chunk));
    }

    /// <summary>
    /// Whether the weights are to be changed. Everybody judges for himself, from the same numbers: sooner done than
    /// told.
    /// </summary>
    public StepResult Judge(double loss, double lossCeiling)
    {
        double squares = 0;
        foreach (double chunk in _chunkSquares)
            squares += chunk;
        double norm = Math.Sqrt(squares);
        return new StepResult(
            loss,
            norm,
            Updated: double.IsFinite(norm) && double.IsFinite(loss) && loss <= lossCeiling
        );
    }

    /// <summary>One worker's part of the update.</summary>
    public void Apply(int worker, in StepResult result, double learningRate, long step)
    {
        var clip = ClipOf(result.GradientNorm);
        var chunks = _team.ShareOf(_chunkSquares.Length, worker);
        for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
        {
            _optimizer.Update(
                Chunk(_gradients, chunk),
                clip,
                learningRate,
                step,
                _moments.Length > 0 ? Chunk(_moments[0], chunk) : default,
                _moments.Length > 1 ? Chunk(_moments[1], chunk) : default,
                Chunk(_weights, chunk)
            );
        }
    }

    /// <summary>
    /// The share of the parameters whose gradients were clipped in a step of that norm; null without limits.
    /// </summary>
    public double? ClippedShare(double gradientNorm, long parameters)
    {
        if (double.IsPositiveInfinity(_clip.Element))
            return double.IsPositiveInfinity(_clip.Norm) ? null
                : gradientNorm > _clip.Norm ? 1
                : 0;
        var clip = ClipOf(gradientNorm);
        long clipped = 0;
        for (int chunk = 0; chunk < _chunkSquares.Length; chunk++)
            clipped += RowOperations.CountOutside(Chunk(_gradients, chunk), clip.Scale, -clip.Limit, clip.Limit);
        return (double)clipped / parameters;
    }

    /// <summary>
    /// Whether the weights are numbers, and small enough that no product of two rows of them overflows.
    /// </summary>
    public bool HasUsableWeights()
    {
        double squares = 0;
        for (int chunk = 0; chunk < _chunkSquares.Length; chunk++)
            squares += Norms.SumOfSquares(Chunk(_weights, chunk));
        return squares <= float.MaxValue;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var moment in _moments)
            moment.Dispose();
    }

    private GradientClip ClipOf(double gradientNorm) =>
        new(gradientNorm > _clip.Norm ? (float)(_clip.Norm / gradientNorm) : 1f, (float)_clip.Element);

    private static Span<float> Chunk(Arena arena, int chunk)
    {
        long start = (long)chunk * ChunkLength;
        return arena.Span(start, (int)Math.Min(ChunkLength, arena.Length - start));
    }
}
