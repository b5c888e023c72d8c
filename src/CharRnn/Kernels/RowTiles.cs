using System.Runtime.CompilerServices;

namespace CharRnn.Kernels;

/// <summary>
/// One row of A against eight vectors of outputs: what a batch of one stream, in training and in sampling, spends its time in.
/// Each sum waits for its own last term, so a row takes at least four cycles for each term, however few its outputs; eight sums fill that time.
/// The plain form: <c>c[j] = seed[j] + Σₖ a[k]·b[k,j]</c>.
/// </summary>
internal static unsafe class RowTiles<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Vectors of outputs that are summed together.</summary>
    private const int Vectors = 8;

    /// <summary>One row of a product, over all its panels.</summary>
    public static void Run(in RowOperands row)
    {
        int outputs = row.B.Outputs;
        for (int output = 0; output < outputs; output += Vectors * TSimd.Count) RunTile(row, output, outputs - TSimd.Count);
    }

    /// <param name="row">The row.</param>
    /// <param name="output">The first output.</param>
    /// <param name="last">Where the last vector of outputs begins: vectors beyond it compute the same as it again, which costs nothing while sums wait.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTile(in RowOperands row, int output, int last)
    {
        int o1 = Math.Min(output + TSimd.Count, last), o2 = Math.Min(output + 2 * TSimd.Count, last);
        int o3 = Math.Min(output + 3 * TSimd.Count, last), o4 = Math.Min(output + 4 * TSimd.Count, last);
        int o5 = Math.Min(output + 5 * TSimd.Count, last), o6 = Math.Min(output + 6 * TSimd.Count, last), o7 = Math.Min(output + 7 * TSimd.Count, last);
        TVector c0 = TSimd.Load(row.SeedAt(output)), c1 = TSimd.Load(row.SeedAt(o1)), c2 = TSimd.Load(row.SeedAt(o2)), c3 = TSimd.Load(row.SeedAt(o3));
        TVector c4 = TSimd.Load(row.SeedAt(o4)), c5 = TSimd.Load(row.SeedAt(o5)), c6 = TSimd.Load(row.SeedAt(o6)), c7 = TSimd.Load(row.SeedAt(o7));
        float* b0 = row.BAt(output), b1 = row.BAt(o1), b2 = row.BAt(o2), b3 = row.BAt(o3), b4 = row.BAt(o4), b5 = row.BAt(o5), b6 = row.BAt(o6), b7 = row.BAt(o7);
        float* a = row.A;
        nint aStep = row.AStep, end = (nint)row.B.Inputs * MatrixProducts.PanelWidth;
        for (nint term = 0; term < end; term += MatrixProducts.PanelWidth)
        {
            TVector factor = TSimd.Broadcast(*a);
            c0 = TSimd.MultiplyAdd(factor, TSimd.Load(b0 + term), c0);
            c1 = TSimd.MultiplyAdd(factor, TSimd.Load(b1 + term), c1);
            c2 = TSimd.MultiplyAdd(factor, TSimd.Load(b2 + term), c2);
            c3 = TSimd.MultiplyAdd(factor, TSimd.Load(b3 + term), c3);
            c4 = TSimd.MultiplyAdd(factor, TSimd.Load(b4 + term), c4);
            c5 = TSimd.MultiplyAdd(factor, TSimd.Load(b5 + term), c5);
            c6 = TSimd.MultiplyAdd(factor, TSimd.Load(b6 + term), c6);
            c7 = TSimd.MultiplyAdd(factor, TSimd.Load(b7 + term), c7);
            a += aStep;
        }
        TSimd.Store(c0, row.CAt(output));
        TSimd.Store(c1, row.CAt(o1));
        TSimd.Store(c2, row.CAt(o2));
        TSimd.Store(c3, row.CAt(o3));
        TSimd.Store(c4, row.CAt(o4));
        TSimd.Store(c5, row.CAt(o5));
        TSimd.Store(c6, row.CAt(o6));
        TSimd.Store(c7, row.CAt(o7));
    }
}
