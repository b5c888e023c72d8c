namespace CharRnn.Report.Pages;

/// <summary>A row of a table of runs.</summary>
/// <param name="Name">Name of the row.</param>
/// <param name="Values">A value for each run, made fit to be shown.</param>
/// <param name="Best">The run with the best value; null where that is not the question.</param>
/// <param name="BestTag">Tag of the best one.</param>
public sealed record TableRow(string Name, IReadOnlyList<string> Values, int? Best = null, string BestTag = "lowest")
{
    /// <summary>Whether the runs differ in it.</summary>
    public bool Differs => Values.Distinct().Count() > 1;
}
