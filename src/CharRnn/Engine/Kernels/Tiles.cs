using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>Operands of one tile of a product C = seed + A·B. All strides are in floats.</summary>
/// <remarks>
/// From the first vector of a pair to the second there are <c>…Vector</c> floats, and to the next pair <c>…Pair</c>.
/// </remarks>
internal unsafe struct TileOperands
{
    /// <summary>
    /// A's first element of the tile; the next row is <see cref="ARow"/> on, the next term of the sum
    /// <see cref="AStep"/> on.
    /// </summary>
    public float* A;
    public nint ARow,
        AStep;

    /// <summary>B's first vector of the tile, in panel order: the next term of the sum is one panel width on.</summary>
    public float* B;
    public nint BVector,
        BPair;

    /// <summary>Initial values of the sums: zeros, a bias (row stride 0), or C itself.</summary>
    public float* Seed;
    public nint SeedRow,
        SeedVector,
        SeedPair;

    public float* C;
    public nint CRow,
        CVector,
        CPair;

    /// <summary>K: the number of terms of each sum.</summary>
    public int Terms;

    /// <summary>Moves on by some rows.</summary>
    public void MoveDown(int rows)
    {
        A += rows * ARow;
        Seed += rows * SeedRow;
        C += rows * CRow;
    }
}

/// <summary>
/// The innermost loop of every matrix product: a few rows of A against two to four vectors of B, all sums held in
/// registers: <c>c[i,j] = seed[i,j] + Σₖ a[i,k]·b[k,j]</c>.
/// </summary>
/// <remarks>
/// Each term loads the vectors of B once and broadcasts each row's number against them; each lane of each sum belongs
/// to one output, and its terms are added in order. So neither the tile's shape nor the vector's width is visible in
/// the result. Shapes differ so that at least eight sums are in flight (a multiply-add takes about four cycles and two
/// start each cycle) without running out of registers: 6×2 and 2×4 fit in sixteen, 12×2, 8×3 and 3×4 in thirty-two.
/// Tall tiles let every vector of B serve more rows, which matters where B comes from the second-level cache.
/// </remarks>
internal static unsafe class Tiles<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Computes a tile of 2 to 12 rows and 2 to 4 vectors.</summary>
    public static void Run(int rows, int vectors, in TileOperands tile)
    {
        switch (vectors)
        {
            case 2:
                Run<Pair>(rows, tile);
                break;
            case 3:
                Run<Triple>(rows, tile);
                break;
            case 4:
                Run<Quad>(rows, tile);
                break;
            default:
                throw new UnreachableException($"no tile has {vectors} vectors");
        }
    }

    private static void Run<TRow>(int rows, in TileOperands tile)
        where TRow : struct, IRow<TRow>
    {
        switch (rows)
        {
            case 2:
                Run<Rows2, TRow>(tile);
                break;
            case 3:
                Run<Rows3, TRow>(tile);
                break;
            case 4:
                Run<Rows4, TRow>(tile);
                break;
            case 5:
                Run<Rows5, TRow>(tile);
                break;
            case 6:
                Run<Rows6, TRow>(tile);
                break;
            case 7:
                Run<Rows7, TRow>(tile);
                break;
            case 8:
                Run<Rows8, TRow>(tile);
                break;
            case 9:
                Run<Rows9, TRow>(tile);
                break;
            case 10:
                Run<Rows10, TRow>(tile);
                break;
            case 11:
                Run<Rows11, TRow>(tile);
                break;
            case 12:
                Run<Rows12, TRow>(tile);
                break;
            default:
                throw new UnreachableException($"no tile has {rows} rows");
        }
    }

    /// <summary>
    /// The loop of all tiles. It is compiled once for each number of rows and vectors: the number of rows is a constant
    /// then, and what it excludes is left out. Rows from the seventh on are found from a second pointer.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows, TRow>(in TileOperands tile)
        where TRows : struct, IRows
        where TRow : struct, IRow<TRow>
    {
        nint row = tile.SeedRow,
            vector = tile.SeedVector,
            pair = tile.SeedPair;
        float* seed = tile.Seed;
        TRow c0 = TRow.Load(seed, vector, pair),
            c1 = TRow.Load(seed + row, vector, pair),
            c2 = TRows.Count > 2 ? TRow.Load(seed + 2 * row, vector, pair) : default,
            c3 = TRows.Count > 3 ? TRow.Load(seed + 3 * row, vector, pair) : default,
            c4 = TRows.Count > 4 ? TRow.Load(seed + 4 * row, vector, pair) : default,
            c5 = TRows.Count > 5 ? TRow.Load(seed + 5 * row, vector, pair) : default,
            c6 = TRows.Count > 6 ? TRow.Load(seed + 6 * row, vector, pair) : default,
            c7 = TRows.Count > 7 ? TRow.Load(seed + 7 * row, vector, pair) : default,
            c8 = TRows.Count > 8 ? TRow.Load(seed + 8 * row, vector, pair) : default,
            c9 = TRows.Count > 9 ? TRow.Load(seed + 9 * row, vector, pair) : default,
            c10 = TRows.Count > 10 ? TRow.Load(seed + 10 * row, vector, pair) : default,
            c11 = TRows.Count > 11 ? TRow.Load(seed + 11 * row, vector, pair) : default;

        nint row1 = tile.ARow,
            row2 = 2 * row1,
            row3 = 3 * row1,
            row4 = 4 * row1,
            row5 = 5 * row1;
        float* a = tile.A,
            lower = a + 6 * row1,
            b = tile.B;
        nint aStep = tile.AStep;
        vector = tile.BVector;
        pair = tile.BPair;
        for (int k = tile.Terms; k > 0; k--)
        {
            var terms = TRow.Load(b, vector, pair);
            c0.AddProduct(TSimd.Broadcast(*a), terms);
            c1.AddProduct(TSimd.Broadcast(a[row1]), terms);
            if (TRows.Count > 2)
                c2.AddProduct(TSimd.Broadcast(a[row2]), terms);
            if (TRows.Count > 3)
                c3.AddProduct(TSimd.Broadcast(a[row3]), terms);
            if (TRows.Count > 4)
                c4.AddProduct(TSimd.Broadcast(a[row4]), terms);
            if (TRows.Count > 5)
                c5.AddProduct(TSimd.Broadcast(a[row5]), terms);
            if (TRows.Count > 6)
                c6.AddProduct(TSimd.Broadcast(*lower), terms);
            if (TRows.Count > 7)
                c7.AddProduct(TSimd.Broadcast(lower[row1]), terms);
            if (TRows.Count > 8)
                c8.AddProduct(TSimd.Broadcast(lower[row2]), terms);
            if (TRows.Count > 9)
                c9.AddProduct(TSimd.Broadcast(lower[row3]), terms);
            if (TRows.Count > 10)
                c10.AddProduct(TSimd.Broadcast(lower[row4]), terms);
            if (TRows.Count > 11)
                c11.AddProduct(TSimd.Broadcast(lower[row5]), terms);
            a += aStep;
            if (TRows.Count > 6)
                lower += aStep;
            b += MatrixProducts.PanelWidth;
        }

        row = tile.CRow;
        vector = tile.CVector;
        pair = tile.CPair;
        float* c = tile.C;
        c0.Store(c, vector, pair);
        c1.Store(c + row, vector, pair);
        if (TRows.Count > 2)
            c2.Store(c + 2 * row, vector, pair);
        if (TRows.Count > 3)
            c3.Store(c + 3 * row, vector, pair);
        if (TRows.Count > 4)
            c4.Store(c + 4 * row, vector, pair);
        if (TRows.Count > 5)
            c5.Store(c + 5 * row, vector, pair);
        if (TRows.Count > 6)
            c6.Store(c + 6 * row, vector, pair);
        if (TRows.Count > 7)
            c7.Store(c + 7 * row, vector, pair);
        if (TRows.Count > 8)
            c8.Store(c + 8 * row, vector, pair);
        if (TRows.Count > 9)
            c9.Store(c + 9 * row, vector, pair);
        if (TRows.Count > 10)
            c10.Store(c + 10 * row, vector, pair);
        if (TRows.Count > 11)
            c11.Store(c + 11 * row, vector, pair);
    }

    /// <summary>One row of a tile: a few vectors, which the compiler keeps in as many registers.</summary>
    /// <remarks>
    /// It is changed in place: of a struct returned by value, the JIT computes each sum in a register of its own and
    /// copies it back.
    /// </remarks>
    private interface IRow<TSelf>
        where TSelf : struct, IRow<TSelf>
    {
        /// <param name="source">The first vector.</param>
        /// <param name="vector">Floats from the first vector of a pair to the second.</param>
        /// <param name="pair">Floats from the first pair to the second.</param>
        static abstract TSelf Load(float* source, nint vector, nint pair);

        /// <summary>Adds a · b, the number a in every lane of its vector.</summary>
        void AddProduct(TVector a, TSelf b);

        void Store(float* destination, nint vector, nint pair);
    }

    private struct Pair : IRow<Pair>
    {
        private TVector _first,
            _second;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair Load(float* source, nint vector, nint pair) =>
            new() { _first = TSimd.Load(source), _second = TSimd.Load(source + vector) };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddProduct(TVector a, Pair b)
        {
            _first = TSimd.MultiplyAdd(a, b._first, _first);
            _second = TSimd.MultiplyAdd(a, b._second, _second);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* destination, nint vector, nint pair)
        {
            TSimd.Store(_first, destination);
            TSimd.Store(_second, destination + vector);
        }
    }

    /// <summary>
    /// Three vectors: where outputs fill an odd number of vectors, as 65 symbols or 100 units do, the last three are
    /// taken together, instead of the last one alone at half the speed.
    /// </summary>
    private struct Triple : IRow<Triple>
    {
        private TVector _first,
            _second,
            _third;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Triple Load(float* source, nint vector, nint pair) =>
            new()
            {
                _first = TSimd.Load(source),
                _second = TSimd.Load(source + vector),
                _third = TSimd.Load(source + pair),
            };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddProduct(TVector a, Triple b)
        {
            _first = TSimd.MultiplyAdd(a, b._first, _first);
            _second = TSimd.MultiplyAdd(a, b._second, _second);
            _third = TSimd.MultiplyAdd(a, b._third, _third);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* destination, nint vector, nint pair)
        {
            TSimd.Store(_first, destination);
            TSimd.Store(_second, destination + vector);
            TSimd.Store(_third, destination + pair);
        }
    }

    /// <summary>Two pairs: for two or three rows, which have too few sums in flight with one.</summary>
    private struct Quad : IRow<Quad>
    {
        private TVector _first,
            _second,
            _third,
            _fourth;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Quad Load(float* source, nint vector, nint pair) =>
            new()
            {
                _first = TSimd.Load(source),
                _second = TSimd.Load(source + vector),
                _third = TSimd.Load(source + pair),
                _fourth = TSimd.Load(source + (pair + vector)),
            };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddProduct(TVector a, Quad b)
        {
            _first = TSimd.MultiplyAdd(a, b._first, _first);
            _second = TSimd.MultiplyAdd(a, b._second, _second);
            _third = TSimd.MultiplyAdd(a, b._third, _third);
            _fourth = TSimd.MultiplyAdd(a, b._fourth, _fourth);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* destination, nint vector, nint pair)
        {
            TSimd.Store(_first, destination);
            TSimd.Store(_second, destination + vector);
            TSimd.Store(_third, destination + pair);
            TSimd.Store(_fourth, destination + (pair + vector));
        }
    }

    /// <summary>Number of rows of a tile, a constant when its loop is compiled.</summary>
    private interface IRows
    {
        static abstract int Count { get; }
    }

    private readonly struct Rows2 : IRows
    {
        public static int Count => 2;
    }

    private readonly struct Rows3 : IRows
    {
        public static int Count => 3;
    }

    private readonly struct Rows4 : IRows
    {
        public static int Count => 4;
    }

    private readonly struct Rows5 : IRows
    {
        public static int Count => 5;
    }

    private readonly struct Rows6 : IRows
    {
        public static int Count => 6;
    }

    private readonly struct Rows7 : IRows
    {
        public static int Count => 7;
    }

    private readonly struct Rows8 : IRows
    {
        public static int Count => 8;
    }

    private readonly struct Rows9 : IRows
    {
        public static int Count => 9;
    }

    private readonly struct Rows10 : IRows
    {
        public static int Count => 10;
    }

    private readonly struct Rows11 : IRows
    {
        public static int Count => 11;
    }

    private readonly struct Rows12 : IRows
    {
        public static int Count => 12;
    }
}
