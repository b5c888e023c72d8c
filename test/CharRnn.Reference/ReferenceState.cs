namespace CharRnn.Reference;

/// <summary>
/// What B streams carry from one window to the next: the cells' own h (never a layer's output) and, for lstm, c.
/// </summary>
/// <param name="Hidden">One (B, H) array a layer, row-major.</param>
/// <param name="Cell">
/// One (B, H) array a layer for cells with a memory of their own; empty arrays for the others.
/// </param>
public sealed record ReferenceState(double[][] Hidden, double[][] Cell);
