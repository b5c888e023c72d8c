using CharRnn.Cells;
using CharRnn.Reference;

namespace CharRnn.Tests.Cells;

public sealed class CellCatalogueTests
{
    public static TheoryData<string> Names() => [.. CellCatalogue.All.Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryCell_HasATwinInDouble_OfTheSameShape(string name)
    {
        var cell = CellCatalogue.Get(name);
        Assert.True(
            ReferenceCells.All.TryGetValue(name, out var twin),
            $"'{name}' has no twin among the reference's cells: nothing verifies its gradients");
        Assert.Equal(twin.Gates, cell.Gates);
        Assert.Equal(twin.SharedGates, cell.SharedGates);
        Assert.Equal(twin.SigmoidGates, cell.SigmoidGates);
        Assert.Equal(twin.HasCellState, cell.HasCellState);
        Assert.Equal(twin.HasRecurrentBias, cell.SplitGates > 0);
    }

    [Fact]
    public void Names_AreDistinct_AndEachGetsItsCell()
    {
        Assert.Equal(CellCatalogue.All.Count, CellCatalogue.All.Select(cell => cell.Name).Distinct().Count());
        Assert.All(CellCatalogue.All, cell => Assert.Same(cell, CellCatalogue.Get(cell.Name)));
        Assert.All(CellCatalogue.All, cell => Assert.NotEmpty(cell.Description));
    }

    [Fact]
    public void AnUnknownName_IsRefused_AndTheKnownOnesAreListed()
    {
        var refused = Assert.Throws<SettingsException>(() => CellCatalogue.Get("transformer"));

        Assert.Contains("'transformer'", refused.Message);
        Assert.All(CellCatalogue.All, cell => Assert.Contains(cell.Name, refused.Message));
    }
}
