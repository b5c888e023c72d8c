using System.ComponentModel;
using System.Diagnostics;
using CharRnn.Studio;
using CharRnn.Studio.Access;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace CharRnn.Host;

/// <summary>
/// The program behind <c>charrnn studio</c>: the pages, on this machine alone. It ends with Ctrl-C; runs that it
/// started go on by themselves.
/// </summary>
internal static class StudioHost
{
    private const string OptionsSection = "Studio";

    // Pages hold a live connection for as long as they are open.
    private static readonly TimeSpan LastConnections = TimeSpan.FromSeconds(1);

    /// <summary>Shows the studio until it is asked to stop.</summary>
    /// <param name="args">The configuration: <c>--Studio:Folder=…</c>, <c>--urls=…</c>.</param>
    /// <returns>The process's exit code.</returns>
    public static Task<int> RunAsync(string[] args) => HostRun.RunAsync(() => Build(args), Announce);

    /// <summary>The application, not yet started.</summary>
    internal static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        HostRun.LogToStandardError(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LastConnections);
        builder.Services.AddStudio(options =>
        {
            builder.Configuration.GetSection(OptionsSection).Bind(options);
            options.ExamplePath = Path.Combine(AppContext.BaseDirectory, "example.safetensors");
        });
        if (HostRun.UrlsBeyondLoopback(builder.Configuration) is [var open, ..])
            throw new SettingsException($"'{open}' is reached from other machines; the studio is for this one alone.");
        var app = builder.Build();
        app.MapStudio();
        return app;
    }

    /// <summary>An address that opens the studio in one browser.</summary>
    internal static string AddressOf(WebApplication app) =>
        AddressOf(app, app.Services.GetRequiredService<StudioAccess>().Token);

    private static string AddressOf(WebApplication app, string token)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return $"{addresses.First()}/?token={token}";
    }

    private static void Announce(WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<StudioOptions>>().Value;
        string address = AddressOf(app);
        Console.Error.WriteLine($"the studio of {options.Folder}: {address}");
        Console.Error.WriteLine("The address opens one browser. Ctrl-C stops the studio, and no run that trains.");
        app.Services.GetRequiredService<StudioAccess>().Renewed = next =>
            Console.Error.WriteLine($"for another browser: {AddressOf(app, next)}");
        if (options.OpensBrowser && !Open(address))
            Console.Error.WriteLine("no browser could be opened; open the address yourself.");
    }

    private static bool Open(string address)
    {
        var start =
            OperatingSystem.IsWindows() ? new ProcessStartInfo(address) { UseShellExecute = true }
            : OperatingSystem.IsMacOS() ? new ProcessStartInfo("open", [address])
            : new ProcessStartInfo("xdg-open", [address]);
        // A browser's own words do not belong into this terminal.
        if (!start.UseShellExecute)
            (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        try
        {
            using var browser = Process.Start(start);
            return true;
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }
}
