using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Report;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CharRnn.Studio.Runs;

/// <summary>The report of a run, as the file that <c>charrnn report</c> writes.</summary>
internal static class ReportDownload
{
    private const string Html = "text/html; charset=utf-8";

    /// <summary>Maps it.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(
            "/runs/{id}/report.html",
            (string id, RunCatalog catalog, TimeProvider clock) =>
            {
                try
                {
                    string page = HtmlReport.Render([catalog.Read(id)], title: null, clock.GetUtcNow());
                    return Results.File(Encoding.UTF8.GetBytes(page), Html, TextPlaces.SafeName($"{id}.html"));
                }
                catch (CharRnnException missing)
                {
                    return Results.Text(missing.Message, statusCode: StatusCodes.Status404NotFound);
                }
            }
        );
}
