using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace CharRnn.Engine;

/// <summary>
/// Vector widths a product can be computed with; the bits are the same (machines without fused multiply-add apart).
/// </summary>
internal enum SimdWidth
{
    Scalar = 1,
    Bits128 = 4,
    Bits256 = 8,
    Bits512 = 16,
}

/// <summary>
/// Matrix products against weights in panel order. Every output is one sum: its seed, then its terms in the order of k,
/// each a fused multiply-add; so a product cut into pieces by rows, by panels or by blocks of k, on any number of
/// threads, gives the same bits.
/// </summary>
internal static unsafe partial class MatrixProducts
{
    /// <summary>Outputs in a panel.</summary>
    public const int PanelWidth = Padding.Unit;

    /// <summary>Terms taken at a time, so that two panels of them stay in a first-level cache.</summary>
    public const int TermBlock = 256;

    /// <summary>Rows taken at a time, so that they stay in cache while all panels are read.</summary>
    private const int RowBlock = 48;

    /// <summary>
    /// Rows of the tallest tile of two vectors that fits in 16 registers; of two and of three vectors, in 32.
    /// </summary>
    private const int TileRows = 6,
        TallTileRows = 12,
        TripleTileRows = 8;

    /// <summary>Rows of the tallest tile of four vectors that fits in 16 registers, and in 32.</summary>
    private const int QuadTileRows = 2,
        TallQuadTileRows = 3;

    private static readonly AlignedBuffer Zeros = new(PanelWidth);

    /// <summary>The widest vectors this machine runs well.</summary>
    public static SimdWidth BestWidth =>
        Vector512.IsHardwareAccelerated ? SimdWidth.Bits512
        : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256
        : Vector128.IsHardwareAccelerated ? SimdWidth.Bits128
        : SimdWidth.Scalar;

    /// <summary>c = a·b.</summary>
    /// <param name="a">(M, ≥ K): the first K columns are used.</param>
    /// <param name="b">(K, N) panels.</param>
    /// <param name="c">(M, N), overwritten.</param>
    public static void Multiply(Matrix a, Panels b, Matrix c)
    {
        if (a.Rows == 1)
            RunRow(new RowOperands(a.Data, 1, b, null, c.Data), BestWidth);
        else
            Run(new Product(a, b, Zeros.Data, seedRow: 0, seedPanel: 0, c), BestWidth);
    }

    /// <summary>c = bias + a·b, the bias in every row.</summary>
    /// <param name="a">(M, ≥ K): the first K columns are used.</param>
    /// <param name="b">(K, N) panels.</param>
    /// <param name="bias">(1, N).</param>
    /// <param name="c">(M, N), overwritten.</param>
    public static void MultiplyAddBias(Matrix a, Panels b, Matrix bias, Matrix c)
    {
        Debug.Assert(bias.Columns == b.Outputs);
        if (a.Rows == 1)
            RunRow(new RowOperands(a.Data, 1, b, bias.Data, c.Data), BestWidth);
        else
            Run(new Product(a, b, bias.Data, seedRow: 0, seedPanel: PanelWidth, c), BestWidth);
    }

    /// <summary>c += a·b.</summary>
    /// <param name="a">(M, ≥ K): the first K columns are used.</param>
    /// <param name="b">(K, N) panels.</param>
    /// <param name="c">(M, N), accumulated.</param>
    public static void AddProduct(Matrix a, Panels b, Matrix c) => AddProduct(a, b, c, BestWidth);

    /// <summary>c += a·b with a chosen vector width.</summary>
    public static void AddProduct(Matrix a, Panels b, Matrix c, SimdWidth width)
    {
        if (a.Rows == 1)
            RunRow(new RowOperands(a.Data, 1, b, c.Data, c.Data), width);
        else
            Run(new Product(a, b, c.Data, c.Stride, PanelWidth, c), width);
    }

    /// <summary>c += aᵀ·b, or c = aᵀ·b: a weight gradient, the sum running over rows.</summary>
    /// <param name="a">(K, M padded) panels: row k holds the M inputs of the k-th product.</param>
    /// <param name="b">(K, N) panels: the gradients of the products.</param>
    /// <param name="overwrite">Whether c's old content is ignored.</param>
    /// <param name="c">(M, N) panels.</param>
    public static void TransposedProduct(Panels a, Panels b, bool overwrite, Panels c) =>
        TransposedProduct(a, b, overwrite, c, BestWidth);

    /// <summary>The same with a chosen vector width.</summary>
    public static void TransposedProduct(Panels a, Panels b, bool overwrite, Panels c, SimdWidth width)
    {
        Debug.Assert(a.Inputs == b.Inputs && c.Inputs <= a.Outputs && c.Outputs == b.Outputs);
        for (int row = 0; row < c.Inputs; row += PanelWidth)
        {
            float* seed = overwrite ? Zeros.Data : c.Data + row * PanelWidth;
            Run(
                new Product
                {
                    A = a.Data + row / PanelWidth * a.PanelLength,
                    ARow = 1,
                    AStep = PanelWidth,
                    Rows = Math.Min(PanelWidth, c.Inputs - row),
                    B = b,
                    Seed = seed,
                    SeedRow = overwrite ? 0 : PanelWidth,
                    SeedPanel = overwrite ? 0 : (nint)c.PanelLength,
                    C = c.Data + row * PanelWidth,
                    CRow = PanelWidth,
                    CPanel = (nint)c.PanelLength,
                },
                width
            );
        }
    }

    private static void Run(in Product product, SimdWidth width)
    {
        if (product.Rows == 0 || product.B.Outputs == 0)
            return;
        if (product.Rows == 1)
        {
            for (int panel = 0; panel < product.B.Count; panel++)
                RunRow(product.OnlyRow(panel), width);
            return;
        }
        int blocks = (product.Rows + RowBlock - 1) / RowBlock;
        for (int row = 0, rows; row < product.Rows; row += rows)
        {
            rows = NextShare(product.Rows - row, ref blocks);
            // A product without terms still writes its seed.
            int term = 0;
            do
            {
                int terms = Math.Min(TermBlock, product.B.Inputs - term);
                RunBlock(product.Block(row, rows, term, terms), width);
                term += terms;
            } while (term < product.B.Inputs);
        }
    }

    /// <summary>
    /// Rows are shared out evenly: 25 in groups of at most six are five fives, not four sixes and a one.
    /// </summary>
    private static int NextShare(int rowsLeft, ref int sharesLeft)
    {
        int rows = (rowsLeft + sharesLeft - 1) / sharesLeft;
        sharesLeft--;
        return rows;
    }

    private static void RunRow(in RowOperands row, SimdWidth width)
    {
        if (row.B.Outputs == 0)
            return;
        switch (width)
        {
            case SimdWidth.Bits512:
                RowTiles<Simd512, Vector512<float>>.Run(row);
                break;
            case SimdWidth.Bits256:
                RowTiles<Simd256, Vector256<float>>.Run(row);
                break;
            case SimdWidth.Bits128:
                RowTiles<Simd128, Vector128<float>>.Run(row);
                break;
            default:
                RowTiles<Scalar, float>.Run(row);
                break;
        }
    }

    private static void RunBlock(in Product block, SimdWidth width)
    {
        switch (width)
        {
            case SimdWidth.Bits512:
                RunPanels512(block);
                break;
            case SimdWidth.Bits256:
                RunPanels<Simd256, Vector256<float>>(block, block.B.Count);
                break;
            case SimdWidth.Bits128:
                RunPanels<Simd128, Vector128<float>>(block, block.B.Count);
                break;
            default:
                RunPanels<Scalar, float>(block, block.B.Count);
                break;
        }
    }

    /// <summary>
    /// Panels of one vector each, in pairs; the last three of an odd number together, and a single panel as two halves.
    /// </summary>
    private static void RunPanels512(in Product block)
    {
        int count = block.B.Count;
        if (count == 1)
        {
            RunPanels<Simd256, Vector256<float>>(block, count);
            return;
        }
        int paired = count % 2 == 0 ? count : count - 3;
        RunPanels<Simd512, Vector512<float>>(block, paired);
        if (paired < count)
            RunRows<Simd512, Vector512<float>>(block, paired, lane: 0, vectors: 3);
    }

    /// <summary>The first panels of a block, two vectors at a time, or four where rows are few.</summary>
    private static void RunPanels<TSimd, TVector>(in Product block, int panels)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        int pairWidth = 2 * TSimd.Count;
        int panelsInPair = Math.Max(1, pairWidth / PanelWidth);
        int quadRows = TSimd.Count == PanelWidth ? TallQuadTileRows : QuadTileRows;
        bool canWiden = pairWidth >= PanelWidth && block.Rows <= quadRows;
        for (int panel = 0; panel < panels; )
        {
            int pairs = canWiden && panels - panel >= 2 * panelsInPair ? 2 : 1;
            for (int lane = 0; lane < PanelWidth; lane += Math.Min(pairWidth, PanelWidth))
                RunRows<TSimd, TVector>(block, panel, lane, vectors: 2 * pairs);
            panel += pairs * panelsInPair;
        }
    }

    private static void RunRows<TSimd, TVector>(in Product block, int panel, int lane, int vectors)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        bool across = TSimd.Count == PanelWidth;
        nint bPanel = (nint)block.BPanel;
        TileOperands tile = new()
        {
            ARow = block.ARow,
            AStep = block.AStep,
            B = block.B.Data + panel * bPanel + lane,
            BVector = across ? bPanel : TSimd.Count,
            BPair = across ? 2 * bPanel : bPanel,
            SeedRow = block.SeedRow,
            SeedVector = across ? block.SeedPanel : TSimd.Count,
            SeedPair = across ? 2 * block.SeedPanel : block.SeedPanel,
            CRow = block.CRow,
            CVector = across ? block.CPanel : TSimd.Count,
            CPair = across ? 2 * block.CPanel : block.CPanel,
            Terms = block.B.Inputs,
        };
        int tallest =
            !across ? TileRows
            : vectors == 3 ? TripleTileRows
            : TallTileRows;
        int groups = (block.Rows + tallest - 1) / tallest;
        for (int row = 0, rows; row < block.Rows; row += rows)
        {
            rows = NextShare(block.Rows - row, ref groups);
            tile.A = block.A + row * block.ARow;
            tile.Seed = block.Seed + row * block.SeedRow + panel * block.SeedPanel + lane;
            tile.C = block.C + row * block.CRow + panel * block.CPanel + lane;
            Tiles<TSimd, TVector>.Run(rows, vectors, tile);
        }
    }

    /// <summary>One product C = seed + A·B. A panel stride of <see cref="PanelWidth"/> means row-major.</summary>
    private struct Product
    {
        public float* A;
        public nint ARow,
            AStep;
        public int Rows;
        public Panels B;
        public float* Seed;
        public nint SeedRow,
            SeedPanel;
        public float* C;
        public nint CRow,
            CPanel;

        /// <summary>Floats from one panel of B to the next: a block of terms is shorter than its panel.</summary>
        public long BPanel;

        public Product(Matrix a, Panels b, float* seed, nint seedRow, nint seedPanel, Matrix c)
        {
            Debug.Assert(a.Columns >= b.Inputs && c.Rows == a.Rows && c.Columns == b.Outputs);
            A = a.Data;
            (ARow, AStep, Rows) = (a.Stride, 1, a.Rows);
            B = b;
            Seed = seed;
            (SeedRow, SeedPanel) = (seedRow, seedPanel);
            C = c.Data;
            (CRow, CPanel) = (c.Stride, PanelWidth);
        }

        /// <summary>One panel of the product's one row.</summary>
        public readonly RowOperands OnlyRow(int panel) =>
            new(A, AStep, B.OutputRange(panel * PanelWidth, PanelWidth), Seed + panel * SeedPanel, C + panel * CPanel);

        /// <summary>
        /// Some rows and some terms of the product; every block of terms but the first starts from the sums that the
        /// one before left in C.
        /// </summary>
        public readonly Product Block(int row, int rows, int term, int terms)
        {
            var block = this;
            block.A += row * ARow + term * AStep;
            block.Rows = rows;
            block.B = new Panels(B.Data + term * PanelWidth, terms, B.Outputs);
            block.BPanel = B.PanelLength;
            block.C += row * CRow;
            block.Seed = term == 0 ? Seed + row * SeedRow : block.C;
            if (term > 0)
                (block.SeedRow, block.SeedPanel) = (CRow, CPanel);
            return block;
        }
    }
}
