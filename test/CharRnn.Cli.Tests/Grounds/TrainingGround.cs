using System.Diagnostics;
using System.Text.Json;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

/// <summary>
/// A working folder with a small text, in which the command trains small networks: within the test's own process, or
/// in one of its own that can be stopped. It ends what it started and is gone after the test.
/// </summary>
internal sealed class TrainingGround : IDisposable
{
    /// <summary>
    /// A network and steps so small that starting a process takes longer than training; a run of it never depends on
    /// the defaults.
    /// </summary>
    public static readonly string[] Small =
    [
        "--cell",
        "gru",
        "--hidden-size",
        "16",
        "--num-layers",
        "1",
        "--embedding-size",
        "8",
        "--dropout",
        "0",
        "--output-dropout",
        "0",
        "--seq-length",
        "8",
        "--batch-size",
        "4",
        "--optimizer",
        "adam",
        "--learning-rate",
        "0.003",
        "--schedule",
        "constant",
        "--warmup-steps",
        "0",
        "--sample-every",
        "0",
        "--threads",
        "2",
    ];

    /// <summary>More steps than any test waits for.</summary>
    public const string Endless = "1000000000";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _started = [];
    private readonly TestShell _shell;

    public TrainingGround()
    {
        // Where a process's cache is too whose XDG_CACHE_HOME is cache here.
        _shell = new() { CacheFolder = this["cache/charrnn"] };
        // A terminal that could do everything: escape codes must be missing because it is none, not because TERM says
        // so.
        _shell.Environment["TERM"] = "xterm-256color";
        File.WriteAllText(this["text.txt"], Text(3000));
    }

    public string this[string name] => _folder.File(name);

    public string Root => _folder.Path;

    /// <summary>Words from a handful, drawn from a fixed seed.</summary>
    public static string Text(int characters) => SmallText.Of(characters, seed: 11);

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }

        _shell.Dispose();
        _folder.Dispose();
    }

    /// <summary>Starts <c>charrnn</c> here.</summary>
    public Process Start(params string[] arguments) => Start([], arguments);

    public Process Start(Dictionary<string, string> environment, params string[] arguments)
    {
        var process = CharrnnProcess.StartIn(Root, environment, arguments);
        _started.Add(process);
        return process;
    }

    /// <summary>
    /// Runs <c>charrnn</c> here to its end, within the test's own process, whose working folder is changed meanwhile:
    /// no other test runs beside it.
    /// </summary>
    public Task<Outcome> RunAsync(params string[] arguments)
    {
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Root;
        try
        {
            return Task.FromResult(_shell.Run(arguments));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    /// <summary>Runs <c>charrnn</c> here to its end, in a process of its own with these variables.</summary>
    public Task<Outcome> RunAsync(Dictionary<string, string> environment, params string[] arguments) =>
        CharrnnProcess.EndAsync(Start(environment, arguments));

    /// <summary>Trains the small network on the text to its end, and gives what <c>--json</c> says.</summary>
    public async Task<JsonElement> TrainAsync(params string[] more)
    {
        var outcome = await RunAsync(["train", "text.txt", .. Small, "--json", "--progress", "none", .. more]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return Parsed(outcome.Output);
    }

    /// <summary>One line of JSON.</summary>
    public static JsonElement Parsed(string line)
    {
        Assert.EndsWith("\n", line);
        Assert.Single(line.TrimEnd().Split('\n'));
        using var parsed = JsonDocument.Parse(line);
        return parsed.RootElement.Clone();
    }

    /// <summary>The run's last step; null while there is no run.</summary>
    public long? LastStep(string run) =>
        File.Exists(this[$"{run}/config.json"]) ? RunFolder.Open(this[run]).LastStep : null;

    public byte[] ModelBytes(string run) => File.ReadAllBytes(this[$"{run}/model.safetensors"]);

    /// <summary>Waits until a run has been saved at a later step than that, while its process goes on.</summary>
    public async Task WaitForStepAfterAsync(long? step, string run, Process process)
    {
        var waited = Stopwatch.StartNew();
        while (LastStep(run) is not { } last || last <= (step ?? 0))
        {
            Assert.False(process.HasExited, "the process ended before it had trained");
            Assert.True(waited.Elapsed < Patience, "the process does not train");
            await Task.Delay(Glance, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a signal such as INT.</summary>
    public static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString()]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Every file and folder here with the hash of what it holds.</summary>
    public string[] Everything() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories)
                .Select(path =>
                    File.Exists(path)
                        ? $"{path} "
                            + $"{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"
                        : path
                )
                .Order(StringComparer.Ordinal),
        ];
}
