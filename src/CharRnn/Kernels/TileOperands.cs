using CharRnn.Memory;

namespace CharRnn.Kernels;

/// <summary>Where one tile of a product C = seed + A·B finds its operands. All strides are in floats.</summary>
internal unsafe struct TileOperands
{
    /// <summary>A's first element of the tile; the next row is <see cref="ARow"/> on, the next term of the sum <see cref="AStep"/> on.</summary>
    public float* A;
    public nint ARow, AStep;

    /// <summary>B's first vector of the tile, in panel order: the next term of the sum is one panel width on.</summary>
    public float* B;

    /// <summary>From the first vector of a pair to the second, and from one pair to the next, in B.</summary>
    public nint BVector, BPair;

    /// <summary>What the sums start from: zeros, a bias (row stride 0), or C itself.</summary>
    public float* Seed;
    public nint SeedRow, SeedVector, SeedPair;

    public float* C;
    public nint CRow, CVector, CPair;

    /// <summary>K: how many terms each sum has.</summary>
    public int Terms;
}

/// <summary>Where a product of one row finds its operands. A panel stride of <see cref="MatrixProducts.PanelWidth"/> means row-major.</summary>
internal unsafe struct RowOperands
{
    /// <summary>The row; its next term is <see cref="AStep"/> on.</summary>
    public float* A;
    public nint AStep;

    /// <summary>(K, N).</summary>
    public Panels B;

    /// <summary>What the sums start from.</summary>
    public float* Seed;
    public nint SeedPanel;

    public float* C;
    public nint CPanel;

    /// <summary>An output's first term in B.</summary>
    public readonly float* BAt(int output) => B.Data + PlaceOf(output, (nint)B.PanelLength);

    /// <summary>An output's place in the seed.</summary>
    public readonly float* SeedAt(int output) => Seed + PlaceOf(output, SeedPanel);

    /// <summary>An output's place in C.</summary>
    public readonly float* CAt(int output) => C + PlaceOf(output, CPanel);

    private static nint PlaceOf(int output, nint panelLength) =>
        output / MatrixProducts.PanelWidth * panelLength + output % MatrixProducts.PanelWidth;
}
