using System.Diagnostics;
using System.Text;

namespace CharRnn.Cli.Tests;

/// <summary>What a run of the command left.</summary>
public sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>Runs the real executable, with its output in pipes and no settings from outside.</summary>
public static class CharrnnProcess
{
    public static Task<Outcome> RunAsync(params string[] arguments) => RunAsync([], arguments);

    public static async Task<Outcome> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        return await EndAsync(process);
    }

    public static Process Start(Dictionary<string, string> environment, params string[] arguments) =>
        StartIn(Environment.CurrentDirectory, environment, arguments);

    public static Process StartIn(string folder, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "CharRnn.Cli.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("CHARRNN_") || name == "NO_COLOR").ToList())
            start.Environment.Remove(name);
        // A terminal that could do everything: escape codes must be missing because nobody looks, not because TERM says so.
        start.Environment["TERM"] = "xterm-256color";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<Outcome> EndAsync(Process process)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new(process.ExitCode, await output, await error);
    }
}
