using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>
/// Tiles of three vectors, for machines with 32 vector registers: where outputs fill an odd number of vectors, as 65
/// symbols or 100 units do, the last three are taken together, instead of the last one alone at half the speed.
/// </summary>
internal static unsafe partial class Tiles<TSimd, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows2Triple(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector,
            bThird = tile.BPair;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c0c = TSimd.Load(tile.Seed + tile.SeedPair);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c1c = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var bC = TSimd.Load(b + bThird);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            c0c = TSimd.MultiplyAdd(a0, bC, c0c);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            c1c = TSimd.MultiplyAdd(a1, bC, c1c);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c0c, tile.C + tile.CPair);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c1c, tile.C + tile.CRow + tile.CPair);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows3Triple(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector,
            bThird = tile.BPair;
        nint aRow2 = 2 * aRow;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c0c = TSimd.Load(tile.Seed + tile.SeedPair);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c1c = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c2c = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedPair);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var bC = TSimd.Load(b + bThird);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            c0c = TSimd.MultiplyAdd(a0, bC, c0c);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            c1c = TSimd.MultiplyAdd(a1, bC, c1c);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            c2c = TSimd.MultiplyAdd(a2, bC, c2c);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c0c, tile.C + tile.CPair);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c1c, tile.C + tile.CRow + tile.CPair);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c2c, tile.C + 2 * tile.CRow + tile.CPair);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows4Triple(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector,
            bThird = tile.BPair;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c0c = TSimd.Load(tile.Seed + tile.SeedPair);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c1c = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c2c = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedPair);
        var c3a = TSimd.Load(tile.Seed + 3 * tile.SeedRow);
        var c3b = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedVector);
        var c3c = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedPair);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var bC = TSimd.Load(b + bThird);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            c0c = TSimd.MultiplyAdd(a0, bC, c0c);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            c1c = TSimd.MultiplyAdd(a1, bC, c1c);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            c2c = TSimd.MultiplyAdd(a2, bC, c2c);
            var a3 = TSimd.Broadcast(a[aRow3]);
            c3a = TSimd.MultiplyAdd(a3, bA, c3a);
            c3b = TSimd.MultiplyAdd(a3, bB, c3b);
            c3c = TSimd.MultiplyAdd(a3, bC, c3c);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c0c, tile.C + tile.CPair);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c1c, tile.C + tile.CRow + tile.CPair);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c2c, tile.C + 2 * tile.CRow + tile.CPair);
        TSimd.Store(c3a, tile.C + 3 * tile.CRow);
        TSimd.Store(c3b, tile.C + 3 * tile.CRow + tile.CVector);
        TSimd.Store(c3c, tile.C + 3 * tile.CRow + tile.CPair);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows5Triple(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector,
            bThird = tile.BPair;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c0c = TSimd.Load(tile.Seed + tile.SeedPair);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c1c = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c2c = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedPair);
        var c3a = TSimd.Load(tile.Seed + 3 * tile.SeedRow);
        var c3b = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedVector);
        var c3c = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedPair);
        var c4a = TSimd.Load(tile.Seed + 4 * tile.SeedRow);
        var c4b = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedVector);
        var c4c = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedPair);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var bC = TSimd.Load(b + bThird);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            c0c = TSimd.MultiplyAdd(a0, bC, c0c);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            c1c = TSimd.MultiplyAdd(a1, bC, c1c);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            c2c = TSimd.MultiplyAdd(a2, bC, c2c);
            var a3 = TSimd.Broadcast(a[aRow3]);
            c3a = TSimd.MultiplyAdd(a3, bA, c3a);
            c3b = TSimd.MultiplyAdd(a3, bB, c3b);
            c3c = TSimd.MultiplyAdd(a3, bC, c3c);
            var a4 = TSimd.Broadcast(a[aRow4]);
            c4a = TSimd.MultiplyAdd(a4, bA, c4a);
            c4b = TSimd.MultiplyAdd(a4, bB, c4b);
            c4c = TSimd.MultiplyAdd(a4, bC, c4c);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c0c, tile.C + tile.CPair);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c1c, tile.C + tile.CRow + tile.CPair);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c2c, tile.C + 2 * tile.CRow + tile.CPair);
        TSimd.Store(c3a, tile.C + 3 * tile.CRow);
        TSimd.Store(c3b, tile.C + 3 * tile.CRow + tile.CVector);
        TSimd.Store(c3c, tile.C + 3 * tile.CRow + tile.CPair);
        TSimd.Store(c4a, tile.C + 4 * tile.CRow);
        TSimd.Store(c4b, tile.C + 4 * tile.CRow + tile.CVector);
        TSimd.Store(c4c, tile.C + 4 * tile.CRow + tile.CPair);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows6Triple(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector,
            bThird = tile.BPair;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c0c = TSimd.Load(tile.Seed + tile.SeedPair);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c1c = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c2c = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedPair);
        var c3a = TSimd.Load(tile.Seed + 3 * tile.SeedRow);
        var c3b = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedVector);
        var c3c = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedPair);
        var c4a = TSimd.Load(tile.Seed + 4 * tile.SeedRow);
        var c4b = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedVector);
        var c4c = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedPair);
        var c5a = TSimd.Load(tile.Seed + 5 * tile.SeedRow);
        var c5b = TSimd.Load(tile.Seed + 5 * tile.SeedRow + tile.SeedVector);
        var c5c = TSimd.Load(tile.Seed + 5 * tile.SeedRow + tile.SeedPair);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var bC = TSimd.Load(b + bThird);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            c0c = TSimd.MultiplyAdd(a0, bC, c0c);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            c1c = TSimd.MultiplyAdd(a1, bC, c1c);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            c2c = TSimd.MultiplyAdd(a2, bC, c2c);
            var a3 = TSimd.Broadcast(a[aRow3]);
            c3a = TSimd.MultiplyAdd(a3, bA, c3a);
            c3b = TSimd.MultiplyAdd(a3, bB, c3b);
            c3c = TSimd.MultiplyAdd(a3, bC, c3c);
            var a4 = TSimd.Broadcast(a[aRow4]);
            c4a = TSimd.MultiplyAdd(a4, bA, c4a);
            c4b = TSimd.MultiplyAdd(a4, bB, c4b);
            c4c = TSimd.MultiplyAdd(a4, bC, c4c);
            var a5 = TSimd.Broadcast(a[aRow5]);
            c5a = TSimd.MultiplyAdd(a5, bA, c5a);
            c5b = TSimd.MultiplyAdd(a5, bB, c5b);
            c5c = TSimd.MultiplyAdd(a5, bC, c5c);
            a += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c0c, tile.C + tile.CPair);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c1c, tile.C + tile.CRow + tile.CPair);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c2c, tile.C + 2 * tile.CRow + tile.CPair);
        TSimd.Store(c3a, tile.C + 3 * tile.CRow);
        TSimd.Store(c3b, tile.C + 3 * tile.CRow + tile.CVector);
        TSimd.Store(c3c, tile.C + 3 * tile.CRow + tile.CPair);
        TSimd.Store(c4a, tile.C + 4 * tile.CRow);
        TSimd.Store(c4b, tile.C + 4 * tile.CRow + tile.CVector);
        TSimd.Store(c4c, tile.C + 4 * tile.CRow + tile.CPair);
        TSimd.Store(c5a, tile.C + 5 * tile.CRow);
        TSimd.Store(c5b, tile.C + 5 * tile.CRow + tile.CVector);
        TSimd.Store(c5c, tile.C + 5 * tile.CRow + tile.CPair);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows7Triple(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector,
            bThird = tile.BPair;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            lower = tile.A + 6 * aRow,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c0c = TSimd.Load(tile.Seed + tile.SeedPair);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c1c = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c2c = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedPair);
        var c3a = TSimd.Load(tile.Seed + 3 * tile.SeedRow);
        var c3b = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedVector);
        var c3c = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedPair);
        var c4a = TSimd.Load(tile.Seed + 4 * tile.SeedRow);
        var c4b = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedVector);
        var c4c = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedPair);
        var c5a = TSimd.Load(tile.Seed + 5 * tile.SeedRow);
        var c5b = TSimd.Load(tile.Seed + 5 * tile.SeedRow + tile.SeedVector);
        var c5c = TSimd.Load(tile.Seed + 5 * tile.SeedRow + tile.SeedPair);
        var c6a = TSimd.Load(tile.Seed + 6 * tile.SeedRow);
        var c6b = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedVector);
        var c6c = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedPair);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var bC = TSimd.Load(b + bThird);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            c0c = TSimd.MultiplyAdd(a0, bC, c0c);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            c1c = TSimd.MultiplyAdd(a1, bC, c1c);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            c2c = TSimd.MultiplyAdd(a2, bC, c2c);
            var a3 = TSimd.Broadcast(a[aRow3]);
            c3a = TSimd.MultiplyAdd(a3, bA, c3a);
            c3b = TSimd.MultiplyAdd(a3, bB, c3b);
            c3c = TSimd.MultiplyAdd(a3, bC, c3c);
            var a4 = TSimd.Broadcast(a[aRow4]);
            c4a = TSimd.MultiplyAdd(a4, bA, c4a);
            c4b = TSimd.MultiplyAdd(a4, bB, c4b);
            c4c = TSimd.MultiplyAdd(a4, bC, c4c);
            var a5 = TSimd.Broadcast(a[aRow5]);
            c5a = TSimd.MultiplyAdd(a5, bA, c5a);
            c5b = TSimd.MultiplyAdd(a5, bB, c5b);
            c5c = TSimd.MultiplyAdd(a5, bC, c5c);
            var a6 = TSimd.Broadcast(*lower);
            c6a = TSimd.MultiplyAdd(a6, bA, c6a);
            c6b = TSimd.MultiplyAdd(a6, bB, c6b);
            c6c = TSimd.MultiplyAdd(a6, bC, c6c);
            a += aStep;
            lower += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c0c, tile.C + tile.CPair);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c1c, tile.C + tile.CRow + tile.CPair);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c2c, tile.C + 2 * tile.CRow + tile.CPair);
        TSimd.Store(c3a, tile.C + 3 * tile.CRow);
        TSimd.Store(c3b, tile.C + 3 * tile.CRow + tile.CVector);
        TSimd.Store(c3c, tile.C + 3 * tile.CRow + tile.CPair);
        TSimd.Store(c4a, tile.C + 4 * tile.CRow);
        TSimd.Store(c4b, tile.C + 4 * tile.CRow + tile.CVector);
        TSimd.Store(c4c, tile.C + 4 * tile.CRow + tile.CPair);
        TSimd.Store(c5a, tile.C + 5 * tile.CRow);
        TSimd.Store(c5b, tile.C + 5 * tile.CRow + tile.CVector);
        TSimd.Store(c5c, tile.C + 5 * tile.CRow + tile.CPair);
        TSimd.Store(c6a, tile.C + 6 * tile.CRow);
        TSimd.Store(c6b, tile.C + 6 * tile.CRow + tile.CVector);
        TSimd.Store(c6c, tile.C + 6 * tile.CRow + tile.CPair);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows8Triple(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector,
            bThird = tile.BPair;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            lower = tile.A + 6 * aRow,
            b = tile.B;
        var c0a = TSimd.Load(tile.Seed);
        var c0b = TSimd.Load(tile.Seed + tile.SeedVector);
        var c0c = TSimd.Load(tile.Seed + tile.SeedPair);
        var c1a = TSimd.Load(tile.Seed + tile.SeedRow);
        var c1b = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedVector);
        var c1c = TSimd.Load(tile.Seed + tile.SeedRow + tile.SeedPair);
        var c2a = TSimd.Load(tile.Seed + 2 * tile.SeedRow);
        var c2b = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedVector);
        var c2c = TSimd.Load(tile.Seed + 2 * tile.SeedRow + tile.SeedPair);
        var c3a = TSimd.Load(tile.Seed + 3 * tile.SeedRow);
        var c3b = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedVector);
        var c3c = TSimd.Load(tile.Seed + 3 * tile.SeedRow + tile.SeedPair);
        var c4a = TSimd.Load(tile.Seed + 4 * tile.SeedRow);
        var c4b = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedVector);
        var c4c = TSimd.Load(tile.Seed + 4 * tile.SeedRow + tile.SeedPair);
        var c5a = TSimd.Load(tile.Seed + 5 * tile.SeedRow);
        var c5b = TSimd.Load(tile.Seed + 5 * tile.SeedRow + tile.SeedVector);
        var c5c = TSimd.Load(tile.Seed + 5 * tile.SeedRow + tile.SeedPair);
        var c6a = TSimd.Load(tile.Seed + 6 * tile.SeedRow);
        var c6b = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedVector);
        var c6c = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedPair);
        var c7a = TSimd.Load(tile.Seed + 7 * tile.SeedRow);
        var c7b = TSimd.Load(tile.Seed + 7 * tile.SeedRow + tile.SeedVector);
        var c7c = TSimd.Load(tile.Seed + 7 * tile.SeedRow + tile.SeedPair);
        for (int k = tile.Terms; k > 0; k--)
        {
            var bA = TSimd.Load(b);
            var bB = TSimd.Load(b + bVector);
            var bC = TSimd.Load(b + bThird);
            var a0 = TSimd.Broadcast(*a);
            c0a = TSimd.MultiplyAdd(a0, bA, c0a);
            c0b = TSimd.MultiplyAdd(a0, bB, c0b);
            c0c = TSimd.MultiplyAdd(a0, bC, c0c);
            var a1 = TSimd.Broadcast(a[aRow]);
            c1a = TSimd.MultiplyAdd(a1, bA, c1a);
            c1b = TSimd.MultiplyAdd(a1, bB, c1b);
            c1c = TSimd.MultiplyAdd(a1, bC, c1c);
            var a2 = TSimd.Broadcast(a[aRow2]);
            c2a = TSimd.MultiplyAdd(a2, bA, c2a);
            c2b = TSimd.MultiplyAdd(a2, bB, c2b);
            c2c = TSimd.MultiplyAdd(a2, bC, c2c);
            var a3 = TSimd.Broadcast(a[aRow3]);
            c3a = TSimd.MultiplyAdd(a3, bA, c3a);
            c3b = TSimd.MultiplyAdd(a3, bB, c3b);
            c3c = TSimd.MultiplyAdd(a3, bC, c3c);
            var a4 = TSimd.Broadcast(a[aRow4]);
            c4a = TSimd.MultiplyAdd(a4, bA, c4a);
            c4b = TSimd.MultiplyAdd(a4, bB, c4b);
            c4c = TSimd.MultiplyAdd(a4, bC, c4c);
            var a5 = TSimd.Broadcast(a[aRow5]);
            c5a = TSimd.MultiplyAdd(a5, bA, c5a);
            c5b = TSimd.MultiplyAdd(a5, bB, c5b);
            c5c = TSimd.MultiplyAdd(a5, bC, c5c);
            var a6 = TSimd.Broadcast(*lower);
            c6a = TSimd.MultiplyAdd(a6, bA, c6a);
            c6b = TSimd.MultiplyAdd(a6, bB, c6b);
            c6c = TSimd.MultiplyAdd(a6, bC, c6c);
            var a7 = TSimd.Broadcast(lower[aRow]);
            c7a = TSimd.MultiplyAdd(a7, bA, c7a);
            c7b = TSimd.MultiplyAdd(a7, bB, c7b);
            c7c = TSimd.MultiplyAdd(a7, bC, c7c);
            a += aStep;
            lower += aStep;
            b += MatrixProducts.PanelWidth;
        }
        TSimd.Store(c0a, tile.C);
        TSimd.Store(c0b, tile.C + tile.CVector);
        TSimd.Store(c0c, tile.C + tile.CPair);
        TSimd.Store(c1a, tile.C + tile.CRow);
        TSimd.Store(c1b, tile.C + tile.CRow + tile.CVector);
        TSimd.Store(c1c, tile.C + tile.CRow + tile.CPair);
        TSimd.Store(c2a, tile.C + 2 * tile.CRow);
        TSimd.Store(c2b, tile.C + 2 * tile.CRow + tile.CVector);
        TSimd.Store(c2c, tile.C + 2 * tile.CRow + tile.CPair);
        TSimd.Store(c3a, tile.C + 3 * tile.CRow);
        TSimd.Store(c3b, tile.C + 3 * tile.CRow + tile.CVector);
        TSimd.Store(c3c, tile.C + 3 * tile.CRow + tile.CPair);
        TSimd.Store(c4a, tile.C + 4 * tile.CRow);
        TSimd.Store(c4b, tile.C + 4 * tile.CRow + tile.CVector);
        TSimd.Store(c4c, tile.C + 4 * tile.CRow + tile.CPair);
        TSimd.Store(c5a, tile.C + 5 * tile.CRow);
        TSimd.Store(c5b, tile.C + 5 * tile.CRow + tile.CVector);
        TSimd.Store(c5c, tile.C + 5 * tile.CRow + tile.CPair);
        TSimd.Store(c6a, tile.C + 6 * tile.CRow);
        TSimd.Store(c6b, tile.C + 6 * tile.CRow + tile.CVector);
        TSimd.Store(c6c, tile.C + 6 * tile.CRow + tile.CPair);
        TSimd.Store(c7a, tile.C + 7 * tile.CRow);
        TSimd.Store(c7b, tile.C + 7 * tile.CRow + tile.CVector);
        TSimd.Store(c7c, tile.C + 7 * tile.CRow + tile.CPair);
    }
}
