using System.Runtime.InteropServices;
using System.Text;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CharRnn.Tests;
using Xunit.Sdk;
using Xunit.v3;

// Tests run one after another: a working folder is the whole process's, and the networks they train have threads of
// their own, which would wait for each other on few cores. The other test projects run beside this one.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace CharRnn.Cli.Tests;

/// <summary>
/// The command within the test's own process: its own cache, catalogue and environment, its output in strings.
/// </summary>
internal sealed class TestShell : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public TemporaryFolder Folder { get; } = new();

    public Dictionary<string, string> Environment { get; } = [];

    public CorpusCatalog Catalog { get; set; } = CorpusCatalog.Default;

    public Interruption Interruption { get; } = new();

    public bool IsTerminal { get; set; }

    public bool IsOutputTerminal { get; set; }

    /// <summary>Standard input.</summary>
    public string Input { get; set; } = "";

    public bool IsInputTerminal { get; set; }

    /// <summary>The keys that will be pressed; null where none waits for once.</summary>
    public Queue<ConsoleKeyInfo?> Keys { get; set; } = [];

    /// <summary>Where text that must not be changed goes; what it got comes after the rest of the output.</summary>
    public Stream OutputBytes { get; set; } = new MemoryStream();

    public string CacheFolder
    {
        get => field ?? Folder.File("cache");
        init;
    }

    /// <summary>Folder of the server's program.</summary>
    public string HostFolder { get; set; } = Path.Combine(AppContext.BaseDirectory, "host");

    /// <summary>Folder of the runtime that runs the command.</summary>
    public string RuntimeFolder { get; set; } = RuntimeEnvironment.GetRuntimeDirectory();

    /// <summary>The program that would have taken the command's place; null for none.</summary>
    public ProgramStart? Started { get; private set; }

    /// <summary>The command with all its verbs.</summary>
    public System.CommandLine.RootCommand Root => new Application(Make()).Root;

    public Outcome Run(params string[] arguments)
    {
        _output.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        OutputBytes.SetLength(0);
        Started = null;
        int code = new Application(Make()).Run(arguments);
        return new(code, _output + Written(), _error.ToString());
    }

    private Shell Make() =>
        new()
        {
            Output = _output,
            OpenOutput = () => OutputBytes,
            IsOutputTerminal = IsOutputTerminal,
            OpenInput = () => new StringReader(Input),
            OpenInputBytes = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            IsInputTerminal = IsInputTerminal,
            ReadKey = () => Keys.TryDequeue(out var key) ? key : null,
            Terminal = new Terminal(_error, IsTerminal, Environment.GetValueOrDefault),
            Environment = Environment.GetValueOrDefault,
            Interruption = Interruption,
            Cache = new(CacheFolder),
            Catalog = Catalog,
            DownloadPatience = new() { RetryDelay = TimeSpan.Zero },
            HostFolder = HostFolder,
            RuntimeFolder = RuntimeFolder,
            RunInstead = RunInstead,
        };

    // The test's own process is not to be replaced: what would have been started is printed.
    private int RunInstead(ProgramStart start)
    {
        Started = start;
        foreach (string argument in start.Arguments)
            _output.WriteLine(argument);
        foreach (var (name, value) in start.Variables)
            _output.WriteLine($"{name}={value}");
        return ExitCode.Success;
    }

    private string Written() => OutputBytes is MemoryStream bytes ? Encoding.UTF8.GetString(bytes.ToArray()) : "";

    public void Dispose()
    {
        Interruption.Dispose();
        Folder.Dispose();
    }
}
