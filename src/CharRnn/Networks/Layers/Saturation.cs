namespace CharRnn.Networks;

/// <summary>
/// Where a gate counts as saturated: so near the end of its range that next to no gradient passes through it.
/// </summary>
internal static class Saturation
{
    /// <summary>A sigmoid below this is all but shut.</summary>
    public const float OfSigmoidLow = 0.05f;

    /// <summary>A sigmoid above this is all but open.</summary>
    public const float OfSigmoidHigh = 0.95f;

    /// <summary>A hyperbolic tangent of more than this magnitude is all but ±1.</summary>
    public const float OfTanh = 0.95f;

    /// <summary>
    /// How many values of a window are looked at: those of every sigmoid gate, or of h where the cell has none; 0 where
    /// the cell knows no such ends.
    /// </summary>
    /// <param name="spec">The network.</param>
    /// <param name="positions">T·B.</param>
    public static double ValuesOf(ModelSpec spec, int positions) =>
        !spec.CellKind.Saturates
            ? 0
            : (double)positions * spec.NumLayers * spec.HiddenSize * Math.Max(1, spec.CellKind.SigmoidGates.Count);
}
