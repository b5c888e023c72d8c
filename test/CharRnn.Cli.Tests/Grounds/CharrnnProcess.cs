using System.Diagnostics;
using System.Text;

namespace CharRnn.Cli.Tests;

/// <summary>What a run of the command left.</summary>
public sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>Asserts how it ended, and nothing on standard error but notes, hints and warnings.</summary>
    public Outcome AssertEndedQuietly(int code = 0)
    {
        Assert.Equal((code, ""), (ExitCode, string.Concat(Error.Split('\n').Where(line => !IsNote(line)))));
        return this;
    }

    // Progress names steps, and what is silenced says what is trained on.
    private static bool IsNote(string line) =>
        line.Length == 0
        || (
            line.StartsWith("charrnn: ") && !line.StartsWith("charrnn: error") && !line.StartsWith("charrnn: data has")
        );
}

/// <summary>Runs the real executable, with its output in pipes and no settings from outside.</summary>
public static class CharrnnProcess
{
    // Far longer than any takes on a busy machine; what hangs is killed then, and fails by its exit code.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // A shell starts what it puts in the background deaf to Ctrl-C, and whatever that starts inherits it.
    private static string[] HearingCtrlC { get; } = IsCtrlCIgnored() ? ["env", "--default-signal=INT"] : [];

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
        string[] command =
        [
            .. HearingCtrlC,
            "dotnet",
            Path.Combine(AppContext.BaseDirectory, "CharRnn.Cli.dll"),
            .. arguments,
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (
            string? name in start
                .Environment.Keys.Where(name => name.StartsWith("CHARRNN_") || name == "NO_COLOR")
                .ToList()
        )
            start.Environment.Remove(name);
        // A terminal that could do everything: escape codes must be missing because nobody looks, not because TERM says
        // so.
        start.Environment["TERM"] = "xterm-256color";
        // It is over before profiles of its code gain anything, or loops that are compiled well at once.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_QuickJitForLoops"] = "1";
        // The user's own cache is none of a test's business; whoever needs one names a folder of the test's.
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(Path.GetTempPath(), "charrnn-test-no-cache");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static bool IsCtrlCIgnored()
    {
        const string status = "/proc/self/status",
            ignored = "SigIgn:";
        const ulong interrupt = 1 << 1;
        string? mask = File.Exists(status)
            ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith(ignored))
            : null;
        return mask is not null && (Convert.ToUInt64(mask[ignored.Length..].Trim(), 16) & interrupt) != 0;
    }

    public static async Task<Outcome> EndAsync(Process process)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        using var ending = patience.Token.Register(process.Kill);
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new(process.ExitCode, await output, await error);
    }
}
