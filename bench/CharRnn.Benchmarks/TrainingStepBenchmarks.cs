using BenchmarkDotNet.Attributes;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Benchmarks;

/// <summary>Whole training steps of the configurations that are compared with other frameworks.</summary>
public class TrainingStepBenchmarks
{
    private const int Symbols = 65;

    private Arena _weights = null!;
    private WorkerTeam _team = null!;
    private LanguageModelPass _pass = null!;
    private TrainingStep _step = null!;
    private int[] _inputs = null!,
        _targets = null!;
    private long _number;

    [Params("rnn 1x100 1x25", "lstm 2x128 50x50", "gru 1x128 16x40", "gru 1x512 16x40", "lstm 2x512 50x50")]
    public string Configuration { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Build()
    {
        string[] parts = Configuration.Split(' ', 'x');
        var (layers, hidden, streams, steps) = (Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4]));
        var spec = new ModelSpec
        {
            Cell = CellCatalog.Get(parts[0]).Name,
            VocabularySize = Symbols,
            NumLayers = layers,
            HiddenSize = hidden,
            EmbeddingSize = 0,
        };
        var layout = new ParameterLayout(spec);
        _weights = new Arena(layout.Arena);
        Initialization.Parse("pytorch").Fill(layout, _weights, seed: 1);
        _team = new WorkerTeam(Threads);
        _pass = new LanguageModelPass(layout, _weights, steps, streams, _team);
        _step = new TrainingStep(
            _pass,
            Optimizer.Create(new OptimizerSettings()),
            new ClipLimits(1, double.PositiveInfinity),
            _team
        );
        _inputs = [.. Enumerable.Range(0, steps * streams).Select(i => i * 7 % Symbols)];
        _targets = [.. Enumerable.Range(0, steps * streams).Select(i => i * 11 % Symbols)];
    }

    [GlobalCleanup]
    public void Free()
    {
        _step.Dispose();
        _pass.Dispose();
        _team.Dispose();
        _weights.Dispose();
    }

    [Benchmark]
    public double Step()
    {
        _pass.Prepare(_inputs, _targets, carryState: true, 1.0 / _inputs.Length, dropoutSeed: 1, ++_number);
        return _step.Run(_number, learningRate: 1e-5, double.PositiveInfinity).Loss;
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
