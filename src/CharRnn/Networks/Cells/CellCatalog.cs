namespace CharRnn.Networks;

/// <summary>
/// Every cell there is, by name. A new cell is its file and its line here; help, checks and the tests that go through
/// the catalogue pick it up.
/// </summary>
internal static class CellCatalog
{
    /// <summary>The cells, in the order they are shown.</summary>
    public static IReadOnlyList<Cell> All { get; } = [new RnnCell(), new GruCell(), new LstmCell(), new LinearCell()];

    /// <summary>The cell of that name.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    public static Cell Get(string name) =>
        All.FirstOrDefault(cell => cell.Name == name)
        ?? throw new SettingsException(
            $"there is no cell '{name}'; the cells are {string.Join(", ", All.Select(cell => cell.Name))}."
        );
}
