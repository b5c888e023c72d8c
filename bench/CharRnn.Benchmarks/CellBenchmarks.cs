using BenchmarkDotNet.Attributes;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Benchmarks;

/// <summary>
/// The gate arithmetic of one step of twelve streams of 128 units, forward and backward: a scan without its matrix
/// products.
/// </summary>
public class CellBenchmarks
{
    private const int Streams = 12,
        Hidden = 128;

    private readonly List<AlignedBuffer> _buffers = [];
    private Cell _cell = null!;
    private CellStep _step;
    private CellGradients _gradients;

    [Params("rnn", "gru", "lstm")]
    public string Name { get; set; } = "lstm";

    [GlobalSetup]
    public void Allocate()
    {
        _cell = CellCatalog.Get(Name);
        _step = new CellStep(
            Numbers(_cell.Slots * Hidden),
            UnitSlice.Whole(Hidden),
            Numbers(Hidden),
            Numbers(Hidden),
            Numbers(Hidden),
            Numbers(Hidden)
        );
        _gradients = new CellGradients(Numbers(Hidden), Numbers(Hidden), Numbers(Hidden));
    }

    [GlobalCleanup]
    public void Free()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
        _buffers.Clear();
    }

    [Benchmark]
    public void Forward() => _cell.Forward(_step);

    // The backward pass alone would work on its own last output, which shrinks until it is denormal.
    [Benchmark]
    public void ForwardAndBackward()
    {
        _cell.Forward(_step);
        _cell.Backward(_step, _gradients);
    }

    /// <summary>(streams, columns) of numbers between −½ and ½.</summary>
    private Matrix Numbers(int columns)
    {
        _buffers.Add(new AlignedBuffer(Streams * columns));
        var matrix = new Matrix(_buffers[^1], Streams, columns);
        for (int row = 0; row < Streams; row++)
        {
            for (int column = 0; column < columns; column++)
                matrix[row, column] = (row * columns + column) % 101 / 101f - 0.5f;
        }
        return matrix;
    }
}
