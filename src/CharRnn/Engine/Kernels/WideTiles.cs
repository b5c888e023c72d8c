using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>Tiles for two or three rows: more vectors of outputs instead, to keep enough sums in flight.</summary>
internal static unsafe partial class Tiles<TSimd, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows3Pairs2(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector,
            bPair = tile.BPair;
        nint aRow2 = 2 * aRow;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c0c = TSimd.Load(tile.Seed + tile.SeedPair);
        var c0d = TSimd.Load(tile.Seed + tile.SeedPair + tile.SeedVector);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c1c = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair);
        var c1d = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair + tile.SeedVector);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c2c = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedPair);
        var c2d = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedPair + tile.SeedVector);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var bC = TSimd.Load(b + bPair);
            var bD = TSimd.Load(b + bPair + bVector);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            c0c = TSimd.MultiplyAdd(a0, bC, c0c);
            c0d = TSimd.MultiplyAdd(a0, bD, c0d);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            c1c = TSimd.MultiplyAdd(a1, bC, c1c);
            c1d = TSimd.MultiplyAdd(a1, bD, c1d);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            c2c = TSimd.MultiplyAdd(a2, bC, c2c);
            c2d = TSimd.MultiplyAdd(a2, bD, c2d);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c0c, tile.C + tile.CPair);
        TSimd.Store(c0d, tile.C + tile.CPair + tile.CVector);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c1c, tile.C + tile.CRow + tile.CPair);
        TSimd.Store(c1d, tile.C + tile.CRow + tile.CPair + tile.CVector);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c2c, tile.C + 2 * tile.CRow + tile.CPair);
        TSimd.Store(c2d, tile.C + 2 * tile.CRow + tile.CPair + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows2Pairs2(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector,
            bPair = tile.BPair;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c0c = TSimd.Load(tile.Seed + tile.SeedPair);
        var c0d = TSimd.Load(tile.Seed + tile.SeedPair + tile.SeedVector);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c1c = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair);
        var c1d = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair + tile.SeedVector);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var bC = TSimd.Load(b + bPair);
            var bD = TSimd.Load(b + bPair + bVector);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            c0c = TSimd.MultiplyAdd(a0, bC, c0c);
            c0d = TSimd.MultiplyAdd(a0, bD, c0d);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            c1c = TSimd.MultiplyAdd(a1, bC, c1c);
            c1d = TSimd.MultiplyAdd(a1, bD, c1d);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c0c, tile.C + tile.CPair);
        TSimd.Store(c0d, tile.C + tile.CPair + tile.CVector);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c1c, tile.C + tile.CRow + tile.CPair);
        TSimd.Store(c1d, tile.C + tile.CRow + tile.CPair + tile.CVector);
    }
}
