using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using CharRnn.Checkpoints;
using CharRnn.Server;
using CharRnn.Server.Models;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace CharRnn.Host;

/// <summary>
/// The program behind <c>charrnn serve</c>: the models over HTTP, with the description of the interface, a page to try
/// it, and measurements.
/// </summary>
internal static class ServerHost
{
    private const string OptionsSection = "CharRnn";
    private const string DescriptionPath = "/openapi/v1.json",
        MetricsPath = "/metrics";

    private const string HeadersTimeout = "HeadersTimeout";

    // A client says its headers at once, or means no good.
    private static readonly TimeSpan DefaultHeadersTimeout = TimeSpan.FromSeconds(10);

    // Once requests were drained, for clients that do not read what they are sent.
    private static readonly TimeSpan LastConnections = TimeSpan.FromSeconds(2);

    /// <summary>Serves until it is asked to stop.</summary>
    /// <param name="args">The configuration: <c>--CharRnn:Models:0=…</c>, <c>--urls=…</c>.</param>
    /// <returns>The process's exit code.</returns>
    public static Task<int> RunAsync(string[] args) => HostRun.RunAsync(() => Build(args), PrintAddresses);

    /// <summary>The application, not yet started.</summary>
    internal static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        HostRun.LogToStandardError(builder.Logging);
        var settings = builder.Configuration.GetSection(OptionsSection);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = settings.GetValue(HeadersTimeout, DefaultHeadersTimeout);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LastConnections);
        builder.Services.AddCharRnn(settings.Bind);
        builder.Services.AddSingleton<IHostLifetime, DrainingLifetime>();
        // As the description has them: a number is no text.
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict
        );
        builder.Services.AddOpenApi(InterfaceDescription.Configure);
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("charrnn"))
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(ServerMetrics.MeterName)
                    .AddAspNetCoreInstrumentation()
                    .AddMeter("System.Runtime")
                    .AddPrometheusExporter()
            );
        var app = builder.Build();
        RequireKeyBeyondLoopback(app);
        var filter = app.Services.GetRequiredService<RequestFilter>();
        app.Use((context, next) => filter.GuardAsync(context, () => next(context)));
        app.Use(AnswerEmptyFailures);
        app.MapCharRnn();
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(MetricsPath),
            metrics => metrics.Use((context, next) => filter.RequireKeyAsync(context, () => next(context)))
        );
        app.MapPrometheusScrapingEndpoint(MetricsPath);
        app.MapOpenApi();
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "CharRnn";
            page.SwaggerEndpoint(DescriptionPath, "CharRnn");
        });
        app.MapGet("/", () => Results.Redirect("/docs")).ExcludeFromDescription();
        return app;
    }

    /// <summary>Refuses to serve other machines without a key: whoever reaches the port could use the models.</summary>
    /// <exception cref="SettingsException">It would be so.</exception>
    private static void RequireKeyBeyondLoopback(WebApplication app)
    {
        string[] open = HostRun.UrlsBeyondLoopback(app.Configuration);
        string? key = app.Services.GetRequiredService<IOptions<CharRnnServerOptions>>().Value.ApiKey;
        if (open.Length > 0 && string.IsNullOrEmpty(key))
            throw new SettingsException(
                $"'{string.Join(';', open)}' is reached from other machines, and there is no 'ApiKey' (--api-key, CHARRNN_API_KEY); give "
                    + "one, or serve 127.0.0.1 alone."
            );
    }

    /// <summary>Gives failures that have no body one in the interface's shape: paths that are not there.</summary>
    private static async Task AnswerEmptyFailures(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var response = context.Response;
        bool isEmptyFailure =
            response.StatusCode >= StatusCodes.Status400BadRequest
            && !response.HasStarted
            && response.ContentLength is null
            && response.ContentType is null;
        if (!isEmptyFailure)
            return;
        var request = context.Request;
        string what = $"{request.Method} {OneLine.Quote(request.Path)}";
        throw response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new ApiException(
                response.StatusCode,
                $"there is no {what}; {DescriptionPath} lists what there is."
            ),
            StatusCodes.Status405MethodNotAllowed => new ApiException(
                response.StatusCode,
                $"there is no {what}; the path has another method."
            ),
            StatusCodes.Status415UnsupportedMediaType => new ApiException(
                response.StatusCode,
                $"{what} reads JSON; send 'Content-Type: application/json'."
            ),
            _ => new ApiException(response.StatusCode, $"{what} cannot be answered."),
        };
    }

    private static void PrintAddresses(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var models = app.Services.GetRequiredService<ModelRegistry>().Ids;
        var options = app.Services.GetRequiredService<IOptions<CharRnnServerOptions>>().Value;
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"serving {string.Join(", ", models)} at {string.Join(", ", addresses.Select(each => $"{each}/v1"))}"
                    + $"{(options.ApiKey is null ? "" : " with an API key")}; "
                    + $"a page to try it: {addresses.First()}/docs. Ctrl-C stops."
            )
        );
    }
}
