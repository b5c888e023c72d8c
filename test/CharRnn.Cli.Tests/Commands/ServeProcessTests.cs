using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using CharRnn.Cli.Commands;

namespace CharRnn.Cli.Tests;

/// <summary>The command and its server as they are built, in a process.</summary>
public sealed partial class ServeProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TrainingGround _ground = new();
    private readonly string _model;

    public ServeProcessTests() => _model = SuccessorModel.Save(_ground["letters.safetensors"], "abcd");

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Serve_AnswersUntilASignalEndsItWithCode0(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are Unix's");
        var process = _ground.Start("serve", "letters.safetensors", "--port", "0");
        string address = await ListeningAsync(process);
        using var client = new HttpClient();
        var answer = await client.GetAsync($"{address}/health", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await TrainingGround.SignalAsync(process, signal);
        var outcome = await CharrnnProcess.EndAsync(process);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public async Task Server_IsTheVeryProcessThatWasStarted_AndItsCommandLineHasNoKey()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked at in /proc");
        var variables = new Dictionary<string, string>
        {
            ["CHARRNN_API_KEY"] = "s3cret",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:1",
            ["ASPNETCORE_HTTP_PORTS"] = "1",
        };
        File.WriteAllText(_ground["appsettings.json"], """{ "Logging": { "LogLevel": { "Default": "Trace" } } """);
        var process = _ground.Start(variables, "serve", _model, "--port", "0", "--log-level", "error");
        await ListeningAsync(process);
        string[] commandLine = Parts($"/proc/{process.Id}/cmdline");
        Assert.Contains(commandLine, argument => argument.EndsWith("/host/CharRnn.Host.dll"));
        Assert.DoesNotContain(commandLine, argument => argument.Contains("s3cret"));
        string[] environment = Parts($"/proc/{process.Id}/environ");
        Assert.Contains("CharRnn__ApiKey=s3cret", environment);
        Assert.DoesNotContain(environment, variable => variable.StartsWith("ASPNETCORE_"));
        Assert.Equal(_ground.Root, new FileInfo($"/proc/{process.Id}/cwd").LinkTarget);
        await TrainingGround.SignalAsync(process, "TERM");
        var outcome = await CharrnnProcess.EndAsync(process);
        Assert.Equal((0, "", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
    }

    [Fact]
    public async Task WithoutAspNetCore_OtherVerbsWork_AndServeSaysWhatIsMissing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the program of the made-up .NET is Unix's");
        string dotnet = DotnetWithoutAspNetCore();
        var version = await RunWithAsync(dotnet, "--version");
        Assert.Equal((0, ""), (version.ExitCode, version.Error));
        var outcome = await RunWithAsync(dotnet, "serve", _model, "--port", "0");
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal(
            $"charrnn: error: 'charrnn serve' needs the ASP.NET Core runtime {Environment.Version.Major}.0, and "
                + $"{Path.GetDirectoryName(dotnet)} has only Microsoft.NETCore.App {Environment.Version}; install it "
                + $"there: the package aspnetcore-runtime-{Environment.Version.Major}.0, or "
                + $"https://dotnet.microsoft.com/download/dotnet/{Environment.Version.Major}.0\n",
            outcome.Error
        );
    }

    [Fact]
    public void WithoutExec_TheServersExitCodeAndVariablesArePassedOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the program is Unix's shell");
        var start = new ProgramStart("/bin/sh", ["-c", "exit $CODE"], [new("CODE", "7")]);
        Assert.Equal(7, start.RunAndWait());
    }

    [Fact]
    public void ProgramThatCannotBeStarted_IsSaid()
    {
        var start = new ProgramStart(_ground["nothing"], [], []);
        string expected = $"cannot start {_ground["nothing"]}: ";
        Assert.Contains(expected, Assert.Throws<CharRnnException>(() => start.RunInstead()).Message);
        Assert.Contains(expected, Assert.Throws<CharRnnException>(() => start.RunAndWait()).Message);
    }

    /// <summary>Waits for the line that says where the server listens.</summary>
    /// <returns>The URL without its path.</returns>
    private static async Task<string> ListeningAsync(Process process)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        string said = "";
        while (await process.StandardError.ReadLineAsync(patience.Token) is { } line)
        {
            said += line;
            if (Address().Match(line) is { Success: true } address)
                return address.Value;
        }
        throw new InvalidOperationException($"the server has ended: {said}");
    }

    private static string[] Parts(string file) => File.ReadAllText(file).Split('\0');

    /// <summary>A folder of .NET with the runtime that runs the test, and without ASP.NET Core.</summary>
    /// <returns>Its <c>dotnet</c>.</returns>
    private string DotnetWithoutAspNetCore()
    {
        string runtime = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        string real = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        string root = Directory.CreateDirectory(_ground["dotnet"]).FullName;
        // Copies, since .NET would follow links to where ASP.NET Core is.
        File.Copy(Path.Combine(real, "dotnet"), Path.Combine(root, "dotnet"));
        foreach (string folder in new[] { Path.Combine(real, "host"), runtime })
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                string copy = Path.Combine(root, Path.GetRelativePath(real, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
        return Path.Combine(root, "dotnet");
    }

    private async Task<Outcome> RunWithAsync(string dotnet, params string[] arguments)
    {
        string command = Path.Combine(AppContext.BaseDirectory, "CharRnn.Cli.dll");
        using var process = Process.Start(
            new ProcessStartInfo(dotnet, [command, .. arguments])
            {
                WorkingDirectory = _ground.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        return await CharrnnProcess.EndAsync(process);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
