using System.Globalization;
using CharRnn.Inspecting;
using CharRnn.Studio.Models;

namespace CharRnn.Studio.Neurons;

/// <summary>Unit that was found, as a row of a table.</summary>
internal sealed record FoundRow(
    UnitAddress Unit,
    string Name,
    string Score,
    string FirstScore,
    string Threshold,
    IReadOnlyList<float> Values
);

/// <summary>What a search for units found, in words and figures.</summary>
internal sealed record UnitFinding(
    string About,
    string Measure,
    bool IsBinary,
    IReadOnlyList<FoundRow> Rows,
    string Untrained
)
{
    private const int SparklineSymbols = 240;

    /// <summary>What the figures mean.</summary>
    public string Meaning =>
        IsBinary
            ? "AUC is the share of pairs, one character with the property and one without, that the unit puts in order: "
                + "0.5 is chance, 1 is always."
            : "ρ is the rank correlation of the unit's value and the number: 0 is chance, 1 and −1 are always.";

    /// <summary>Searches.</summary>
    public static UnitFinding Search(
        ModelLease lease,
        NeuronText text,
        TextProperty property,
        bool hasGates,
        CancellationToken cancellationToken
    )
    {
        var model = lease.LanguageModel;
        var (ids, label, about) = text.Read(lease, isSearched: true, cancellationToken);
        var range = new IdRange(0, ids.Length);
        var result = UnitSearch.Run(
            model,
            ids,
            range,
            property,
            hasGates ? UnitSignal.Of(model.Spec) : UnitSignal.StatesOf(model.Spec),
            label: label,
            cancellationToken: cancellationToken
        );
        var drawn = new IdRange(0, Math.Min(SparklineSymbols, ids.Length));
        float[][] values = UnitTraces
            .Of(model, ids, drawn, [.. result.Best.Select(unit => unit.Unit)], label, cancellationToken)
            .Values;
        return new UnitFinding(
            $"For “{property.Description}”, in {about}:",
            property.IsBinary ? "AUC" : "ρ",
            property.IsBinary,
            [
                .. result.Best.Zip(
                    values,
                    (unit, line) =>
                        new FoundRow(
                            UnitAddress.Of(unit.Unit),
                            unit.Unit.Name,
                            Figure(Signed(unit, unit.SecondScore)),
                            Figure(Signed(unit, unit.Score)),
                            unit.Threshold is { } threshold
                                ? $"{(unit.IsPositive ? "≥" : "≤")} {Figure(threshold)}"
                                : "",
                            line
                        )
                ),
            ],
            Figure(Signed(result.Untrained, result.Untrained.SecondScore))
        );

        // A correlation has a sign; an AUC is told in the unit's own direction.
        double Signed(FoundUnit unit, double score) => property.IsBinary || unit.IsPositive ? score : -score;
    }

    private static string Figure(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);
}
