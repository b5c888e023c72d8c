using System.Net;
using CharRnn.Host;
using CharRnn.Studio.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace CharRnn.Studio.Tests;

/// <summary>The studio as it is shown, on a free port of loopback.</summary>
internal sealed class RunningStudio : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningStudio(WebApplication app)
    {
        _app = app;
        Address = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
    }

    /// <summary>Where it listens: <c>http://127.0.0.1:PORT</c>.</summary>
    public Uri Address { get; }

    /// <summary>The address that opens the studio in the next browser.</summary>
    public string Opening => StudioHost.AddressOf(_app);

    /// <summary>The services of the host.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>The token that opens the studio next.</summary>
    public string Token => Services.GetRequiredService<StudioAccess>().Token;

    /// <summary>The command that trains, as the studio is told it.</summary>
    public static string[] Command { get; } = ["dotnet", Path.Combine(AppContext.BaseDirectory, "CharRnn.Cli.dll")];

    /// <summary>Starts one.</summary>
    /// <param name="folder">The folder of runs.</param>
    /// <param name="settings">More of its configuration: <c>--Studio:DataFolders:0=…</c>.</param>
    public static async Task<RunningStudio> StartAsync(string folder, params string[] settings)
    {
        var app = StudioHost.Build([
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Warning",
            $"--Studio:Folder={folder}",
            "--Studio:OpensBrowser=false",
            .. Command.Select((part, place) => $"--Studio:Command:{place}={part}"),
            .. settings,
        ]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningStudio(app);
    }

    /// <summary>A client that was not let in.</summary>
    public HttpClient NewClient() =>
        new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
        {
            BaseAddress = Address,
        };

    /// <summary>A client with the cookie.</summary>
    public async Task<HttpClient> NewAdmittedClientAsync()
    {
        var client = NewClient();
        using var answer = await client.GetAsync(Opening, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
