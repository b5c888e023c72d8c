using CharRnn.Reference.Cells;

namespace CharRnn.Reference;

/// <summary>The reference cells: every cell of the engine needs one here to be verified.</summary>
public static class ReferenceCells
{
    /// <summary>Every cell by its name.</summary>
    public static IReadOnlyDictionary<string, IReferenceCell> All { get; } =
        new IReferenceCell[] { new RnnCell(), new GruCell(), new LstmCell(), new LinearCell() }.ToDictionary(
            cell => cell.Name,
            StringComparer.Ordinal
        );
}
