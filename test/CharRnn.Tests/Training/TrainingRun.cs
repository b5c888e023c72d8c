using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>A short training run on seeded ids, from seeded weights.</summary>
internal sealed class TrainingRun : IDisposable
{
    public const ulong Seed = 9;

    private readonly EngineTwin _twin;
    private readonly int[] _inputs,
        _targets,
        _labels;
    private readonly double _learningRate;
    private long _step;

    public TrainingRun(
        ModelSpec spec,
        int steps,
        int streams,
        OptimizerSettings optimizer,
        WorkerTeam team,
        double learningRate = 0.01,
        ClipLimits? clip = null
    )
    {
        _learningRate = learningRate;
        _twin = new EngineTwin(spec);
        _inputs = EngineTwin.Ids(steps * streams, spec.VocabularySize, seed: 3);
        _targets = EngineTwin.Ids(steps * streams, spec.VocabularySize, seed: 4);
        _labels = spec.LabelCount > 0 ? EngineTwin.Ids(steps * streams, spec.LabelCount, seed: 6) : [];
        LossScale = 1.0 / _inputs.Length;
        Pass = new LanguageModelPass(_twin.Layout, _twin.Weights, steps, streams, team);
        Training = new TrainingStep(
            Pass,
            Optimizer.Create(optimizer),
            clip ?? new ClipLimits(double.PositiveInfinity, double.PositiveInfinity),
            team
        );
    }

    /// <summary>What each position's loss counts; the mean's share unless told otherwise.</summary>
    public double LossScale { get; init; }

    public ParameterLayout Layout => _twin.Layout;

    public Arena Weights => _twin.Weights;

    public LanguageModelPass Pass { get; }

    public TrainingStep Training { get; }

    /// <summary>Every float of the weights, padding included.</summary>
    public float[] WeightBits => Weights.Span(0, (int)Weights.Length).ToArray();

    /// <summary>One step; every fourth starts from a zero state, and ids change places from step to step.</summary>
    public StepResult Step(double lossCeiling = double.PositiveInfinity)
    {
        bool carryState = _step % 4 != 0;
        _inputs.AsSpan().Reverse();
        Pass.Prepare(_inputs, _targets, carryState, LossScale, Seed, ++_step, _labels);
        return Training.Run(_step, _learningRate, lossCeiling);
    }

    public void Dispose()
    {
        Training.Dispose();
        Pass.Dispose();
        _twin.Dispose();
    }
}
