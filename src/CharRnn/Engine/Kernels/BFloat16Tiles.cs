using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>
/// Tiles of a product with weights in bfloat16. One row, a batch of one stream, is bound by memory: its weights become
/// floats in registers, two terms of an output from the two halves of one load. For several rows a block of weights
/// becomes floats in the cache, for the tiles of <see cref="MatrixProducts"/>. Either way every output is one sum, its
/// terms in the order of k, each a fused multiply-add: the bits of the same product with the weights as floats.
/// </summary>
internal static unsafe class BFloat16Tiles<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Vectors of outputs in a tile of one row.</summary>
    private const int Vectors = 8;

    /// <summary>Floats from one pair of terms of a panel to the next: each holds two weights.</summary>
    private const int PairStep = MatrixProducts.PanelWidth;

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
                RunTile(product, output, last);
            return;
        }
        int blocks = (product.A.Rows + BlockRows - 1) / BlockRows;
        for (int block = 0; block < blocks; block++)
        {
            int row = (int)((long)product.A.Rows * block / blocks),
                end = (int)((long)product.A.Rows * (block + 1) / blocks);
            RunRows(product, row, end - row, width);
        }
    }

    /// <param name="product">A product of one row.</param>
    /// <param name="o0">The first output.</param>
    /// <param name="last">
    /// The first output of the last vector: vectors beyond it compute the same as it again, which costs nothing while
    /// sums wait.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTile(in CompactProduct product, int o0, int last)
    {
        int o1 = Math.Min(o0 + TSimd.Count, last),
            o2 = Math.Min(o1 + TSimd.Count, last),
            o3 = Math.Min(o2 + TSimd.Count, last);
        int o4 = Math.Min(o3 + TSimd.Count, last),
            o5 = Math.Min(o4 + TSimd.Count, last),
            o6 = Math.Min(o5 + TSimd.Count, last);
        int o7 = Math.Min(o6 + TSimd.Count, last);
        float* b0 = PairsOf(product.B, o0),
            b1 = PairsOf(product.B, o1),
            b2 = PairsOf(product.B, o2),
            b3 = PairsOf(product.B, o3);
        float* b4 = PairsOf(product.B, o4),
            b5 = PairsOf(product.B, o5),
            b6 = PairsOf(product.B, o6),
            b7 = PairsOf(product.B, o7);
        TVector c0 = Seed(product, o0),
            c1 = Seed(product, o1),
            c2 = Seed(product, o2),
            c3 = Seed(product, o3);
        TVector c4 = Seed(product, o4),
            c5 = Seed(product, o5),
            c6 = Seed(product, o6),
            c7 = Seed(product, o7);
        float* a = product.A.Data;
        nint term = 0,
            end = (nint)(product.B.Inputs / CompactWeights.PairTerms) * PairStep;
        for (; term < end; term += PairStep, a += CompactWeights.PairTerms)
        {
            TVector first = TSimd.Broadcast(a[0]),
                second = TSimd.Broadcast(a[1]);
            c0 = AddPair(first, second, b0 + term, c0);
            c1 = AddPair(first, second, b1 + term, c1);
            c2 = AddPair(first, second, b2 + term, c2);
            c3 = AddPair(first, second, b3 + term, c3);
            c4 = AddPair(first, second, b4 + term, c4);
            c5 = AddPair(first, second, b5 + term, c5);
            c6 = AddPair(first, second, b6 + term, c6);
            c7 = AddPair(first, second, b7 + term, c7);
        }
        if (product.B.Inputs % CompactWeights.PairTerms != 0)
        {
            var only = TSimd.Broadcast(*a);
            c0 = AddFirst(only, b0 + term, c0);
            c1 = AddFirst(only, b1 + term, c1);
            c2 = AddFirst(only, b2 + term, c2);
            c3 = AddFirst(only, b3 + term, c3);
            c4 = AddFirst(only, b4 + term, c4);
            c5 = AddFirst(only, b5 + term, c5);
            c6 = AddFirst(only, b6 + term, c6);
            c7 = AddFirst(only, b7 + term, c7);
        }
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
        float* memory = stackalloc float[MatrixProducts.TermBlock * BlockOutputs + Padding.Unit];
        float* floats = (float*)(((nint)memory + AlignedBuffer.Alignment - 1) & -AlignedBuffer.Alignment);
        var a = product.A.RowRange(firstRow, rows);
        for (int output = 0, outputs; output < product.B.Outputs; output += outputs)
        {
            outputs = Math.Min(BlockOutputs, product.B.Outputs - output);
            product.Begin(firstRow, rows, output, outputs);
            var c = product.C.RowRange(firstRow, rows).ColumnRange(output, outputs);
            for (int term = 0, terms; term < product.B.Inputs; term += terms)
            {
                terms = Math.Min(MatrixProducts.TermBlock, product.B.Inputs - term);
                var widened = new Panels(floats, terms, outputs);
                Widen(product.B.OutputRange(output, outputs), term, widened);
                MatrixProducts.AddProduct(a.ColumnRange(term, terms), widened, c, width);
            }
        }
    }

    /// <summary>Some terms as floats.</summary>
    /// <param name="b">The weights.</param>
    /// <param name="term">The first term, the first of a pair.</param>
    /// <param name="floats">(terms, N), overwritten.</param>
    private static void Widen(WeightPanels b, int term, Panels floats)
    {
        for (int output = 0; output < b.Outputs; output += TSimd.Count)
        {
            float* pairs = PairsOf(b, output) + (nint)(term / CompactWeights.PairTerms) * PairStep,
                to =
                    &floats.Data[
                        output / MatrixProducts.PanelWidth * floats.PanelLength + output % MatrixProducts.PanelWidth
                    ];
            for (int i = 0; i < floats.Inputs / CompactWeights.PairTerms; i++)
            {
                var pair = TSimd.Load(pairs);
                TSimd.Store(TSimd.LowerHalves(pair), to);
                TSimd.Store(TSimd.UpperHalves(pair), to + MatrixProducts.PanelWidth);
                pairs += PairStep;
                to += CompactWeights.PairTerms * MatrixProducts.PanelWidth;
            }
            if (floats.Inputs % CompactWeights.PairTerms != 0)
                TSimd.Store(TSimd.LowerHalves(TSimd.Load(pairs)), to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector AddPair(TVector first, TVector second, float* pair, TVector sum)
    {
        var weights = TSimd.Load(pair);
        sum = TSimd.MultiplyAdd(first, TSimd.LowerHalves(weights), sum);
        return TSimd.MultiplyAdd(second, TSimd.UpperHalves(weights), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector AddFirst(TVector factor, float* pair, TVector sum) =>
        TSimd.MultiplyAdd(factor, TSimd.LowerHalves(TSimd.Load(pair)), sum);

    /// <summary>The first pairs of an output and its neighbors; a pair is as long as a float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* PairsOf(WeightPanels b, int output) =>
        (float*)(b.Data + output / MatrixProducts.PanelWidth * b.PanelBytes) + output % MatrixProducts.PanelWidth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Seed(in CompactProduct product, int output) =>
        product.Seed is null ? TSimd.Broadcast(0f) : TSimd.Load(product.Seed + output);
}
