using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

public sealed class CellCatalogTests
{
    public static TheoryData<string> Names() => [.. CellCatalog.All.Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryCell_HasATwinInDouble_OfTheSameShape(string name)
    {
        var cell = CellCatalog.Get(name);
        Assert.True(
            ReferenceCells.All.TryGetValue(name, out var twin),
            $"'{name}' has no twin among the reference's cells: nothing verifies its gradients"
        );
        Assert.Equal(twin.Gates, cell.Gates);
        Assert.Equal(twin.SharedGates, cell.SharedGates);
        Assert.Equal(twin.SigmoidGates, cell.SigmoidGates);
        Assert.Equal(twin.HasCellState, cell.HasCellState);
        Assert.Equal(twin.HasRecurrentBias, cell.SplitGates > 0);
    }

    [Fact]
    public void Names_AreDistinct_AndEachGetsItsCell()
    {
        Assert.Equal(CellCatalog.All.Count, CellCatalog.All.Select(cell => cell.Name).Distinct().Count());
        Assert.All(CellCatalog.All, cell => Assert.Same(cell, CellCatalog.Get(cell.Name)));
        Assert.All(CellCatalog.All, cell => Assert.NotEmpty(cell.Description));
    }

    [Fact]
    public void AnUnknownName_IsRefused_AndTheKnownOnesAreListed()
    {
        var refused = Assert.Throws<SettingsException>(() => CellCatalog.Get("transformer"));

        Assert.Contains("'transformer'", refused.Message);
        Assert.All(CellCatalog.All, cell => Assert.Contains(cell.Name, refused.Message));
    }
}
