using System.Net;
using System.Net.Sockets;
using CharRnn.Checkpoints;
using Microsoft.Extensions.Logging.Console;

namespace CharRnn.Host;

/// <summary>Run of an application until it is asked to stop, and its end as the command's exit codes.</summary>
internal static class HostRun
{
    // As the command's exit codes (docs/cli.md).
    private const int Success = 0,
        Failure = 1,
        Usage = 2,
        BadInput = 3;

    /// <summary>Runs an application.</summary>
    /// <param name="build">Makes it.</param>
    /// <param name="started">Called once it listens.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, Action<WebApplication> started)
    {
        try
        {
            await using var app = build();
            await app.StartAsync();
            started(app);
            await app.WaitForShutdownAsync();
            return Success;
        }
        // The last two are the server's of addresses and of values in the configuration.
        catch (Exception failure)
            when (failure
                    is CharRnnException
                        or IOException
                        or SocketException
                        or InvalidOperationException
                        or FormatException
            )
        {
            string reason = OneLine.Reason(failure).TrimEnd('.'),
                why = failure switch
                {
                    CharRnnException => OneLine.Reason(failure),
                    IOException or SocketException =>
                        $"the server cannot listen: {reason}; choose another --port or --host.",
                    _ => $"a setting cannot be used: {reason}.",
                };
            await Console.Error.WriteLineAsync($"charrnn: error: {why}");
            return failure switch
            {
                SettingsException or InvalidOperationException or FormatException => Usage,
                ModelException => BadInput,
                _ => Failure,
            };
        }
    }

    /// <summary>The addresses to listen on that other machines can reach.</summary>
    public static string[] UrlsBeyondLoopback(IConfiguration settings)
    {
        string[] urls =
        [
            .. (settings[WebHostDefaults.ServerUrlsKey] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries),
            .. settings.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? ""),
        ];
        // Where no address is given, ports are opened on all of them, and without ports one of loopback.
        string?[] ports = [settings[WebHostDefaults.HttpPortsKey], settings[WebHostDefaults.HttpsPortsKey]];
        if (urls.Length == 0 && Array.Find(ports, port => !string.IsNullOrEmpty(port)) is { } port)
            urls = [$"http://*:{port}"];
        return Array.FindAll(urls, url => !IsLoopback(BindingAddress.Parse(url).Host));
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Logs in single lines to standard error: standard output is for results, of which a server has none.</summary>
    public static void LogToStandardError(ILoggingBuilder logging)
    {
        logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
        // What keeps the application from starting is told in one line, by whoever catches it.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }
}
