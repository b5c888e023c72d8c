using BenchmarkDotNet.Attributes;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Benchmarks;

/// <summary>
/// c += a·b at the sizes of training and sampling: a window's rows, a tile's rows, one stream.
/// </summary>
public class MatrixProductBenchmarks
{
    private AlignedBuffer _a = null!,
        _b = null!,
        _c = null!;

    [Params(1, 3, 8, 13, 25, 640)]
    public int Rows { get; set; }

    [Params("100x112", "128x512", "512x2048")]
    public string Weights { get; set; } = "";

    [GlobalSetup]
    public void Allocate()
    {
        var (inputs, outputs) = Sizes;
        (_a, _b, _c) = (
            Filled((long)Rows * Padding.RoundUp(inputs)),
            Filled((long)inputs * outputs),
            new AlignedBuffer((long)Rows * outputs)
        );
    }

    [GlobalCleanup]
    public void Free()
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
    }

    [Benchmark]
    public void AddProduct()
    {
        var (inputs, outputs) = Sizes;
        MatrixProducts.AddProduct(
            new Matrix(_a, Rows, Padding.RoundUp(inputs)),
            new Panels(_b, inputs, outputs),
            new Matrix(_c, Rows, outputs)
        );
    }

    internal static AlignedBuffer Filled(long length)
    {
        var buffer = new AlignedBuffer(length);
        for (long i = 0; i < length; i++)
            buffer.Slice(i, 1)[0] =
                (float)(
                    CounterRandom.UnitInterval(CounterRandom.Draw(1, RandomPurpose.Initialization, 0, (ulong)i)) - 0.5
                ) / 64;
        return buffer;
    }

    private (int Inputs, int Outputs) Sizes
    {
        get
        {
            string[] sizes = Weights.Split('x');
            return (
                int.Parse(sizes[0], System.Globalization.CultureInfo.InvariantCulture),
                int.Parse(sizes[1], System.Globalization.CultureInfo.InvariantCulture)
            );
        }
    }
}
