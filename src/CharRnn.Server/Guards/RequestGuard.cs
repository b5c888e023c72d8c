using System.Net;
using System.Security.Cryptography;
using System.Text;
using CharRnn.Checkpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CharRnn.Server;

/// <summary>
/// Guard of every request: it must be meant for this server, by its <c>Host</c>; come from no page of the web that is
/// not allowed, by its <c>Origin</c>; and bring the key, where there is one.
/// </summary>
internal sealed class RequestGuard(IOptions<CharRnnServerOptions> options)
{
    private const string AnyHost = "*";
    private const string Bearer = "Bearer ";
    private const string DefaultHeaders = "authorization, content-type";

    private readonly CharRnnServerOptions _options = options.Value;

    /// <summary>Refuses a request that is meant for another server, or that a foreign page sends.</summary>
    /// <returns>Whether the request is answered with that: a browser's question in advance.</returns>
    /// <exception cref="ApiException">It is refused: 403.</exception>
    public bool Check(HttpContext context)
    {
        // Whatever is quoted in an answer is JSON, and no page.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        RequireHost(context);
        if (context.Request.Headers.Origin.Count == 0)
            return false;
        RequireOrigin(context);
        bool isPreflight =
            HttpMethods.IsOptions(context.Request.Method)
            && context.Request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod);
        if (isPreflight)
        {
            context.Response.Headers.AccessControlAllowMethods = "GET, POST";
            // Clients send headers of their own; the origin was allowed by name.
            var headers = context.Request.Headers.AccessControlRequestHeaders;
            context.Response.Headers.AccessControlAllowHeaders = headers.Count == 0 ? DefaultHeaders : headers;
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        return isPreflight;
    }

    /// <summary>Refuses a request without the key, where there is one.</summary>
    /// <exception cref="ApiException">It is refused: 401.</exception>
    public void RequireKey(HttpContext context)
    {
        if (_options.ApiKey is not { Length: > 0 } key)
            return;
        string given = context.Request.Headers.Authorization.ToString();
        bool isRight =
            given.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Hash(given[Bearer.Length..].Trim()), Hash(key));
        if (isRight)
            return;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new ApiException(
            StatusCodes.Status401Unauthorized,
            given.Length == 0
                ? "the server asks for an API key; send 'Authorization: Bearer KEY'."
                : "the API key is not the server's; send 'Authorization: Bearer KEY' with the one it was started with."
        )
        {
            Code = "invalid_api_key",
        };
    }

    private void RequireHost(HttpContext context)
    {
        var host = context.Request.Host;
        string name = host.Host.Trim('[', ']');
        bool isAllowed =
            name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            // A number is no name that another could let lead here.
            || IPAddress.TryParse(name, out _)
            || _options.AllowedHosts.Any(allowed =>
                allowed == AnyHost || allowed.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
            );
        if (!isAllowed)
            throw new ApiException(
                StatusCodes.Status403Forbidden,
                $"the request is for the host {OneLine.Quote(host.Host)}, which is not this server's; allow it with "
                    + "'AllowedHosts' (--allow-host)."
            )
            {
                Code = "host_not_allowed",
            };
    }

    private void RequireOrigin(HttpContext context)
    {
        string origin = context.Request.Headers.Origin.ToString();
        string own = $"{context.Request.Scheme}://{context.Request.Host}";
        if (origin.Equals(own, StringComparison.OrdinalIgnoreCase))
            return;
        if (!_options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            throw new ApiException(
                StatusCodes.Status403Forbidden,
                $"pages of {OneLine.Quote(origin)} may not use this server; allow them with 'AllowedOrigins' "
                    + "(--allow-origin)."
            )
            {
                Code = "origin_not_allowed",
            };
        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.Vary = HeaderNames.Origin;
    }

    // Of equal lengths, so that the comparison tells nothing of the key's.
    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
