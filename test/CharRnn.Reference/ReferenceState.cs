namespace CharRnn.Reference;

/// <summary>
/// State of B streams between two windows: the cells' h (not the layers' outputs) and, for lstm, c.
/// </summary>
/// <param name="Hidden">One (B, H) array a layer, row-major.</param>
/// <param name="Cell">
/// One (B, H) array a layer for cells with a cell state; empty arrays for the others.
/// </param>
public sealed record ReferenceState(double[][] Hidden, double[][] Cell);
