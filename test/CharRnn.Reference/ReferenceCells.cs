using CharRnn.Reference.Cells;

namespace CharRnn.Reference;

/// <summary>The catalogue of cells: a cell of the engine without a twin here is not verified.</summary>
public static class ReferenceCells
{
    /// <summary>Every cell by its name.</summary>
    public static IReadOnlyDictionary<string, IReferenceCell> All { get; } =
        new IReferenceCell[] { new RnnCell(), new GruCell(), new LstmCell(), new LinearCell() }.ToDictionary(
            cell => cell.Name,
            StringComparer.Ordinal
        );
}
