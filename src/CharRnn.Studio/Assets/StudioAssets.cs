using System.Security.Cryptography;
using System.Text;
using CharRnn.Report.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace CharRnn.Studio.Assets;

/// <summary>What pages load: style sheets, which are the report's and the studio's, and scripts. All lie in assemblies.</summary>
internal static class StudioAssets
{
    private const string Css = "text/css; charset=utf-8",
        Script = "text/javascript; charset=utf-8";

    /// <summary>Name of the style sheet.</summary>
    public const string Styles = "studio.css";

    private static readonly string[] Scripts = ["studio.js", "blazor.web.js", "Radzen.Blazor.min.js"];

    /// <summary>Maps <c>/assets/NAME</c>, which browsers keep and ask about again.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        MapOne(endpoints, Styles, Css, Encoding.UTF8.GetBytes(StyleSheet.Text + StyleSheet.Neurons + Read(Styles)));
        foreach (string script in Scripts)
            MapOne(endpoints, script, Script, Encoding.UTF8.GetBytes(Read(script)));
        endpoints.MapGet("/favicon.ico", () => Results.NoContent());
    }

    private static void MapOne(IEndpointRouteBuilder endpoints, string name, string type, byte[] content)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
        endpoints.MapGet(
            $"/assets/{name}",
            (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "no-cache";
                return Results.Bytes(content, type, entityTag: tag);
            }
        );
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(StudioAssets).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
