using CharRnn.Reference;

namespace CharRnn.Tests;

/// <summary>
/// A run of min-char-rnn's twin, shared by the tests: each iteration is computed once, when a test first asks for it.
/// </summary>
internal sealed class MinCharRnnTwin
{
    private static readonly MinCharRnnTrace Trace = MinCharRnnTrace.Load();

    private readonly Lock _lock = new();
    private readonly List<MinCharRnnTrace.Point> _points = [];
    private readonly MinCharRnn _twin;

    private MinCharRnnTwin(int[] ids, double learningRate)
    {
        _twin = new MinCharRnn(ids, Trace.Vocabulary, learningRate, Trace.Seed);
        InitialSmoothedLoss = _twin.SmoothedLoss;
    }

    /// <summary>On the text, at the slow run's rate.</summary>
    public static MinCharRnnTwin Slow { get; } = new(Trace.TextIds, Trace.Slow.LearningRate);

    /// <summary>On the text, at the fast run's rate.</summary>
    public static MinCharRnnTwin Fast { get; } = new(Trace.TextIds, Trace.Fast.LearningRate);

    /// <summary>On the chain of characters, at the late run's rate.</summary>
    public static MinCharRnnTwin Late { get; } = new(Trace.ChainIds, Trace.Late.LearningRate);

    /// <summary>The smoothed loss before the first iteration.</summary>
    public double InitialSmoothedLoss { get; }

    /// <summary>The losses of an iteration, counted from 0.</summary>
    public MinCharRnnTrace.Point At(int iteration)
    {
        lock (_lock)
        {
            while (_points.Count <= iteration)
                _points.Add(new(_twin.Iteration, _twin.Step(), _twin.SmoothedLoss));
            return _points[iteration];
        }
    }
}
