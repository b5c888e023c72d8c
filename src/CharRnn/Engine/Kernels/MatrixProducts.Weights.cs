using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace CharRnn.Engine;

/// <summary>Products with weights in any <see cref="WeightFormat"/>.</summary>
internal static unsafe partial class MatrixProducts
{
    /// <inheritdoc cref="Multiply(Matrix, Panels, Matrix)"/>
    public static void Multiply(Matrix a, WeightPanels b, Matrix c)
    {
        if (b.Format == WeightFormat.F32)
            Multiply(a, b.Singles, c);
        else
            Run(new CompactProduct(a, b, seed: null, seedRow: 0, c), BestWidth);
    }

    /// <inheritdoc cref="MultiplyAddBias(Matrix, Panels, Matrix, Matrix)"/>
    public static void MultiplyAddBias(Matrix a, WeightPanels b, Matrix bias, Matrix c)
    {
        Debug.Assert(bias.Columns == b.Outputs);
        if (b.Format == WeightFormat.F32)
            MultiplyAddBias(a, b.Singles, bias, c);
        else
            Run(new CompactProduct(a, b, bias.Data, seedRow: 0, c), BestWidth);
    }

    /// <inheritdoc cref="AddProduct(Matrix, Panels, Matrix)"/>
    public static void AddProduct(Matrix a, WeightPanels b, Matrix c) => AddProduct(a, b, c, BestWidth);

    /// <inheritdoc cref="AddProduct(Matrix, Panels, Matrix, SimdWidth)"/>
    public static void AddProduct(Matrix a, WeightPanels b, Matrix c, SimdWidth width)
    {
        if (b.Format == WeightFormat.F32)
            AddProduct(a, b.Singles, c, width);
        else
            Run(new CompactProduct(a, b, c.Data, c.Stride, c), width);
    }

    private static void Run(in CompactProduct product, SimdWidth width)
    {
        if (product.A.Rows == 0 || product.B.Outputs == 0)
            return;
        if (product.B.Format == WeightFormat.BF16)
            RunBFloat16(product, width);
        else
            RunInt8(product, width);
    }

    private static void RunBFloat16(in CompactProduct product, SimdWidth width)
    {
        switch (width)
        {
            case SimdWidth.Bits512:
                BFloat16Tiles<Simd512, Vector512<float>>.Run(product, width);
                break;
            case SimdWidth.Bits256:
                BFloat16Tiles<Simd256, Vector256<float>>.Run(product, width);
                break;
            case SimdWidth.Bits128:
                BFloat16Tiles<Simd128, Vector128<float>>.Run(product, width);
                break;
            default:
                BFloat16Tiles<Scalar, float>.Run(product, width);
                break;
        }
    }

    private static void RunInt8(in CompactProduct product, SimdWidth width)
    {
        switch (width)
        {
            case SimdWidth.Bits512:
                Int8Tiles<PairSums512, Vector512<int>>.Run(product);
                break;
            case SimdWidth.Bits256:
                Int8Tiles<PairSums256, Vector256<int>>.Run(product);
                break;
            case SimdWidth.Bits128:
                Int8Tiles<PairSums128, Vector128<int>>.Run(product);
                break;
            default:
                Int8Tiles<ScalarPairSums, int>.Run(product);
                break;
        }
    }
}

/// <summary>One product C = seed + A·B with compact weights.</summary>
internal readonly unsafe struct CompactProduct
{
    public readonly Matrix A;
    public readonly WeightPanels B;
    public readonly float* Seed;
    public readonly nint SeedRow;
    public readonly Matrix C;

    /// <summary>Makes a product.</summary>
    /// <param name="a">(M, ≥ K): the first K columns are used.</param>
    /// <param name="b">(K, N).</param>
    /// <param name="seed">(M, N), which may be C: the initial values of the sums; null for zeros.</param>
    /// <param name="seedRow">Floats from one row of the seed to the next; 0 where all rows have the same.</param>
    /// <param name="c">(M, N), overwritten.</param>
    public CompactProduct(Matrix a, WeightPanels b, float* seed, nint seedRow, Matrix c)
    {
        Debug.Assert(a.Columns >= b.Inputs && c.Rows == a.Rows && c.Columns == b.Outputs);
        (A, B, SeedRow, C) = (a, b, seedRow, c);
        Seed = seed;
    }

    /// <summary>Puts the seed of some rows and outputs in the place of their sums.</summary>
    public void Begin(int row, int rows, int output, int outputs)
    {
        if (Seed == C.Data)
            return;
        for (int i = row; i < row + rows; i++)
        {
            var sums = C.Row(i).Slice(output, outputs);
            if (Seed is null)
                sums.Clear();
            else
                new ReadOnlySpan<float>(Seed + i * SeedRow + output, outputs).CopyTo(sums);
        }
    }
}
