namespace CharRnn.Report.Charts;

/// <summary>Meaning of a line's colour or kind.</summary>
/// <param name="Name">Meaning in words.</param>
/// <param name="Run">The run whose colour and mark it has; null for one that goes by the kind alone.</param>
/// <param name="Kind">The kind of line; null for a horizontal one, or for a colour alone.</param>
public sealed record LegendEntry(string Name, int? Run, LineKind? Kind)
{
    /// <summary>
    /// Of one run, an entry a line; of several, first an entry a run, then one a kind. Horizontal lines come last, with
    /// their values.
    /// </summary>
    public static IEnumerable<LegendEntry> Of(Chart chart)
    {
        bool hasOneRun = chart.Lines.DistinctBy(line => line.Run).Count() == 1;
        var kinds = chart.Lines.DistinctBy(line => line.Kind).ToList();
        var lines = hasOneRun
            ? chart.Lines.Select(line => new LegendEntry(line.Name, line.Run, line.Kind))
            : chart
                .Lines.DistinctBy(line => line.Run)
                .Select(line => new LegendEntry(line.RunName, line.Run, LineKind.Marked));
        var styles =
            hasOneRun || kinds.Count == 1 ? [] : kinds.Select(line => new LegendEntry(line.Name, null, line.Kind));
        var plot = new Plot(chart, PlotSize.Wide);
        var levels = chart
            .Levels.Where(level => plot.Levels.Any(inSight => inSight.Name == level.Name))
            .OrderBy(level => level.Y)
            .Select(level => new LegendEntry(FormattableString.Invariant($"{level.Name} {level.Y:0.00}"), null, null));
        return [.. lines, .. styles, .. levels];
    }
}
