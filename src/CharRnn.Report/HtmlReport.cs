using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Report.Pages;
using CharRnn.Report.Rendering;
using CharRnn.Report.Runs;

namespace CharRnn.Report;

/// <summary>
/// One page of HTML on one or several runs: charts, samples and settings. It loads nothing, needs no scripts, and so
/// opens anywhere and offline.
/// </summary>
public static class HtmlReport
{
    /// <summary>The file that a report goes to when no other is named.</summary>
    public const string DefaultName = "report.html";

    private const int MaxNamesInTitle = 3;

    /// <summary>The page's text. The same runs, title and time give the same text.</summary>
    /// <param name="runs">
    /// The runs, at least one, and all of one kind; <see cref="ReportedRuns.ReadAll"/> reads them.
    /// </param>
    /// <param name="title">Its heading; null for the runs' names.</param>
    /// <param name="time">Time of making.</param>
    /// <exception cref="ArgumentException">The runs are of different kinds.</exception>
    public static string Render(IReadOnlyList<IReportedRun> runs, string? title, DateTimeOffset time)
    {
        string heading = title ?? TitleOf(runs);
        string page = (runs.OfType<ReportedRun>().ToList(), runs.OfType<ClassifierRun>().ToList()) switch
        {
            ({ Count: > 0 } all, []) => StaticPage.Render<ReportPage>(
                new()
                {
                    [nameof(ReportPage.Runs)] = all,
                    [nameof(ReportPage.Title)] = heading,
                    [nameof(ReportPage.Time)] = time,
                }
            ),
            ([], { Count: > 0 } all) => StaticPage.Render<ClassifierPage>(
                new()
                {
                    [nameof(ClassifierPage.Runs)] = all,
                    [nameof(ClassifierPage.Title)] = heading,
                    [nameof(ClassifierPage.Time)] = time,
                }
            ),
            _ => throw new ArgumentException("the runs are none, or of different kinds", nameof(runs)),
        };
        return "<!DOCTYPE html>\n" + Drawings.Tidy(page) + "\n";
    }

    /// <summary>Renders the page and saves it, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="title">Its heading; null for the runs' names.</param>
    /// <param name="time">Time of making.</param>
    /// <returns>Number of its bytes.</returns>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public static int Write(string path, IReadOnlyList<IReportedRun> runs, string? title, DateTimeOffset time)
    {
        byte[] page = Encoding.UTF8.GetBytes(Render(runs, title, time));
        AtomicFile.Write(path, file => file.Write(page));
        return page.Length;
    }

    private static string TitleOf(IReadOnlyList<IReportedRun> runs) =>
        runs.Count <= MaxNamesInTitle
            ? string.Join(", ", runs.Select(run => run.Label))
            : $"{runs[0].Label} and {runs.Count - 1} other runs";
}
