using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>Limits that gradients are clipped to.</summary>
/// <param name="Norm">Max global norm; infinite for none. Applied first.</param>
/// <param name="Element">Max magnitude of an element; infinite for none.</param>
internal readonly record struct ClipLimits(double Norm, double Element)
{
    /// <summary>The limits of a run's settings.</summary>
    public static ClipLimits Of(RunSettings settings) =>
        new(settings.GradClipNorm ?? double.PositiveInfinity, settings.GradClip ?? double.PositiveInfinity);
}

/// <summary>
/// Update of the weights from a step's gradients: norm, decision, clipping, and the optimizer with its moments, by a
/// team, in one pass over flat memory.
/// </summary>
internal sealed class ParameterUpdate : IDisposable
{
    // Norms are summed over chunks of this many floats, in order, whichever worker sums them.
    private const int ChunkLength = 4096;

    // Chunks that are taken together: a few microseconds.
    private const int ChunkGrain = 4;

    private readonly Arena _weights,
        _gradients;
    private readonly Optimizer _optimizer;
    private readonly ClipLimits _clip;
    private readonly WorkerTeam _team;
    private readonly Arena[] _moments;
    private readonly double[] _chunkSquares;

    /// <summary>Makes the update, with moments of zero.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradients">The gradients that a step leaves.</param>
    /// <param name="optimizer">The rule.</param>
    /// <param name="clip">The limits of the gradients.</param>
    /// <param name="team">The workers.</param>
    public ParameterUpdate(Arena weights, Arena gradients, Optimizer optimizer, ClipLimits clip, WorkerTeam team)
    {
        (_weights, _gradients, _optimizer, _clip, _team) = (weights, gradients, optimizer, clip, team);
        _moments = [.. Enumerable.Range(0, optimizer.Moments).Select(_ => new Arena(weights.Layout))];
        _chunkSquares = new double[(weights.Length + ChunkLength - 1) / ChunkLength];
    }

    /// <summary>The optimizer's moments: none, one or two.</summary>
    public IReadOnlyList<Arena> Moments => _moments;

    /// <summary>One worker's part of the norm; <see cref="Judge"/> needs a barrier before it.</summary>
    public void SumSquares(int worker)
    {
        while (_team.TryTake(worker, _chunkSquares.Length, ChunkGrain, out var chunks))
        {
            for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
                _chunkSquares[chunk] = Norms.SumOfSquares(Chunk(_gradients, chunk));
        }
    }

    /// <summary>
    /// Whether the weights are to be changed. Each worker recomputes this from the same numbers; cheaper than
    /// broadcasting it.
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
        while (_team.TryTake(worker, _chunkSquares.Length, ChunkGrain, out var chunks))
        {
            for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
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
