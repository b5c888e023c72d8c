using System.Diagnostics;

namespace CharRnn.Server.Tests;

/// <summary>A program beside the server: a client, or the command.</summary>
internal static class OtherProgram
{
    /// <summary>The repository, above where the tests lie.</summary>
    public static string Repository { get; } = Above(AppContext.BaseDirectory, "CharRnn.slnx");

    /// <summary>Where a program is; null where there is none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs <c>charrnn</c>, which must succeed.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static Task<string> CommandAsync(params string[] args) =>
        RunAsync(Find("dotnet")!, [Path.Combine(AppContext.BaseDirectory, "CharRnn.Cli.dll"), .. args]);

    /// <summary>Runs a program, which must succeed.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> RunAsync(string program, params string[] args)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await error}");
        return await output;
    }

    private static string Above(string folder, string name) =>
        File.Exists(Path.Combine(folder, name)) ? folder : Above(Path.GetDirectoryName(folder)!, name);
}
