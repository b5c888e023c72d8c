using BenchmarkDotNet.Attributes;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Benchmarks;

/// <summary>Whole training steps of classifiers, on 64 records of 4 to 10 characters, the shortest first.</summary>
public class ClassifierStepBenchmarks
{
    private const int Symbols = 65,
        LabelCount = 18,
        Records = 64,
        Shortest = 4,
        Longest = 10;

    private SequenceClassifier _model = null!;
    private WorkerTeam _team = null!;
    private ClassifierPass _pass = null!;
    private TrainingStep _step = null!;
    private int[] _ids = null!,
        _lengths = null!,
        _labels = null!;
    private float[] _weights = null!;
    private long _number;

    [Params("rnn 128 unidirectional one-hot", "lstm 128 bidirectional embedding", "lstm 256 bidirectional embedding")]
    public string Configuration { get; set; } = "";

    [Params(Pooling.Last, Pooling.Attention)]
    public Pooling Pooling { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Build()
    {
        string[] parts = Configuration.Split(' ');
        var spec = new ClassifierSpec
        {
            Cell = parts[0],
            VocabularySize = Symbols,
            LabelCount = LabelCount,
            HiddenSize = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
            EmbeddingSize = parts[3] == "embedding" ? 64 : 0,
            Bidirectional = parts[2] == "bidirectional",
            Pooling = Pooling,
        };
        _model = new SequenceClassifier(
            spec,
            new Vocabulary(Enumerable.Range(' ', Symbols), TextEncoding.Utf8),
            [.. Enumerable.Range(0, LabelCount).Select(label => $"label {label}")]
        );
        _team = new WorkerTeam(Threads);
        _pass = new ClassifierPass(_model.Layout, _model.Weights, _team);
        _step = new TrainingStep(
            _pass,
            Optimizer.Create(new OptimizerSettings()),
            new ClipLimits(1, double.PositiveInfinity),
            _team
        );
        _ids = [.. Enumerable.Range(0, Longest * Records).Select(i => i * 7 % Symbols)];
        _lengths = [.. Enumerable.Range(0, Records).Select(b => Shortest + b * (Longest - Shortest + 1) / Records)];
        _labels = [.. Enumerable.Range(0, Records).Select(b => b % LabelCount)];
        _weights = [.. Enumerable.Repeat(1f, Records)];
    }

    [GlobalCleanup]
    public void Free()
    {
        _step.Dispose();
        _pass.Dispose();
        _team.Dispose();
        _model.Dispose();
    }

    [Benchmark]
    public double Step()
    {
        var batch = new LabeledBatch
        {
            Steps = Longest,
            Streams = Records,
            Ids = _ids,
            Lengths = _lengths,
            Labels = _labels,
            Weights = _weights,
        };
        _pass.Prepare(batch, labelSmoothing: 0, dropoutSeed: 1, ++_number);
        return _step.Run(_number, learningRate: 1e-5, double.PositiveInfinity).Loss;
    }
}
