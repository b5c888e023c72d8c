using System.Runtime.Intrinsics;

namespace CharRnn.Engine;

/// <summary>
/// Cuts of a block of a product into register tiles: which rows and which vectors are taken together. Every output is
/// the same sum in any cut.
/// </summary>
internal static unsafe class TileCuts
{
    private const int PanelWidth = MatrixProducts.PanelWidth;

    /// <summary>Rows of the tallest tile in 32 registers: of two vectors, of three, and of four.</summary>
    private const int TallPairRows = 12,
        TallTripleRows = 8,
        TallQuadRows = 3;

    /// <summary>Rows of the tallest tile in 16 registers: of two vectors, of three, and of four.</summary>
    private const int PairRows = 6,
        TripleRows = 4,
        QuadRows = 2;

    /// <summary>Panels that are two triples of vectors of half a panel.</summary>
    private const int PanelsOfTriples = 3;

    /// <summary>
    /// Vectors of a whole panel, in 32 registers: panels in pairs; the last three of an odd number together, and a
    /// single panel as two halves.
    /// </summary>
    public static void RunWide(in Product block)
    {
        int count = block.B.Count;
        if (count == 1)
        {
            RunHalves(block);
            return;
        }
        int paired = count % 2 == 0 ? count : count - 3,
            panel = 0;
        if (block.Rows <= TallQuadRows)
        {
            for (; panel + 4 <= paired; panel += 4)
                RunEvenRows<Simd512, Vector512<float>>(block, panel, lane: 0, vectors: 4, TallPairRows);
        }
        for (; panel < paired; panel += 2)
            RunEvenRows<Simd512, Vector512<float>>(block, panel, lane: 0, vectors: 2, TallPairRows);
        if (paired < count)
            RunEvenRows<Simd512, Vector512<float>>(block, paired, lane: 0, vectors: 3, TallTripleRows);
    }

    /// <summary>
    /// Vectors of half a panel, in 16 registers: six and five rows against the two vectors of a panel; four and three
    /// against three vectors, half of three panels. (Four rows of two vectors are eight sums, too few to hide the time
    /// of a multiply-add.)
    /// </summary>
    public static void RunHalves(in Product block)
    {
        int panel = 0;
        if (block.Rows > QuadRows)
        {
            int tallRows = TallRowsOf(block.Rows);
            for (; panel + PanelsOfTriples <= block.B.Count; panel += PanelsOfTriples)
            {
                for (int i = 0; tallRows > 0 && i < PanelsOfTriples; i++)
                {
                    var tile = block.At(panel + i, lane: 0, Vector256<float>.Count);
                    RunRows<Simd256, Vector256<float>>(ref tile, tallRows, vectors: 2, PairRows);
                }
                RunTriples(block, panel, tallRows);
            }
        }
        RunNarrow<Simd256, Vector256<float>>(block, panel);
    }

    /// <summary>
    /// Narrow vectors in 16 registers: the panels from one on, two vectors at a time, or four where rows are few.
    /// </summary>
    public static void RunNarrow<TSimd, TVector>(in Product block, int firstPanel)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        int pairWidth = 2 * TSimd.Count;
        bool canWiden = pairWidth == PanelWidth && block.Rows <= QuadRows;
        for (int panel = firstPanel; panel < block.B.Count; )
        {
            int pairs = canWiden && panel + 2 <= block.B.Count ? 2 : 1;
            for (int lane = 0; lane < PanelWidth; lane += pairWidth)
                RunEvenRows<TSimd, TVector>(block, panel, lane, vectors: 2 * pairs, PairRows);
            panel += pairs;
        }
    }

    /// <summary>
    /// Rows of a block that are cut into sixes, with a five at the end if need be; the rest are fours and threes.
    /// </summary>
    private static int TallRowsOf(int rows)
    {
        int rest = (rows % PairRows) switch
        {
            1 => TripleRows + 3,
            2 => 2 * TripleRows,
            3 => 3,
            4 => TripleRows,
            _ => 0,
        };
        return Math.Max(0, rows - rest);
    }

    /// <summary>The rows from one on against three panels: two triples of vectors of half a panel.</summary>
    private static void RunTriples(in Product block, int panel, int firstRow)
    {
        const int Half = PanelWidth / 2;
        int rows = block.Rows - firstRow;
        if (rows == 0)
            return;
        var tile = block.At(panel, lane: 0, Half);
        tile.MoveDown(firstRow);
        RunRows<Simd256, Vector256<float>>(ref tile, rows, vectors: 3, TripleRows);

        // From the second half of the middle panel the next vector is the first half of the last one.
        tile = block.At(panel + 1, lane: Half, Half);
        tile.MoveDown(firstRow);
        (tile.BVector, tile.SeedVector, tile.CVector) = (tile.BPair - Half, tile.SeedPair - Half, tile.CPair - Half);
        RunRows<Simd256, Vector256<float>>(ref tile, rows, vectors: 3, TripleRows);
    }

    /// <summary>All rows, shared out evenly: 25 in tiles of at most six are five fives, not four sixes and a one.</summary>
    private static void RunEvenRows<TSimd, TVector>(in Product block, int panel, int lane, int vectors, int tallest)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var tile = block.At(panel, lane, TSimd.Count);
        int tiles = (block.Rows + tallest - 1) / tallest;
        for (int rowsLeft = block.Rows, rows; rowsLeft > 0; rowsLeft -= rows)
        {
            rows = (rowsLeft + tiles - 1) / tiles--;
            Tiles<TSimd, TVector>.Run(rows, vectors, tile);
            tile.MoveDown(rows);
        }
    }

    /// <summary>Some rows, in tiles as tall as may be.</summary>
    /// <param name="tile">The operands of the first of them; changed.</param>
    /// <param name="rowsLeft">Number of rows.</param>
    /// <param name="vectors">Vectors of a tile.</param>
    /// <param name="tallest">Rows of the tallest tile.</param>
    private static void RunRows<TSimd, TVector>(ref TileOperands tile, int rowsLeft, int vectors, int tallest)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        for (int rows; rowsLeft > 0; rowsLeft -= rows)
        {
            rows = Math.Min(tallest, rowsLeft);
            Tiles<TSimd, TVector>.Run(rows, vectors, tile);
            tile.MoveDown(rows);
        }
    }
}
