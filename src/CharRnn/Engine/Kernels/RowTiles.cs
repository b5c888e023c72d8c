using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>Operands of a product of one row.</summary>
/// <param name="a">The row; its next term is <paramref name="aStep"/> on.</param>
/// <param name="aStep">Floats from one term to the next.</param>
/// <param name="b">(K, N).</param>
/// <param name="seed">(N): the initial values of the sums; null for zeros.</param>
/// <param name="c">(N).</param>
internal readonly unsafe struct RowOperands(float* a, nint aStep, Panels b, float* seed, float* c)
{
    public readonly float* A = a;
    public readonly nint AStep = aStep;
    public readonly Panels B = b;
    public readonly float* Seed = seed;
    public readonly float* C = c;
}

/// <summary>
/// The innermost loop of a product of one row: one row of A against eight vectors of outputs,
/// <c>c[j] = seed[j] + Σₖ a[k]·b[k,j]</c>. A batch of one stream, in training and in sampling, spends its time here.
/// Each sum waits for its own last term, so a row takes at least four cycles for each term, however few its outputs;
/// eight sums fill that time.
/// </summary>
internal static unsafe class RowTiles<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Vectors of outputs in a tile.</summary>
    private const int Vectors = 8;

    /// <summary>Computes one row of a product, over all its panels.</summary>
    public static void Run(in RowOperands row)
    {
        int last = row.B.Outputs - TSimd.Count;
        for (int output = 0; output <= last; output += Vectors * TSimd.Count)
            RunTile(row, output, last);
    }

    /// <param name="row">The row.</param>
    /// <param name="o0">The first output.</param>
    /// <param name="last">
    /// The first output of the last vector: vectors beyond it compute the same as it again, which costs nothing while
    /// sums wait.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTile(in RowOperands row, int o0, int last)
    {
        nint end = (nint)row.B.PanelLength,
            aStep = row.AStep;
        int o1 = Math.Min(o0 + TSimd.Count, last),
            o2 = Math.Min(o1 + TSimd.Count, last),
            o3 = Math.Min(o2 + TSimd.Count, last);
        int o4 = Math.Min(o3 + TSimd.Count, last),
            o5 = Math.Min(o4 + TSimd.Count, last),
            o6 = Math.Min(o5 + TSimd.Count, last);
        int o7 = Math.Min(o6 + TSimd.Count, last);
        TVector c0 = Seed(row, o0),
            c1 = Seed(row, o1),
            c2 = Seed(row, o2),
            c3 = Seed(row, o3);
        TVector c4 = Seed(row, o4),
            c5 = Seed(row, o5),
            c6 = Seed(row, o6),
            c7 = Seed(row, o7);
        float* a = row.A,
            b = row.B.Data;
        float* b0 = b + OffsetOf(o0, end),
            b1 = b + OffsetOf(o1, end),
            b2 = b + OffsetOf(o2, end),
            b3 = b + OffsetOf(o3, end);
        float* b4 = b + OffsetOf(o4, end),
            b5 = b + OffsetOf(o5, end),
            b6 = b + OffsetOf(o6, end),
            b7 = b + OffsetOf(o7, end);
        for (nint term = 0; term < end; term += MatrixProducts.PanelWidth)
        {
            var factor = TSimd.Broadcast(*a);
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
        float* c = row.C;
        TSimd.Store(c0, c + o0);
        TSimd.Store(c1, c + o1);
        TSimd.Store(c2, c + o2);
        TSimd.Store(c3, c + o3);
        TSimd.Store(c4, c + o4);
        TSimd.Store(c5, c + o5);
        TSimd.Store(c6, c + o6);
        TSimd.Store(c7, c + o7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint OffsetOf(int output, nint panelLength) =>
        (output / MatrixProducts.PanelWidth) * panelLength + output % MatrixProducts.PanelWidth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Seed(in RowOperands row, int output) =>
        row.Seed is null ? TSimd.Broadcast(0f) : TSimd.Load(row.Seed + output);
}
