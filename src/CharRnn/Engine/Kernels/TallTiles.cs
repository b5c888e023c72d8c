using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>
/// Tiles of more than six rows, for machines with 32 vector registers (those with vectors of 512 bits): every vector of
/// B then serves more rows, which matters where B comes from the second-level cache. Rows from the seventh on are found
/// from a second pointer.
/// </summary>
internal static unsafe partial class Tiles<TSimd, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows7Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            lower = tile.A + 6 * aRow,
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
        var c6a = TSimd.Load(tile.Seed + 6 * tile.SeedRow);
        var c6b = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedVector);
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
            var a6 = TSimd.Broadcast(*lower);
            c6a = TSimd.MultiplyAdd(a6, bA, c6a);
            c6b = TSimd.MultiplyAdd(a6, bB, c6b);
            a += aStep;
            lower += aStep;
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
        TSimd.Store(c6a, tile.C + 6 * tile.CRow);
        TSimd.Store(c6b, tile.C + 6 * tile.CRow + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows8Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            lower = tile.A + 6 * aRow,
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
        var c6a = TSimd.Load(tile.Seed + 6 * tile.SeedRow);
        var c6b = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedVector);
        var c7a = TSimd.Load(tile.Seed + 7 * tile.SeedRow);
        var c7b = TSimd.Load(tile.Seed + 7 * tile.SeedRow + tile.SeedVector);
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
            var a6 = TSimd.Broadcast(*lower);
            c6a = TSimd.MultiplyAdd(a6, bA, c6a);
            c6b = TSimd.MultiplyAdd(a6, bB, c6b);
            var a7 = TSimd.Broadcast(lower[aRow]);
            c7a = TSimd.MultiplyAdd(a7, bA, c7a);
            c7b = TSimd.MultiplyAdd(a7, bB, c7b);
            a += aStep;
            lower += aStep;
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
        TSimd.Store(c6a, tile.C + 6 * tile.CRow);
        TSimd.Store(c6b, tile.C + 6 * tile.CRow + tile.CVector);
        TSimd.Store(c7a, tile.C + 7 * tile.CRow);
        TSimd.Store(c7b, tile.C + 7 * tile.CRow + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows9Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            lower = tile.A + 6 * aRow,
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
        var c6a = TSimd.Load(tile.Seed + 6 * tile.SeedRow);
        var c6b = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedVector);
        var c7a = TSimd.Load(tile.Seed + 7 * tile.SeedRow);
        var c7b = TSimd.Load(tile.Seed + 7 * tile.SeedRow + tile.SeedVector);
        var c8a = TSimd.Load(tile.Seed + 8 * tile.SeedRow);
        var c8b = TSimd.Load(tile.Seed + 8 * tile.SeedRow + tile.SeedVector);
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
            var a6 = TSimd.Broadcast(*lower);
            c6a = TSimd.MultiplyAdd(a6, bA, c6a);
            c6b = TSimd.MultiplyAdd(a6, bB, c6b);
            var a7 = TSimd.Broadcast(lower[aRow]);
            c7a = TSimd.MultiplyAdd(a7, bA, c7a);
            c7b = TSimd.MultiplyAdd(a7, bB, c7b);
            var a8 = TSimd.Broadcast(lower[aRow2]);
            c8a = TSimd.MultiplyAdd(a8, bA, c8a);
            c8b = TSimd.MultiplyAdd(a8, bB, c8b);
            a += aStep;
            lower += aStep;
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
        TSimd.Store(c6a, tile.C + 6 * tile.CRow);
        TSimd.Store(c6b, tile.C + 6 * tile.CRow + tile.CVector);
        TSimd.Store(c7a, tile.C + 7 * tile.CRow);
        TSimd.Store(c7b, tile.C + 7 * tile.CRow + tile.CVector);
        TSimd.Store(c8a, tile.C + 8 * tile.CRow);
        TSimd.Store(c8b, tile.C + 8 * tile.CRow + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows10Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            lower = tile.A + 6 * aRow,
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
        var c6a = TSimd.Load(tile.Seed + 6 * tile.SeedRow);
        var c6b = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedVector);
        var c7a = TSimd.Load(tile.Seed + 7 * tile.SeedRow);
        var c7b = TSimd.Load(tile.Seed + 7 * tile.SeedRow + tile.SeedVector);
        var c8a = TSimd.Load(tile.Seed + 8 * tile.SeedRow);
        var c8b = TSimd.Load(tile.Seed + 8 * tile.SeedRow + tile.SeedVector);
        var c9a = TSimd.Load(tile.Seed + 9 * tile.SeedRow);
        var c9b = TSimd.Load(tile.Seed + 9 * tile.SeedRow + tile.SeedVector);
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
            var a6 = TSimd.Broadcast(*lower);
            c6a = TSimd.MultiplyAdd(a6, bA, c6a);
            c6b = TSimd.MultiplyAdd(a6, bB, c6b);
            var a7 = TSimd.Broadcast(lower[aRow]);
            c7a = TSimd.MultiplyAdd(a7, bA, c7a);
            c7b = TSimd.MultiplyAdd(a7, bB, c7b);
            var a8 = TSimd.Broadcast(lower[aRow2]);
            c8a = TSimd.MultiplyAdd(a8, bA, c8a);
            c8b = TSimd.MultiplyAdd(a8, bB, c8b);
            var a9 = TSimd.Broadcast(lower[aRow3]);
            c9a = TSimd.MultiplyAdd(a9, bA, c9a);
            c9b = TSimd.MultiplyAdd(a9, bB, c9b);
            a += aStep;
            lower += aStep;
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
        TSimd.Store(c6a, tile.C + 6 * tile.CRow);
        TSimd.Store(c6b, tile.C + 6 * tile.CRow + tile.CVector);
        TSimd.Store(c7a, tile.C + 7 * tile.CRow);
        TSimd.Store(c7b, tile.C + 7 * tile.CRow + tile.CVector);
        TSimd.Store(c8a, tile.C + 8 * tile.CRow);
        TSimd.Store(c8b, tile.C + 8 * tile.CRow + tile.CVector);
        TSimd.Store(c9a, tile.C + 9 * tile.CRow);
        TSimd.Store(c9b, tile.C + 9 * tile.CRow + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows11Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            lower = tile.A + 6 * aRow,
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
        var c6a = TSimd.Load(tile.Seed + 6 * tile.SeedRow);
        var c6b = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedVector);
        var c7a = TSimd.Load(tile.Seed + 7 * tile.SeedRow);
        var c7b = TSimd.Load(tile.Seed + 7 * tile.SeedRow + tile.SeedVector);
        var c8a = TSimd.Load(tile.Seed + 8 * tile.SeedRow);
        var c8b = TSimd.Load(tile.Seed + 8 * tile.SeedRow + tile.SeedVector);
        var c9a = TSimd.Load(tile.Seed + 9 * tile.SeedRow);
        var c9b = TSimd.Load(tile.Seed + 9 * tile.SeedRow + tile.SeedVector);
        var c10a = TSimd.Load(tile.Seed + 10 * tile.SeedRow);
        var c10b = TSimd.Load(tile.Seed + 10 * tile.SeedRow + tile.SeedVector);
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
            var a6 = TSimd.Broadcast(*lower);
            c6a = TSimd.MultiplyAdd(a6, bA, c6a);
            c6b = TSimd.MultiplyAdd(a6, bB, c6b);
            var a7 = TSimd.Broadcast(lower[aRow]);
            c7a = TSimd.MultiplyAdd(a7, bA, c7a);
            c7b = TSimd.MultiplyAdd(a7, bB, c7b);
            var a8 = TSimd.Broadcast(lower[aRow2]);
            c8a = TSimd.MultiplyAdd(a8, bA, c8a);
            c8b = TSimd.MultiplyAdd(a8, bB, c8b);
            var a9 = TSimd.Broadcast(lower[aRow3]);
            c9a = TSimd.MultiplyAdd(a9, bA, c9a);
            c9b = TSimd.MultiplyAdd(a9, bB, c9b);
            var a10 = TSimd.Broadcast(lower[aRow4]);
            c10a = TSimd.MultiplyAdd(a10, bA, c10a);
            c10b = TSimd.MultiplyAdd(a10, bB, c10b);
            a += aStep;
            lower += aStep;
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
        TSimd.Store(c6a, tile.C + 6 * tile.CRow);
        TSimd.Store(c6b, tile.C + 6 * tile.CRow + tile.CVector);
        TSimd.Store(c7a, tile.C + 7 * tile.CRow);
        TSimd.Store(c7b, tile.C + 7 * tile.CRow + tile.CVector);
        TSimd.Store(c8a, tile.C + 8 * tile.CRow);
        TSimd.Store(c8b, tile.C + 8 * tile.CRow + tile.CVector);
        TSimd.Store(c9a, tile.C + 9 * tile.CRow);
        TSimd.Store(c9b, tile.C + 9 * tile.CRow + tile.CVector);
        TSimd.Store(c10a, tile.C + 10 * tile.CRow);
        TSimd.Store(c10b, tile.C + 10 * tile.CRow + tile.CVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows12Pairs1(in TileOperands tile)
    {
        nint aRow = tile.ARow,
            aStep = tile.AStep,
            bVector = tile.BVector;
        nint aRow2 = 2 * aRow,
            aRow3 = 3 * aRow,
            aRow4 = 4 * aRow,
            aRow5 = 5 * aRow;
        float* a = tile.A,
            lower = tile.A + 6 * aRow,
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
        var c6a = TSimd.Load(tile.Seed + 6 * tile.SeedRow);
        var c6b = TSimd.Load(tile.Seed + 6 * tile.SeedRow + tile.SeedVector);
        var c7a = TSimd.Load(tile.Seed + 7 * tile.SeedRow);
        var c7b = TSimd.Load(tile.Seed + 7 * tile.SeedRow + tile.SeedVector);
        var c8a = TSimd.Load(tile.Seed + 8 * tile.SeedRow);
        var c8b = TSimd.Load(tile.Seed + 8 * tile.SeedRow + tile.SeedVector);
        var c9a = TSimd.Load(tile.Seed + 9 * tile.SeedRow);
        var c9b = TSimd.Load(tile.Seed + 9 * tile.SeedRow + tile.SeedVector);
        var c10a = TSimd.Load(tile.Seed + 10 * tile.SeedRow);
        var c10b = TSimd.Load(tile.Seed + 10 * tile.SeedRow + tile.SeedVector);
        var c11a = TSimd.Load(tile.Seed + 11 * tile.SeedRow);
        var c11b = TSimd.Load(tile.Seed + 11 * tile.SeedRow + tile.SeedVector);
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
            var a6 = TSimd.Broadcast(*lower);
            c6a = TSimd.MultiplyAdd(a6, bA, c6a);
            c6b = TSimd.MultiplyAdd(a6, bB, c6b);
            var a7 = TSimd.Broadcast(lower[aRow]);
            c7a = TSimd.MultiplyAdd(a7, bA, c7a);
            c7b = TSimd.MultiplyAdd(a7, bB, c7b);
            var a8 = TSimd.Broadcast(lower[aRow2]);
            c8a = TSimd.MultiplyAdd(a8, bA, c8a);
            c8b = TSimd.MultiplyAdd(a8, bB, c8b);
            var a9 = TSimd.Broadcast(lower[aRow3]);
            c9a = TSimd.MultiplyAdd(a9, bA, c9a);
            c9b = TSimd.MultiplyAdd(a9, bB, c9b);
            var a10 = TSimd.Broadcast(lower[aRow4]);
            c10a = TSimd.MultiplyAdd(a10, bA, c10a);
            c10b = TSimd.MultiplyAdd(a10, bB, c10b);
            var a11 = TSimd.Broadcast(lower[aRow5]);
            c11a = TSimd.MultiplyAdd(a11, bA, c11a);
            c11b = TSimd.MultiplyAdd(a11, bB, c11b);
            a += aStep;
            lower += aStep;
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
        TSimd.Store(c6a, tile.C + 6 * tile.CRow);
        TSimd.Store(c6b, tile.C + 6 * tile.CRow + tile.CVector);
        TSimd.Store(c7a, tile.C + 7 * tile.CRow);
        TSimd.Store(c7b, tile.C + 7 * tile.CRow + tile.CVector);
        TSimd.Store(c8a, tile.C + 8 * tile.CRow);
        TSimd.Store(c8b, tile.C + 8 * tile.CRow + tile.CVector);
        TSimd.Store(c9a, tile.C + 9 * tile.CRow);
        TSimd.Store(c9b, tile.C + 9 * tile.CRow + tile.CVector);
        TSimd.Store(c10a, tile.C + 10 * tile.CRow);
        TSimd.Store(c10b, tile.C + 10 * tile.CRow + tile.CVector);
        TSimd.Store(c11a, tile.C + 11 * tile.CRow);
        TSimd.Store(c11b, tile.C + 11 * tile.CRow + tile.CVector);
    }
}
