using CharRnn.Server;
using CharRnn.Studio.Access;
using CharRnn.Studio.Assets;
using CharRnn.Studio.Layout;
using CharRnn.Studio.Models;
using CharRnn.Studio.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Radzen;

namespace CharRnn.Studio;

/// <summary>Adds the studio to an ASP.NET Core application.</summary>
internal static class StudioExtensions
{
    // A prompt or a pasted text comes in one message.
    private const int MaxMessageBytes = 4 << 20;

    // A page that was closed for a moment, or a computer that slept.
    private static readonly TimeSpan DisconnectedPagesStay = TimeSpan.FromMinutes(10);

    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddStudio(this IServiceCollection services, Action<StudioOptions> configure)
    {
        services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RequestGuard>();
        services.AddSingleton<StudioAccess>();
        services.AddSingleton<StudioGuard>();
        services.AddSingleton<RunCatalog>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<TextPlaces>();
        services.AddSingleton<ModelShelf>();
        services.AddScoped<StudioState>();
        services.AddRadzenComponents();
        // Nothing of one run of the studio is good for the next.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "charrnn-studio-antiforgery";
            options.Cookie.SameSite = SameSiteMode.Strict;
        });
        services
            .AddRazorComponents()
            .AddInteractiveServerComponents(circuits =>
                circuits.DisconnectedCircuitRetentionPeriod = DisconnectedPagesStay
            )
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = MaxMessageBytes);
        return services;
    }

    /// <summary>Puts the guard before every request, and maps pages and what they load.</summary>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public static void MapStudio(this WebApplication app)
    {
        app.Services.GetRequiredService<IOptions<StudioOptions>>().Value.Validate();
        var guard = app.Services.GetRequiredService<StudioGuard>();
        app.Use(guard.CheckAsync);
        app.UseRouting();
        app.UseAntiforgery();
        StudioAssets.Map(app);
        ReportDownload.Map(app);
        // The guard's policy forbids frames already.
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(pages => pages.ContentSecurityFrameAncestorsPolicy = null);
    }
}
