using CharRnn.Inspecting;
using CharRnn.Report.Neurons;
using FoundUnit = CharRnn.Inspecting.FoundUnit;

namespace CharRnn.Cli.Commands;

/// <summary>A property with the units that tell it.</summary>
/// <param name="Property">The property.</param>
/// <param name="Result">The units.</param>
internal sealed record PropertySearch(TextProperty Property, UnitSearchResult Result)
{
    /// <summary>Name of the score.</summary>
    public string Measure => Property.IsBinary ? "AUC" : "ρ";

    /// <summary>The units as rows of a table; what the untrained network has stands beside the first.</summary>
    public IEnumerable<Report.Neurons.FoundUnit> Rows =>
        Result.Best.Select(
            (unit, rank) =>
                new Report.Neurons.FoundUnit(
                    Property.Name,
                    unit.Unit.Name,
                    Measure,
                    Signed(unit, unit.SecondScore),
                    Signed(unit, unit.Score),
                    rank == 0 ? Signed(Result.Untrained, Result.Untrained.SecondScore) : null
                )
        );

    // A correlation has a sign; an AUC is told in the unit's own direction.
    private double Signed(FoundUnit unit, double score) => Property.IsBinary || unit.IsPositive ? score : -score;
}
