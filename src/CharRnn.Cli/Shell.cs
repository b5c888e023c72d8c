using System.Runtime.InteropServices;
using System.Text;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Downloads;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;

namespace CharRnn.Cli;

/// <summary>Everything outside the process that a verb may touch; tests hand in their own.</summary>
internal sealed record Shell
{
    private const int DefaultWidth = 100;

    /// <summary>Standard output: results alone.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>
    /// Standard output for results that have colours on a terminal; the same as <see cref="Output"/>.
    /// </summary>
    public Terminal Screen => field ??= new Terminal(Output, IsOutputTerminal, Environment);

    /// <summary>
    /// Standard output as bytes, for text that must not be changed; not to be disposed, and not for use beside
    /// <see cref="Output"/>.
    /// </summary>
    public Func<Stream> OpenOutput { get; init; } = StandardOutput.Open;

    /// <summary>Name of the output in messages: a file's where it goes into one.</summary>
    public string OutputName { get; init; } = "standard output";

    /// <summary>Whether standard output is a terminal, rather than a file or a pipe.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Width of standard output's terminal in characters, or the default where there is none.</summary>
    public Func<int> OutputWidth { get; init; } = () => DefaultWidth;

    /// <summary>Standard input as text.</summary>
    public Func<TextReader> OpenInput { get; init; } =
        () => new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    /// <summary>Standard input as bytes.</summary>
    public Func<Stream> OpenInputBytes { get; init; } = Console.OpenStandardInput;

    /// <summary>Whether standard input is a terminal.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>The next key that was pressed; null where none waits.</summary>
    public Func<ConsoleKeyInfo?> ReadKey { get; init; } =
        () => Console.KeyAvailable ? Console.ReadKey(intercept: true) : null;

    /// <summary>Standard error: progress and messages.</summary>
    public required Terminal Terminal { get; init; }

    /// <summary>Looks up an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    public required Interruption Interruption { get; init; }

    public required CorpusCache Cache { get; init; }

    public CorpusCatalog Catalog
    {
        get => field ?? CorpusCatalog.Default;
        init;
    }

    public DownloadPatience DownloadPatience { get; init; } = new();

    /// <summary>Folder of the server's program.</summary>
    public string HostFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "host");

    /// <summary>Folder of the runtime that runs the command: <c>…/shared/Microsoft.NETCore.App/10.0.1</c>.</summary>
    public string RuntimeFolder { get; init; } = RuntimeEnvironment.GetRuntimeDirectory();

    /// <summary>Runs a program in the command's place (<see cref="ProgramStart.RunInstead"/>).</summary>
    public Func<ProgramStart, int> RunInstead { get; init; } = start => start.RunInstead();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public static Shell OfThisProcess(Interruption interruption)
    {
        // Names and samples are UTF-8 whatever the machine's code page is.
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Func<string, string?> environment = System.Environment.GetEnvironmentVariable;
        return new()
        {
            Output = Console.Out,
            IsOutputTerminal = !Console.IsOutputRedirected,
            OutputWidth = () => Console.IsOutputRedirected ? DefaultWidth : Console.WindowWidth,
            IsInputTerminal = !Console.IsInputRedirected,
            Terminal = new Terminal(Console.Error, isTerminal: !Console.IsErrorRedirected, environment),
            Environment = environment,
            Interruption = interruption,
            Cache = CorpusCache.OfUser(),
        };
    }
}
