namespace CharRnn.Engine;

/// <summary>Where one tile of a product C = seed + A·B finds its operands. All strides are in floats.</summary>
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

    /// <summary>From the first vector of a pair to the second, and from one pair to the next, in B.</summary>
    public nint BVector,
        BPair;

    /// <summary>What the sums start from: zeros, a bias (row stride 0), or C itself.</summary>
    public float* Seed;
    public nint SeedRow,
        SeedVector,
        SeedPair;

    public float* C;
    public nint CRow,
        CVector,
        CPair;

    /// <summary>K: how many terms each sum has.</summary>
    public int Terms;
}

/// <summary>Where a product of one row finds its operands.</summary>
/// <param name="a">The row; its next term is <paramref name="aStep"/> on.</param>
/// <param name="aStep">Floats from one term to the next.</param>
/// <param name="b">(K, N).</param>
/// <param name="seed">(N): what the sums start from; null for zeros.</param>
/// <param name="c">(N).</param>
internal readonly unsafe struct RowOperands(float* a, nint aStep, Panels b, float* seed, float* c)
{
    public readonly float* A = a;
    public readonly nint AStep = aStep;
    public readonly Panels B = b;
    public readonly float* Seed = seed;
    public readonly float* C = c;
}
