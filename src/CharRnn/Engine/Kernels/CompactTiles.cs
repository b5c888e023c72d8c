using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>One product C = seed + A·B with compact weights.</summary>
/// <param name="a">(M, ≥ K): the first K columns are used.</param>
/// <param name="b">(K, N).</param>
/// <param name="seed">(M, N), which may be C: the initial values of the sums; null for zeros.</param>
/// <param name="seedRow">Floats from one row of the seed to the next; 0 where all rows have the same.</param>
/// <param name="c">(M, N), overwritten.</param>
internal readonly unsafe struct CompactProduct(Matrix a, WeightPanels b, float* seed, nint seedRow, Matrix c)
{
    public readonly Matrix A = a;
    public readonly WeightPanels B = b;
    public readonly float* Seed = seed;
    public readonly nint SeedRow = seedRow;
    public readonly Matrix C = c;
}

/// <summary>A compact <see cref="WeightFormat"/> to the tiles, which are generic over it.</summary>
internal unsafe interface ICompactWeights
{
    /// <summary>Bytes a weight.</summary>
    static abstract int Size { get; }

    /// <summary>Whether sums of products have still to be multiplied by a scale.</summary>
    static abstract bool IsScaled { get; }

    /// <summary>Loads a vector of weights as floats, without their scale.</summary>
    static abstract TVector Load<TSimd, TVector>(byte* source)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}

internal readonly unsafe struct BFloat16Weights : ICompactWeights
{
    public static int Size => sizeof(ushort);

    public static bool IsScaled => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(byte* source)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.LoadBFloat16((ushort*)source);
}

internal readonly unsafe struct Int8Weights : ICompactWeights
{
    public static int Size => sizeof(sbyte);

    public static bool IsScaled => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(byte* source)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.LoadInt8((sbyte*)source);
}

/// <summary>
/// Tiles of a product with compact weights. One row, a batch of one stream, is bound by memory: its weights become
/// floats in registers, so that a smaller format is a faster one. Of several rows, a block of weights becomes floats in
/// the first-level cache, for the tiles of <see cref="MatrixProducts"/>. Either way every output is one sum, its terms
/// in the order of k, each a fused multiply-add, so that rows, blocks and vector widths change no bit.
/// </summary>
internal static unsafe class CompactTiles<TWeights, TSimd, TVector>
    where TWeights : struct, ICompactWeights
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Vectors of outputs in a tile of one row.</summary>
    private const int Vectors = 8;

    /// <summary>Outputs whose weights are floats at a time, and rows that share them.</summary>
    private const int BlockOutputs = 2 * MatrixProducts.PanelWidth,
        BlockRows = 96;

    /// <summary>Computes a product.</summary>
    /// <param name="product">The product.</param>
    /// <param name="width">The width of the vectors, for the tiles of several rows.</param>
    public static void Run(in CompactProduct product, SimdWidth width)
    {
        if (product.A.Rows == 1)
        {
            int last = product.B.Outputs - TSimd.Count;
            for (int output = 0; output <= last; output += Vectors * TSimd.Count)
                RunRow(product, output, last);
            return;
        }
        int blocks = (product.A.Rows + BlockRows - 1) / BlockRows;
        for (int block = 0; block < blocks; block++)
        {
            int row = (int)((long)product.A.Rows * block / blocks),
                rows = (int)((long)product.A.Rows * (block + 1) / blocks) - row;
            RunRows(product, row, rows, width);
        }
    }

    /// <param name="product">A product of one row.</param>
    /// <param name="o0">The first output.</param>
    /// <param name="last">
    /// The first output of the last vector: vectors beyond it compute the same as it again, which costs nothing while
    /// sums wait.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunRow(in CompactProduct product, int o0, int last)
    {
        int o1 = Math.Min(o0 + TSimd.Count, last),
            o2 = Math.Min(o1 + TSimd.Count, last),
            o3 = Math.Min(o2 + TSimd.Count, last);
        int o4 = Math.Min(o3 + TSimd.Count, last),
            o5 = Math.Min(o4 + TSimd.Count, last),
            o6 = Math.Min(o5 + TSimd.Count, last);
        int o7 = Math.Min(o6 + TSimd.Count, last);
        TVector c0 = Begin(product, o0),
            c1 = Begin(product, o1),
            c2 = Begin(product, o2),
            c3 = Begin(product, o3);
        TVector c4 = Begin(product, o4),
            c5 = Begin(product, o5),
            c6 = Begin(product, o6),
            c7 = Begin(product, o7);
        byte* b0 = WeightsOf(product.B, o0),
            b1 = WeightsOf(product.B, o1),
            b2 = WeightsOf(product.B, o2),
            b3 = WeightsOf(product.B, o3);
        byte* b4 = WeightsOf(product.B, o4),
            b5 = WeightsOf(product.B, o5),
            b6 = WeightsOf(product.B, o6),
            b7 = WeightsOf(product.B, o7);
        float* a = product.A.Data;
        nint end = (nint)product.B.PanelLength * TWeights.Size;
        for (nint term = 0; term < end; term += MatrixProducts.PanelWidth * TWeights.Size)
        {
            var factor = TSimd.Broadcast(*a++);
            c0 = TSimd.MultiplyAdd(factor, TWeights.Load<TSimd, TVector>(b0 + term), c0);
            c1 = TSimd.MultiplyAdd(factor, TWeights.Load<TSimd, TVector>(b1 + term), c1);
            c2 = TSimd.MultiplyAdd(factor, TWeights.Load<TSimd, TVector>(b2 + term), c2);
            c3 = TSimd.MultiplyAdd(factor, TWeights.Load<TSimd, TVector>(b3 + term), c3);
            c4 = TSimd.MultiplyAdd(factor, TWeights.Load<TSimd, TVector>(b4 + term), c4);
            c5 = TSimd.MultiplyAdd(factor, TWeights.Load<TSimd, TVector>(b5 + term), c5);
            c6 = TSimd.MultiplyAdd(factor, TWeights.Load<TSimd, TVector>(b6 + term), c6);
            c7 = TSimd.MultiplyAdd(factor, TWeights.Load<TSimd, TVector>(b7 + term), c7);
        }
        // All seeds are read before any sum is written: the last tile computes some outputs twice.
        (c0, c1, c2, c3) = (End(product, o0, c0), End(product, o1, c1), End(product, o2, c2), End(product, o3, c3));
        (c4, c5, c6, c7) = (End(product, o4, c4), End(product, o5, c5), End(product, o6, c6), End(product, o7, c7));
        float* c = product.C.Data;
        TSimd.Store(c0, c + o0);
        TSimd.Store(c1, c + o1);
        TSimd.Store(c2, c + o2);
        TSimd.Store(c3, c + o3);
        TSimd.Store(c4, c + o4);
        TSimd.Store(c5, c + o5);
        TSimd.Store(c6, c + o6);
        TSimd.Store(c7, c + o7);
    }

    /// <summary>Some rows of a product, a block of outputs and of terms after another.</summary>
    [SkipLocalsInit]
    private static void RunRows(in CompactProduct product, int firstRow, int rows, SimdWidth width)
    {
        const int FloatsInLine = Padding.Unit;
        float* memory = stackalloc float[(MatrixProducts.TermBlock + BlockRows) * BlockOutputs + FloatsInLine];
        float* widened = (float*)(((nint)memory + AlignedBuffer.Alignment - 1) & -AlignedBuffer.Alignment);
        float* unscaled = widened + MatrixProducts.TermBlock * BlockOutputs;
        var a = product.A.RowRange(firstRow, rows);
        for (int output = 0, outputs; output < product.B.Outputs; output += outputs)
        {
            outputs = Math.Min(BlockOutputs, product.B.Outputs - output);
            var c = product.C.RowRange(firstRow, rows).ColumnRange(output, outputs);
            float* seed = product.Seed is null ? null : product.Seed + firstRow * product.SeedRow + output;
            var sums = TWeights.IsScaled ? new Matrix(unscaled, rows, outputs, BlockOutputs) : c;
            Begin(TWeights.IsScaled ? null : seed, product.SeedRow, sums);
            for (int term = 0, terms; term < product.B.Inputs; term += terms)
            {
                terms = Math.Min(MatrixProducts.TermBlock, product.B.Inputs - term);
                Widen(product.B, output, outputs, term, terms, widened);
                MatrixProducts.AddProduct(a.ColumnRange(term, terms), new Panels(widened, terms, outputs), sums, width);
            }
            if (TWeights.IsScaled)
                End(sums, product.B.Scales + output, seed, product.SeedRow, c);
        }
    }

    /// <summary>Weights of some outputs and terms, as floats.</summary>
    private static void Widen(WeightPanels b, int firstOutput, int outputs, int term, int terms, float* widened)
    {
        for (int output = 0; output < outputs; output += MatrixProducts.PanelWidth)
        {
            byte* source = WeightsOf(b, firstOutput + output) + (nint)term * MatrixProducts.PanelWidth * TWeights.Size;
            float* end = widened + terms * MatrixProducts.PanelWidth;
            for (; widened < end; widened += TSimd.Count, source += TSimd.Count * TWeights.Size)
                TSimd.Store(TWeights.Load<TSimd, TVector>(source), widened);
        }
    }

    /// <summary>Gives sums their initial values.</summary>
    private static void Begin(float* seed, nint seedRow, Matrix sums)
    {
        if (seed == sums.Data)
            return;
        for (int row = 0; row < sums.Rows; row++)
        {
            if (seed is null)
                sums.Row(row).Clear();
            else
                new Span<float>(seed + row * seedRow, sums.Columns).CopyTo(sums.Row(row));
        }
    }

    /// <summary>c = seed + scale · sum.</summary>
    private static void End(Matrix sums, float* scales, float* seed, nint seedRow, Matrix c)
    {
        for (int row = 0; row < sums.Rows; row++)
        {
            float* sum = sums.Data + row * (nint)sums.Stride,
                to = c.Data + row * (nint)c.Stride,
                from = seed is null ? null : seed + row * seedRow;
            for (int output = 0; output < sums.Columns; output += TSimd.Count)
                TSimd.Store(
                    TSimd.MultiplyAdd(TSimd.Load(scales + output), TSimd.Load(sum + output), SeedOf(from, output)),
                    to + output
                );
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* WeightsOf(WeightPanels b, int output) =>
        b.Data
        + (output / MatrixProducts.PanelWidth * (nint)b.PanelLength + output % MatrixProducts.PanelWidth)
            * TWeights.Size;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Begin(in CompactProduct product, int output) =>
        SeedOf(TWeights.IsScaled ? null : product.Seed, output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector End(in CompactProduct product, int output, TVector sum) =>
        TWeights.IsScaled
            ? TSimd.MultiplyAdd(TSimd.Load(product.B.Scales + output), sum, SeedOf(product.Seed, output))
            : sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SeedOf(float* seed, int output) =>
        seed is null ? TSimd.Broadcast(0f) : TSimd.Load(seed + output);
}
