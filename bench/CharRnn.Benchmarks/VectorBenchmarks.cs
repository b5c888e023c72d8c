using BenchmarkDotNet.Attributes;
using CharRnn.Engine;

namespace CharRnn.Benchmarks;

/// <summary>
/// Loops other than products: elementary functions, softmax and optimisers, over 4096 floats that stay in cache.
/// </summary>
public class VectorBenchmarks
{
    private const int Length = 4096,
        Symbols = 65,
        PaddedSymbols = 80;

    private readonly float[] _source = new float[Length],
        _destination = new float[Length],
        _first = new float[Length],
        _second = new float[Length];
    private readonly float[] _logits = new float[PaddedSymbols];
    private readonly Optimizer _adam = Optimizer.Create(new OptimizerSettings { Name = "adam" });
    private readonly Optimizer _adagrad = Optimizer.Create(new OptimizerSettings { Name = "adagrad" });

    [GlobalSetup]
    public void Fill()
    {
        for (int i = 0; i < Length; i++)
            _source[i] = (i - Length / 2) / 512f;
    }

    [Benchmark]
    public void ExpOfEightLanes() => ForEach<Lanes8, Exponential>();

    [Benchmark]
    public void ExpOfSixteenLanes() => ForEach<Lanes16, Exponential>();

    [Benchmark]
    public void TanhOfEightLanes() => ForEach<Lanes8, HyperbolicTangent>();

    [Benchmark]
    public void TanhOfSixteenLanes() => ForEach<Lanes16, HyperbolicTangent>();

    [Benchmark]
    public void SigmoidOfEightLanes() => ForEach<Lanes8, Logistic>();

    [Benchmark]
    public void SigmoidOfSixteenLanes() => ForEach<Lanes16, Logistic>();

    [Benchmark]
    public double SoftmaxOfOneRow()
    {
        _source.AsSpan(0, Symbols).CopyTo(_logits);
        return Softmax.CrossEntropyGradient(_logits, Symbols, target: 1, scale: 1);
    }

    [Benchmark]
    public void AdamUpdate() =>
        _adam.Update(_source, new GradientClip(1, float.PositiveInfinity), 1e-3, 10, _first, _second, _destination);

    [Benchmark]
    public void AdagradUpdate() =>
        _adagrad.Update(_source, new GradientClip(1, 5), 1e-1, 10, _first, _second, _destination);

    private void ForEach<TLanes, TFunction>()
        where TLanes : unmanaged, ILanes<TLanes>
        where TFunction : IFunction
    {
        for (int i = 0; i <= Length - TLanes.Count; i += TLanes.Count)
            TFunction.Of(Lanes.Load<TLanes>(_source, i)).Store(_destination, i);
    }

    /// <summary>A function that the compiler can inline into the loop, as it does in the engine.</summary>
    private interface IFunction
    {
        static abstract TLanes Of<TLanes>(TLanes x)
            where TLanes : unmanaged, ILanes<TLanes>;
    }

    private readonly struct Exponential : IFunction
    {
        public static TLanes Of<TLanes>(TLanes x)
            where TLanes : unmanaged, ILanes<TLanes> => Elementary.Exp(x);
    }

    private readonly struct HyperbolicTangent : IFunction
    {
        public static TLanes Of<TLanes>(TLanes x)
            where TLanes : unmanaged, ILanes<TLanes> => Elementary.Tanh(x);
    }

    private readonly struct Logistic : IFunction
    {
        public static TLanes Of<TLanes>(TLanes x)
            where TLanes : unmanaged, ILanes<TLanes> => Elementary.Sigmoid(x);
    }
}
