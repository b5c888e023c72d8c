using CharRnn.Server.Endpoints;
using CharRnn.Server.Generating;
using CharRnn.Server.Models;
using CharRnn.Server.Requests;
using CharRnn.Server.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CharRnn.Server;

/// <summary>Adds a server of models to an ASP.NET Core application.</summary>
/// <remarks>An application of ten lines stands in <c>samples/Serving</c>.</remarks>
public static class CharRnnServerExtensions
{
    private static readonly string[] Paths =
    [
        "/completions",
        "/chat/completions",
        "/score",
        "/classify",
        "/embeddings",
        "/models",
        "/models/{id}",
    ];

    /// <summary>Adds the services.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options: at least one model.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddCharRnn(
        this IServiceCollection services,
        Action<CharRnnServerOptions> configure
    )
    {
        services.Configure(configure);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ServerMetrics>();
        services.TryAddSingleton<ServerDrain>();
        services.TryAddSingleton<RequestGuard>();
        services.TryAddSingleton<RequestFilter>();
        services.TryAddSingleton<ModelRegistry>();
        services.TryAddSingleton<GenerationScheduler>();
        services.TryAddSingleton<GenerationEndpoints>();
        services.TryAddSingleton<TextEndpoints>();
        services.TryAddSingleton<ModelEndpoints>();
        return services;
    }

    /// <summary>
    /// Maps the endpoints, from <c>/v1/completions</c> to <c>/health</c>, behind the guard of hosts, origins and the
    /// key; loads the models.
    /// </summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <returns>Conventions of all of them.</returns>
    /// <exception cref="ModelException">A model cannot be loaded.</exception>
    /// <exception cref="SettingsException">
    /// There is no model, two have the same name, or another option cannot be used.
    /// </exception>
    public static IEndpointConventionBuilder MapCharRnn(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        services.GetRequiredService<IOptions<CharRnnServerOptions>>().Value.Validate();
        var filter = services.GetRequiredService<RequestFilter>();
        var generation = services.GetRequiredService<GenerationEndpoints>();
        var text = services.GetRequiredService<TextEndpoints>();
        var model = services.GetRequiredService<ModelEndpoints>();

        var all = endpoints.MapGroup("").WithTags("CharRnn");
        var work = all.MapGroup("/v1");
        work.AddEndpointFilter((invocation, next) => Around(invocation, next, filter.WorkAsync));
        work.MapPost("/completions", (Delegate)generation.CompletionsAsync)
            .Describe<CompletionRequest, CompletionResponse>("Write on from a prompt, or score it.");
        work.MapPost("/chat/completions", (Delegate)generation.ChatAsync)
            .Describe<ChatRequest, ChatResponse>("The same for clients that speak of chats.");
        work.MapPost("/score", (Delegate)text.ScoreAsync)
            .Describe<ScoreRequest, ListResponse<TextScore>>("Bits of each character of texts.");
        work.MapPost("/classify", (Delegate)text.ClassifyAsync)
            .Describe<ClassifyRequest, ListResponse<TextLabels>>("Labels of texts, with their probabilities.");
        work.MapPost("/embeddings", (Delegate)text.EmbedAsync)
            .Describe<EmbeddingRequest, ListResponse<EmbeddingEntry>>("Embeddings of texts: the pooled state.");
        work.MapGet("/models", (Delegate)model.ListAsync)
            .WithSummary("The models that are served.")
            .Produces<ListResponse<ModelResponse>>();
        work.MapGet("/models/{**id}", model.ShowAsync)
            .WithSummary("One model, with its vocabulary.")
            .Produces<ModelDetails>()
            .Produces<ErrorResponse>(StatusCodes.Status404NotFound);

        // The filter answers what a browser asks in advance; a path has no other use for the method.
        foreach (string path in Paths)
            work.MapMethods(path, [HttpMethods.Options], () => Results.NoContent()).ExcludeFromDescription();

        var open = all.MapGroup("");
        open.AddEndpointFilter((invocation, next) => Around(invocation, next, filter.GuardAsync));
        open.MapGet("/health", (Delegate)model.HealthAsync)
            .WithSummary("Whether the server takes requests.")
            .Produces<HealthResponse>();
        return all;
    }

    private static async ValueTask<object?> Around(
        EndpointFilterInvocationContext invocation,
        EndpointFilterDelegate next,
        Func<HttpContext, Func<Task>, Task> filter
    )
    {
        await filter(invocation.HttpContext, async () => await next(invocation));
        return Results.Empty;
    }

    private static RouteHandlerBuilder Describe<TRequest, TResponse>(this RouteHandlerBuilder endpoint, string summary)
        where TRequest : notnull =>
        endpoint
            .WithSummary(summary)
            .Accepts<TRequest>("application/json")
            .Produces<TResponse>()
            .Produces<ErrorResponse>(StatusCodes.Status400BadRequest)
            .Produces<ErrorResponse>(StatusCodes.Status401Unauthorized)
            .Produces<ErrorResponse>(StatusCodes.Status404NotFound)
            .Produces<ErrorResponse>(StatusCodes.Status413PayloadTooLarge)
            .Produces<ErrorResponse>(StatusCodes.Status429TooManyRequests)
            .Produces<ErrorResponse>(StatusCodes.Status503ServiceUnavailable);
}
