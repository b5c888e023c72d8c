using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Saturated gates: those so near the end of their range that next to no gradient passes through them. In a cell
/// without sigmoid gates, hidden values that near ±1.
/// </summary>
internal static class Saturation
{
    private const float NearlyShut = 0.05f,
        NearlyOpen = 0.95f,
        NearlyOne = 0.95f;

    /// <summary>
    /// Number of values in a window that are looked at: those of every sigmoid gate, or of h where the cell has none; 0
    /// for a cell that cannot saturate.
    /// </summary>
    /// <param name="spec">The network.</param>
    /// <param name="positions">T·B.</param>
    public static double ValuesOf(ModelSpec spec, int positions) =>
        !spec.CellKind.Saturates
            ? 0
            : (double)positions * spec.NumLayers * spec.HiddenSize * Math.Max(1, spec.CellKind.SigmoidGates.Count);

    /// <summary>Number of saturated values among those of some units.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="gates">(rows, Slots·H) after the forward pass.</param>
    /// <param name="hidden">(rows, H).</param>
    /// <param name="units">The units.</param>
    public static long Count(Cell cell, Matrix gates, Matrix hidden, UnitSlice units)
    {
        if (!cell.Saturates)
            return 0;
        if (cell.SigmoidGates.Count == 0)
            return RowOperations.CountOutside(units.Of(hidden), -NearlyOne, NearlyOne);
        long count = 0;
        for (int i = 0; i < cell.SigmoidGates.Count; i++)
        {
            var gate = gates.ColumnRange(cell.SigmoidGates[i] * units.Width, units.Width);
            count += RowOperations.CountOutside(units.Of(gate), NearlyShut, NearlyOpen);
        }
        return count;
    }
}
