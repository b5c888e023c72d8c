namespace CharRnn.Engine;

/// <summary>
/// Blocking of a product by the caches: rows that are taken together against every panel, and terms that are summed
/// before a panel is left. It changes no bit.
/// </summary>
/// <param name="rows">Max rows of a block: half a first-level cache of A, but two tall tiles at least.</param>
/// <param name="terms">
/// Max terms of a block: a quarter of a second-level cache of B. Row after row of tiles reads them from there, which is
/// as fast as the first level, so that sums are seldom stored and loaded again.
/// </param>
internal readonly struct Blocking(int rows, int terms)
{
    // Rows of the tallest tiles divide it.
    private const int RowUnit = 12;
    private const int MinRows = 2 * RowUnit,
        MaxRows = 4 * RowUnit;

    private static readonly int Level1DataBytes = ProcessorTopology.Current.Level1DataBytes,
        Level2Bytes = ProcessorTopology.Current.Level2Bytes;

    // Panels that tiles take side by side.
    private const int Panels = 3;

    /// <summary>Max terms of a block.</summary>
    public int Terms => terms;

    /// <summary>The blocking of products of <paramref name="inputs"/> terms on this machine.</summary>
    public static Blocking Of(int inputs) => Of(inputs, Level1DataBytes, Level2Bytes);

    /// <summary>The blocking for caches of a core of some bytes.</summary>
    public static Blocking Of(int inputs, int level1, int level2)
    {
        int rowsInCache = level1 / 2 / (sizeof(float) * Math.Max(1, inputs)) / RowUnit * RowUnit,
            termBytes = Panels * MatrixProducts.PanelWidth * sizeof(float);
        return new(Math.Clamp(rowsInCache, MinRows, MaxRows), Math.Max(1, level2 / 4 / termBytes));
    }

    /// <summary>Rows of the next block, of which all have about as many.</summary>
    public int NextRows(int rowsLeft)
    {
        int blocks = (rowsLeft + rows - 1) / rows;
        return (rowsLeft + blocks - 1) / blocks;
    }
}
