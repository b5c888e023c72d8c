using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli;

/// <summary>The command: its verbs, and what becomes of whatever goes wrong in them.</summary>
internal sealed class Application(Shell shell)
{
    private const string DebugVariable = "CHARRNN_DEBUG";
    private const string VersionFlag = "--version";

    /// <summary>Parses and runs one command line.</summary>
    /// <returns>The process's exit code (<see cref="ExitCode"/>).</returns>
    public int Run(string[] args)
    {
        try
        {
            // An argument that begins with @ is text like any other, not the name of a file of arguments.
            var parsed = BuildRoot(args).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (
                parsed.Action is not (System.CommandLine.Help.HelpAction or PrintVersion)
                && UsageError.In(parsed, args) is { } error
            )
                throw new SettingsException(error);
            int code = parsed.Invoke(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    // Signals are the Interruption's: a verb may take as long as it needs to save.
                    ProcessTerminationTimeout = null,
                    Output = shell.Output,
                    Error = shell.Terminal.Writer,
                }
            );
            return code == ExitCode.Success ? shell.Interruption.ExitCode ?? code : code;
        }
        catch (OperationCanceledException) when (shell.Interruption.ExitCode is { } code)
        {
            shell.Terminal.Message("interrupted");
            return code;
        }
#pragma warning disable CA1031 // The last door: whatever comes here is told in one line.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Tell(exception);
            return ExitCode.Of(exception);
        }
    }

    /// <summary>Every verb by its name.</summary>
    private (string Name, Func<Command> Make)[] Verbs =>
        [
            ("train", () => new TrainCommand(shell)),
            ("sample", () => new SampleCommand(shell)),
            ("eval", () => new EvalCommand(shell)),
            ("inspect", () => new InspectCommand(shell)),
            ("report", () => new ReportCommand(shell)),
            ("bench", () => new BenchCommand(shell)),
            ("presets", () => new PresetsCommand(shell)),
            ("explain", () => new ExplainCommand(shell)),
            ("data", () => new DataCommand(shell)),
            ("classify", () => new ClassifyCommand(shell)),
        ];

    private RootCommand BuildRoot(string[] args)
    {
        var root = new RootCommand("Train a character-level recurrent network on any text, and write from it.")
        {
            HelpName = "charrnn",
        };
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion(shell.Output);
        foreach (var verb in MakeVerbs(args))
            root.Add(verb);
        return root;
    }

    // A verb takes milliseconds to make, with all its flags. Only the one asked for is made, and none for the version;
    // help and mistakes need them all.
    private Command[] MakeVerbs(string[] args)
    {
        if (args is [VersionFlag])
            return [];
        var asked = Array.FindAll(Verbs, verb => args is [var first, ..] && verb.Name == first);
        return Array.ConvertAll(asked is [] ? Verbs : asked, verb => verb.Make());
    }

    private void Tell(Exception exception)
    {
        bool isDefect =
            exception is not (CharRnnException or IOException or UnauthorizedAccessException or OutOfMemoryException);
        shell.Terminal.Error(
            exception switch
            {
                OutOfMemoryException =>
                    "there is not enough memory for this; a smaller --hidden-size, --num-layers, --batch-size or "
                        + "--seq-length needs less.",
                _ when isDefect =>
                    $"{exception.GetType().Name}: {exception.Message} This is a defect of charrnn; {DebugVariable}=1 "
                        + "shows where.",
                _ => exception.Message,
            }
        );
        if (shell.Environment(DebugVariable) == "1")
            shell.Terminal.Writer.WriteLine(exception.ToString());
    }

    private sealed class PrintVersion(TextWriter output) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            string version = typeof(Application)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion;
            string withoutCommit = version.Split('+')[0];
            output.WriteLine($"charrnn {withoutCommit}");
            return ExitCode.Success;
        }
    }
}
