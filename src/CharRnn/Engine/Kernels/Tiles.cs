using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>
/// The innermost loops of every matrix product: a few rows of A against a few vectors of B, all sums held in registers.
/// One vector of B is loaded, each row's number is broadcast against it; each lane of each sum belongs to one output,
/// and its terms are added in order. So neither the tile's shape nor the vector's width is visible in the result; the
/// shapes differ only so that at least eight sums are in flight (a multiply-add takes about four cycles and two start
/// each cycle) without running out of sixteen registers.
/// </summary>
/// <remarks>
/// A "pair" is two neighbouring vectors of outputs. The plain form of all of them: <c>c[i,j] = seed[i,j] + Σₖ
/// a[i,k]·b[k,j]</c>.
/// </remarks>
internal static unsafe partial class Tiles<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows6Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c3a = TSimd.Load(tile.Seed + 3 * tile.SeedRow);
        var c3b = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedVector);
        var c4a = TSimd.Load(tile.Seed + 4 * tile.SeedRow);
        var c4b = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedVector);
        var c5a = TSimd.Load(tile.Seed + 5 * tile.SeedRow);
        var c5b = TSimd.Load(tile.Seed + 5 * tile.SeedRow + tile.SeedVector);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            var a3 = TSimd.Broadcast(a[aRow3]);
            c3a = TSimd.MultiplyAdd(a3, bA, c3a);
            c3b = TSimd.MultiplyAdd(a3, bB, c3b);
            var a4 = TSimd.Broadcast(a[aRow4]);
            c4a = TSimd.MultiplyAdd(a4, bA, c4a);
            c4b = TSimd.MultiplyAdd(a4, bB, c4b);
            var a5 = TSimd.Broadcast(a[aRow5]);
            c5a = TSimd.MultiplyAdd(a5, bA, c5a);
            c5b = TSimd.MultiplyAdd(a5, bB, c5b);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c3a, tile.C + 3 * tile.CRow);
        TSimd.Store(c3b, tile.C + 3 * tile.CRow + tile.CVector);
        TSimd.Store(c4a, tile.C + 4 * tile.CRow);
        TSimd.Store(c4b, tile.C + 4 * tile.CRow + tile.CVector);
        TSimd.Store(c5a, tile.C + 5 * tile.CRow);
        TSimd.Store(c5b, tile.C + 5 * tile.CRow + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows5Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c3a = TSimd.Load(tile.Seed + 3 * tile.SeedRow);
        var c3b = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedVector);
        var c4a = TSimd.Load(tile.Seed + 4 * tile.SeedRow);
        var c4b = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedVector);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            var a3 = TSimd.Broadcast(a[aRow3]);
            c3a = TSimd.MultiplyAdd(a3, bA, c3a);
            c3b = TSimd.MultiplyAdd(a3, bB, c3b);
            var a4 = TSimd.Broadcast(a[aRow4]);
            c4a = TSimd.MultiplyAdd(a4, bA, c4a);
            c4b = TSimd.MultiplyAdd(a4, bB, c4b);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c3a, tile.C + 3 * tile.CRow);
        TSimd.Store(c3b, tile.C + 3 * tile.CRow + tile.CVector);
        TSimd.Store(c4a, tile.C + 4 * tile.CRow);
        TSimd.Store(c4b, tile.C + 4 * tile.CRow + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows4Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c3a = TSimd.Load(tile.Seed + 3 * tile.SeedRow);
        var c3b = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedVector);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            var a3 = TSimd.Broadcast(a[aRow3]);
            c3a = TSimd.MultiplyAdd(a3, bA, c3a);
            c3b = TSimd.MultiplyAdd(a3, bB, c3b);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c3a, tile.C + 3 * tile.CRow);
        TSimd.Store(c3b, tile.C + 3 * tile.CRow + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows3Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows2Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
    }
}
