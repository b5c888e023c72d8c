using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;
using Radzen;

namespace CharRnn.Report.Rendering;

/// <summary>Renders a component to a text of HTML, once, with nothing live behind it.</summary>
internal static class StaticPage
{
    /// <summary>Renders a component with its parameters.</summary>
    public static string Render<TComponent>(Dictionary<string, object?> parameters)
        where TComponent : IComponent => RenderAsync<TComponent>(parameters).GetAwaiter().GetResult();

    private static async Task<string> RenderAsync<TComponent>(Dictionary<string, object?> parameters)
        where TComponent : IComponent
    {
        var services = new ServiceCollection();
        services.AddSingleton<IJSRuntime, NoScripts>();
        services.AddSingleton<TooltipService>();
        services.AddSingleton<NavigationManager, Nowhere>();
        // Letters of all scripts stand as they are; what HTML would take for its own is escaped all the same.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        await using var provider = services.BuildServiceProvider();
        await using var renderer = new HtmlRenderer(provider, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TComponent>(ParameterView.FromDictionary(parameters))).ToHtmlString()
        );
    }

    /// <summary>A page in a file is at no address.</summary>
    private sealed class Nowhere : NavigationManager
    {
        public Nowhere() => Initialize("about:blank/", "about:blank/");
    }
}
