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
    public static void AddProduct(Matrix a, Panels b, Matrix c, SimdWidth width) =>
        AddProduct(a, b, c, width, Blocking.Of(b.Inputs));

    /// <summary>c += a·b with a chosen vector width and blocking.</summary>
    public static void AddProduct(Matrix a, Panels b, Matrix c, SimdWidth width, Blocking blocking)
    {
        if (a.Rows == 1)
            RunRow(new RowOperands(a.Data, 1, b, c.Data, c.Data), width);
        else
            Run(new Product(a, b, c.Data, c.Stride, PanelWidth, c), width, blocking);
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

    private static void Run(in Product product, SimdWidth width) => Run(product, width, Blocking.Of(product.B.Inputs));

    private static void Run(in Product product, SimdWidth width, Blocking blocking)
    {
        if (product.Rows == 0 || product.B.Outputs == 0)
            return;
        if (product.Rows == 1)
        {
            for (int panel = 0; panel < product.B.Count; panel++)
                RunRow(product.OnlyRow(panel), width);
            return;
        }
        for (int row = 0, rows; row < product.Rows; row += rows)
        {
            rows = blocking.NextRows(product.Rows - row);
            // A product without terms still writes its seed.
            int term = 0;
            do
            {
                int terms = Math.Min(blocking.Terms, product.B.Inputs - term);
                RunBlock(product.Block(row, rows, term, terms), width);
                term += terms;
            } while (term < product.B.Inputs);
        }
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
                TileCuts.RunWide(block);
                break;
            case SimdWidth.Bits256:
                TileCuts.RunHalves(block);
                break;
            case SimdWidth.Bits128:
                TileCuts.RunNarrow<Simd128, Vector128<float>>(block, firstPanel: 0);
                break;
            default:
                TileCuts.RunNarrow<Scalar, float>(block, firstPanel: 0);
                break;
        }
    }
}

/// <summary>One product C = seed + A·B. A panel stride of <see cref="MatrixProducts.PanelWidth"/> means row-major.</summary>
internal unsafe struct Product
{
    private const int PanelWidth = MatrixProducts.PanelWidth;

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

    /// <summary>Operands of the block's first row, at vectors that begin at a lane of a panel.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="lane">The first vector's place in it.</param>
    /// <param name="vectorLength">
    /// Floats in a vector: a second one is the next of the same panel, or where a vector is a whole panel, the next
    /// panel; a pair beyond it begins in the panel after those.
    /// </param>
    public readonly TileOperands At(int panel, int lane, int vectorLength)
    {
        bool across = vectorLength == PanelWidth;
        nint bPanel = (nint)BPanel;
        return new TileOperands
        {
            A = A,
            ARow = ARow,
            AStep = AStep,
            B = B.Data + panel * bPanel + lane,
            BVector = across ? bPanel : vectorLength,
            BPair = across ? 2 * bPanel : bPanel,
            Seed = Seed + panel * SeedPanel + lane,
            SeedRow = SeedRow,
            SeedVector = across ? SeedPanel : vectorLength,
            SeedPair = across ? 2 * SeedPanel : SeedPanel,
            C = C + panel * CPanel + lane,
            CRow = CRow,
            CVector = across ? CPanel : vectorLength,
            CPair = across ? 2 * CPanel : CPanel,
            Terms = B.Inputs,
        };
    }
}
