using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>
/// The engine, set as min-char-rnn is, against the NumPy program in float64: close where training is tame, near where
/// it is chaotic.
/// </summary>
public sealed class MinCharRnnEngineTests
{
    private readonly MinCharRnnTrace _trace = MinCharRnnTrace.Load();

    [Fact]
    public void AtRateOneHundredth_AThousandIterationsFollowTheProgram() =>
        AssertFollows(_trace.Slow.LearningRate, _trace.Slow.Points, 1e-5);

    [Fact]
    public void AtRateOneTenth_TheFirstFiveIterationsFollowTheProgram() =>
        AssertFollows(_trace.Fast.LearningRate, _trace.Fast.Points[..5], 1e-3);

    [Fact]
    public void AtRateOneTenth_TheSmoothedLossAfterTwentyThousandIterationsIsNearThePrograms()
    {
        var late = _trace.Late.Points.Single();
        using var sweep = new Sweep(_trace.ChainIds, _trace.Vocabulary, _trace.Late.LearningRate, _trace.Seed);
        while (sweep.Iteration <= late.Iteration)
            sweep.Step();

        AssertRelative(late.Smoothed, sweep.SmoothedLoss, 0.02, $"smoothed loss at {late.Iteration}");
    }

    private void AssertFollows(double learningRate, MinCharRnnTrace.Point[] points, double tolerance)
    {
        using var sweep = new Sweep(_trace.TextIds, _trace.Vocabulary, learningRate, _trace.Seed);
        foreach (var point in points)
        {
            while (sweep.Iteration < point.Iteration)
                sweep.Step();
            AssertRelative(point.Loss, sweep.Step(), tolerance, $"loss at {point.Iteration}");
            AssertRelative(point.Smoothed, sweep.SmoothedLoss, tolerance, $"smoothed loss at {point.Iteration}");
        }
    }

    private static void AssertRelative(double expected, double actual, double tolerance, string what) =>
        Assert.True(
            Math.Abs(actual - expected) <= tolerance * expected,
            $"{what} is {actual:R}; the program's is {expected:R}, relative difference "
                + $"{Math.Abs(actual / expected - 1):E2}"
        );

    /// <summary>min-char-rnn's loop around the engine's training step.</summary>
    private sealed class Sweep : IDisposable
    {
        private const double Kept = 0.999;

        private readonly int[] _ids;
        private readonly double _learningRate;
        private readonly WorkerTeam _team = new(1);
        private readonly Arena _weights;
        private readonly LanguageModelPass _pass;
        private readonly TrainingStep _training;
        private int _position;

        public Sweep(int[] ids, int vocabulary, double learningRate, ulong seed)
        {
            (_ids, _learningRate) = (ids, learningRate);
            SmoothedLoss = MinCharRnn.Steps * Math.Log(vocabulary);
            var layout = new ParameterLayout(
                new ModelSpec
                {
                    Cell = "rnn",
                    VocabularySize = vocabulary,
                    HiddenSize = MinCharRnn.Hidden,
                    EmbeddingSize = 0,
                }
            );
            _weights = new Arena(layout.Arena);
            var initial = MinCharRnn.InitialModel(vocabulary, seed).Parameters;
            foreach (var tensor in layout.Tensors)
                tensor.CopyTo(Array.ConvertAll(EngineTwin.OfTensor(initial, tensor), value => (float)value), _weights);
            _pass = new LanguageModelPass(layout, _weights, MinCharRnn.Steps, streams: 1, _team);
            _training = new TrainingStep(
                _pass,
                Optimizer.Create(new OptimizerSettings { Name = "adagrad", Epsilon = MinCharRnn.Epsilon }),
                new ClipLimits(double.PositiveInfinity, MinCharRnn.GradientLimit),
                _team
            );
        }

        public int Iteration { get; private set; }

        public double SmoothedLoss { get; private set; }

        /// <summary>One iteration; gives the window's loss, summed over its steps.</summary>
        public double Step()
        {
            if (_position + MinCharRnn.Steps + 1 >= _ids.Length)
                _position = 0;
            _pass.Prepare(
                _ids.AsSpan(_position, MinCharRnn.Steps),
                _ids.AsSpan(_position + 1, MinCharRnn.Steps),
                carryState: _position > 0,
                lossScale: 1,
                dropoutSeed: 1,
                ++Iteration
            );
            var result = _training.Run(Iteration, _learningRate, double.PositiveInfinity);
            _position += MinCharRnn.Steps;
            double loss = MinCharRnn.Steps * result.Loss;
            SmoothedLoss = Kept * SmoothedLoss + (1 - Kept) * loss;
            return loss;
        }

        public void Dispose()
        {
            _training.Dispose();
            _pass.Dispose();
            _weights.Dispose();
            _team.Dispose();
        }
    }
}
