using System.Globalization;
using CharRnn.Server;
using Microsoft.AspNetCore.Http;

namespace CharRnn.Studio.Access;

/// <summary>
/// Guard of every request, the live connection included: it must name this machine as its host, come from no foreign
/// page, and bring the cookie that a browser gets for the token in the address that was opened.
/// </summary>
internal sealed class StudioGuard(RequestGuard requests, StudioAccess access)
{
    private const string TokenField = "token";

    // Scripts come from the studio alone. Radzen writes sizes and colours of charts into the elements themselves.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    /// <summary>Lets a request pass, or answers it.</summary>
    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        AddHeaders(context.Response.Headers);
        try
        {
            if (requests.Check(context))
                return;
        }
        catch (ApiException refused)
        {
            await RefuseAsync(context, refused.Status, refused.Message);
            return;
        }
        string cookie = CookieName(context);
        bool isAdmitted = access.IsAdmitted(context.Request.Cookies[cookie]);
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Query.ContainsKey(TokenField))
        {
            await AdmitAsync(context, cookie, isAdmitted);
            return;
        }
        if (isAdmitted)
            await next(context);
        else
            await RefuseAsync(
                context,
                StatusCodes.Status401Unauthorized,
                "The studio opens from the address that 'charrnn studio' printed last; each opens one browser."
            );
    }

    private async Task AdmitAsync(HttpContext context, string cookie, bool isAdmitted)
    {
        if (!isAdmitted)
        {
            if (access.Exchange(context.Request.Query[TokenField].ToString()) is not { } value)
            {
                await RefuseAsync(
                    context,
                    StatusCodes.Status401Unauthorized,
                    "This address was used already, or is of a studio that has stopped. The terminal shows one for "
                        + "another browser."
                );
                return;
            }
            context.Response.Cookies.Append(
                cookie,
                value,
                new()
                {
                    HttpOnly = true,
                    SameSite = SameSiteMode.Strict,
                    Path = "/",
                }
            );
        }
        // Without the token: addresses end in histories.
        var rest = QueryString.Create(context.Request.Query.Where(field => field.Key != TokenField));
        // With one slash: an address that begins with two leads to another host.
        context.Response.Redirect($"/{context.Request.Path.Value?.TrimStart('/')}{rest}");
    }

    // Browsers keep the cookies of all ports of a host together.
    private static string CookieName(HttpContext context) =>
        string.Create(CultureInfo.InvariantCulture, $"charrnn-studio-{context.Connection.LocalPort}");

    private static void AddHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n");
    }
}
