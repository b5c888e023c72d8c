using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace CharRnn.Engine;

/// <summary>
/// Products with weights in any format. Compact ones are multiplied as the floats that they stand for; those of eight
/// bits without their scale, by which each sum is multiplied once, before it is added to its seed.
/// </summary>
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
        Debug.Assert(product.A.Columns >= product.B.Inputs && product.C.Columns == product.B.Outputs);
        if (product.A.Rows == 0 || product.B.Outputs == 0)
            return;
        if (product.B.Format == WeightFormat.BF16)
            Run<BFloat16Weights>(product, width);
        else
            Run<Int8Weights>(product, width);
    }

    private static void Run<TWeights>(in CompactProduct product, SimdWidth width)
        where TWeights : struct, ICompactWeights
    {
        switch (width)
        {
            case SimdWidth.Bits512:
                CompactTiles<TWeights, Simd512, Vector512<float>>.Run(product, width);
                break;
            case SimdWidth.Bits256:
                CompactTiles<TWeights, Simd256, Vector256<float>>.Run(product, width);
                break;
            case SimdWidth.Bits128:
                CompactTiles<TWeights, Simd128, Vector128<float>>.Run(product, width);
                break;
            default:
                CompactTiles<TWeights, Scalar, float>.Run(product, width);
                break;
        }
    }
}
