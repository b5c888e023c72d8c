using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Neighbouring hidden units of a layer, or columns of its output: all of them, or one worker's when several share a
/// tile.
/// </summary>
/// <param name="Width">
/// How many there are in all, padded (of hidden units, the distance from one gate's to the next gate's).
/// </param>
/// <param name="Start">The first unit, a multiple of <see cref="Padding.Unit"/>.</param>
/// <param name="Count">How many, padding included; a multiple of <see cref="Padding.Unit"/>.</param>
internal readonly record struct UnitSlice(int Width, int Start, int Count)
{
    /// <summary>All units of a layer.</summary>
    public static UnitSlice Whole(int width) => new(width, 0, width);

    /// <summary>One worker's part; nothing where there are more workers than panels.</summary>
    public static UnitSlice Share(int width, int worker, int workers)
    {
        var (start, end) = WorkerTeam.ShareOf(width / Padding.Unit, worker, workers);
        return new(width, start * Padding.Unit, (end - start) * Padding.Unit);
    }

    private bool IsWhole => Count == Width;

    /// <summary>
    /// How many runs of neighbouring columns hold these units' share of some gates: one when the slice is whole, one a
    /// gate when not.
    /// </summary>
    public int Runs(int gates) => IsWhole ? Math.Min(gates, 1) : gates;

    /// <summary>
    /// One of the <see cref="Runs"/>, over gates <paramref name="firstGate"/> and the <paramref name="gates"/> − 1
    /// after it.
    /// </summary>
    public (int Start, int Count) Run(int firstGate, int gates, int run) =>
        IsWhole ? (firstGate * Width, gates * Width) : ((firstGate + run) * Width + Start, Count);

    /// <summary>These units' columns of a matrix that has one column a unit.</summary>
    public Matrix Of(Matrix units) => units.ColumnRange(Start, Count);
}
