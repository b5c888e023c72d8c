using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>
/// Tiles of a product with weights of eight bits. A block of each row of A is rounded to sixteen bits with a scale of
/// its own, which is finer than the weights are; the products of both are whole numbers and so are their sums:
/// <code>
/// a ≈ sA · (−32767 … 32767)    b = sB · (−127 … 127)    c = seed + Σ over blocks of sA·sB · Σₖ (whole a)·(whole b)
/// </code>
/// Sums of whole numbers are exact, and blocks depend on k alone, so that rows, tiles and vector widths change no bit.
/// One row, a batch of one stream, reads each weight once, in the order of memory.
/// </summary>
internal static unsafe class Int8Tiles<TSums, TVector>
    where TSums : struct, IPairSums<TVector>
    where TVector : unmanaged
{
    /// <summary>Terms of a block, as many as cannot overflow 32 bits.</summary>
    private const int TermBlock = 512;

    /// <summary>Rows that are rounded at a time.</summary>
    private const int RowBlock = 32;

    /// <summary>Bytes from one pair of terms of a panel to the next.</summary>
    private const int PairStep = CompactWeights.PairTerms * MatrixProducts.PanelWidth;

    /// <summary>Vectors of outputs in a tile of one row; rows and vectors in the tile of several.</summary>
    private const int RowVectors = 8,
        TileRows = 4,
        TileVectors = 2;

    /// <summary>Computes a product.</summary>
    [SkipLocalsInit]
    public static void Run(in CompactProduct product)
    {
        Debug.Assert((long)TermBlock * CompactWeights.MaxInt8 * short.MaxValue <= int.MaxValue);
        product.Begin(0, product.A.Rows, 0, product.B.Outputs);
        short* rounded = stackalloc short[Math.Min(product.A.Rows, RowBlock) * TermBlock];
        float* factors = stackalloc float[RowBlock];
        for (int row = 0, rows; row < product.A.Rows; row += rows)
        {
            rows = Math.Min(RowBlock, product.A.Rows - row);
            for (int term = 0, terms; term < product.B.Inputs; term += terms)
            {
                terms = Math.Min(TermBlock, product.B.Inputs - term);
                for (int i = 0; i < rows; i++)
                    factors[i] = RoundedRows.Round(
                        product.A.Row(row + i).Slice(term, terms),
                        new Span<short>(rounded + i * TermBlock, CompactWeights.StoredTerms(WeightFormat.Int8, terms))
                    );
                var block = new Block(product, row, rows, term, terms, rounded, factors);
                int last = product.B.Outputs - TSums.Count,
                    vectors = rows == 1 ? RowVectors : TileVectors;
                for (int output = 0; output <= last; output += vectors * TSums.Count)
                {
                    if (rows == 1)
                        RunRow(block, output, last);
                    else
                        RunRows(block, output, last);
                }
            }
        }
    }

    /// <param name="block">A block of one row.</param>
    /// <param name="o0">The first output.</param>
    /// <param name="last">
    /// The first output of the last vector: vectors beyond it compute the same as it again, and are not stored.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunRow(in Block block, int o0, int last)
    {
        int o1 = Math.Min(o0 + TSums.Count, last),
            o2 = Math.Min(o1 + TSums.Count, last),
            o3 = Math.Min(o2 + TSums.Count, last);
        int o4 = Math.Min(o3 + TSums.Count, last),
            o5 = Math.Min(o4 + TSums.Count, last),
            o6 = Math.Min(o5 + TSums.Count, last);
        int o7 = Math.Min(o6 + TSums.Count, last);
        sbyte* b0 = block.Weights(o0),
            b1 = block.Weights(o1),
            b2 = block.Weights(o2),
            b3 = block.Weights(o3);
        sbyte* b4 = block.Weights(o4),
            b5 = block.Weights(o5),
            b6 = block.Weights(o6),
            b7 = block.Weights(o7);
        TVector c0 = default,
            c1 = default,
            c2 = default,
            c3 = default;
        TVector c4 = default,
            c5 = default,
            c6 = default,
            c7 = default;
        short* a = block.Rounded;
        nint end = (nint)block.Pairs * PairStep;
        for (nint pair = 0; pair < end; pair += PairStep, a += CompactWeights.PairTerms)
        {
            var factors = TSums.BroadcastPair(a);
            c0 = TSums.AddProducts(factors, TSums.LoadPairs(b0 + pair), c0);
            c1 = TSums.AddProducts(factors, TSums.LoadPairs(b1 + pair), c1);
            c2 = TSums.AddProducts(factors, TSums.LoadPairs(b2 + pair), c2);
            c3 = TSums.AddProducts(factors, TSums.LoadPairs(b3 + pair), c3);
            c4 = TSums.AddProducts(factors, TSums.LoadPairs(b4 + pair), c4);
            c5 = TSums.AddProducts(factors, TSums.LoadPairs(b5 + pair), c5);
            c6 = TSums.AddProducts(factors, TSums.LoadPairs(b6 + pair), c6);
            c7 = TSums.AddProducts(factors, TSums.LoadPairs(b7 + pair), c7);
        }
        block.AddScaled(c0, row: 0, o0);
        if (o1 > o0)
            block.AddScaled(c1, row: 0, o1);
        if (o2 > o1)
            block.AddScaled(c2, row: 0, o2);
        if (o3 > o2)
            block.AddScaled(c3, row: 0, o3);
        if (o4 > o3)
            block.AddScaled(c4, row: 0, o4);
        if (o5 > o4)
            block.AddScaled(c5, row: 0, o5);
        if (o6 > o5)
            block.AddScaled(c6, row: 0, o6);
        if (o7 > o6)
            block.AddScaled(c7, row: 0, o7);
    }

    /// <summary>Two vectors of outputs of all rows of a block, four rows at a time.</summary>
    private static void RunRows(in Block block, int output, int last)
    {
        for (int row = 0; row < block.Rows; row += TileRows)
            RunTile(block, row, output, Math.Min(output + TSums.Count, last));
    }

    /// <param name="block">The block.</param>
    /// <param name="r0">The first row; rows beyond the last compute the same as it again, and are not stored.</param>
    /// <param name="o0">The first output of the first vector.</param>
    /// <param name="o1">That of the second; of a last odd vector the same.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTile(in Block block, int r0, int o0, int o1)
    {
        int last = block.Rows - 1,
            r1 = Math.Min(r0 + 1, last),
            r2 = Math.Min(r0 + 2, last),
            r3 = Math.Min(r0 + 3, last);
        short* a0 = block.Rounded + (nint)r0 * TermBlock,
            a1 = block.Rounded + (nint)r1 * TermBlock;
        short* a2 = block.Rounded + (nint)r2 * TermBlock,
            a3 = block.Rounded + (nint)r3 * TermBlock;
        sbyte* b0 = block.Weights(o0),
            b1 = block.Weights(o1);
        TVector c00 = default,
            c01 = default,
            c10 = default,
            c11 = default;
        TVector c20 = default,
            c21 = default,
            c30 = default,
            c31 = default;
        nint end = (nint)block.Pairs * CompactWeights.PairTerms;
        for (nint term = 0; term < end; term += CompactWeights.PairTerms, b0 += PairStep, b1 += PairStep)
        {
            TVector first = TSums.LoadPairs(b0),
                second = TSums.LoadPairs(b1);
            var factors = TSums.BroadcastPair(a0 + term);
            c00 = TSums.AddProducts(factors, first, c00);
            c01 = TSums.AddProducts(factors, second, c01);
            factors = TSums.BroadcastPair(a1 + term);
            c10 = TSums.AddProducts(factors, first, c10);
            c11 = TSums.AddProducts(factors, second, c11);
            factors = TSums.BroadcastPair(a2 + term);
            c20 = TSums.AddProducts(factors, first, c20);
            c21 = TSums.AddProducts(factors, second, c21);
            factors = TSums.BroadcastPair(a3 + term);
            c30 = TSums.AddProducts(factors, first, c30);
            c31 = TSums.AddProducts(factors, second, c31);
        }
        AddScaled(block, r0, o0, o1, c00, c01);
        if (r1 > r0)
            AddScaled(block, r1, o0, o1, c10, c11);
        if (r2 > r1)
            AddScaled(block, r2, o0, o1, c20, c21);
        if (r3 > r2)
            AddScaled(block, r3, o0, o1, c30, c31);
    }

    private static void AddScaled(in Block block, int row, int o0, int o1, TVector c0, TVector c1)
    {
        block.AddScaled(c0, row, o0);
        if (o1 > o0)
            block.AddScaled(c1, row, o1);
    }

    /// <summary>Some rows and terms of a product.</summary>
    private readonly struct Block(
        in CompactProduct product,
        int firstRow,
        int rows,
        int firstTerm,
        int terms,
        short* rounded,
        float* factors
    )
    {
        // (N), and (rows, N) from the first row on.
        private readonly WeightPanels _b = product.B;
        private readonly float* _c = product.C.Data + (nint)firstRow * product.C.Stride;
        private readonly nint _cRow = product.C.Stride,
            _firstPair = (nint)(firstTerm / CompactWeights.PairTerms) * PairStep;

        // (rows) the scale of each row's block.
        private readonly float* _factors = factors;

        /// <summary>(rows, TermBlock).</summary>
        public readonly short* Rounded = rounded;

        public readonly int Rows = rows;

        /// <summary>Pairs of terms, a last odd one with a zero beside it.</summary>
        public readonly int Pairs = (terms + CompactWeights.PairTerms - 1) / CompactWeights.PairTerms;

        /// <summary>The first pairs of an output and its neighbors.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public sbyte* Weights(int output) =>
            (sbyte*)_b.Data
            + output / MatrixProducts.PanelWidth * _b.PanelBytes
            + output % MatrixProducts.PanelWidth * CompactWeights.PairTerms
            + _firstPair;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddScaled(TVector sums, int row, int output) =>
            TSums.AddScaled(sums, _factors[row], _b.Scales + output, _c + row * _cRow + output);
    }
}
