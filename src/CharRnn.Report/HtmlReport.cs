using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Report.Pages;
using CharRnn.Report.Rendering;
using CharRnn.Report.Runs;

namespace CharRnn.Report;

/// <summary>One page of HTML on one or several runs: charts, samples and settings. It loads nothing, needs no scripts, and so opens anywhere and offline.</summary>
public static class HtmlReport
{
    /// <summary>The file that a report goes to when no other is named.</summary>
    public const string DefaultName = "report.html";

    private const int MostNamesInTitle = 3;

    /// <summary>The page's text. The same runs, title and time give the same text.</summary>
    /// <param name="runs">The runs, at least one; <see cref="ReportedRun.ReadAll"/> reads them.</param>
    /// <param name="title">Its heading; null for the runs' names.</param>
    /// <param name="time">When it was made.</param>
    public static string Render(IReadOnlyList<ReportedRun> runs, string? title, DateTimeOffset time) => "<!DOCTYPE html>\n" + Drawings.Tidy(StaticPage.Render<ReportPage>(new()
    {
        [nameof(ReportPage.Runs)] = runs,
        [nameof(ReportPage.Title)] = title ?? TitleOf(runs),
        [nameof(ReportPage.Time)] = time,
    })) + "\n";

    /// <summary>Renders the page and saves it, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="title">Its heading; null for the runs' names.</param>
    /// <param name="time">When it was made.</param>
    /// <returns>How many bytes it has.</returns>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public static int Write(string path, IReadOnlyList<ReportedRun> runs, string? title, DateTimeOffset time)
    {
        byte[] page = Encoding.UTF8.GetBytes(Render(runs, title, time));
        AtomicFile.Write(path, file => file.Write(page));
        return page.Length;
    }

    private static string TitleOf(IReadOnlyList<ReportedRun> runs) =>
        runs.Count <= MostNamesInTitle ? string.Join(", ", runs.Select(run => run.Label)) : $"{runs[0].Label} and {runs.Count - 1} other runs";
}
