using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using CharRnn.Checkpoints;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli;

/// <summary>The command: its verbs, and how their failures become a message and an exit code.</summary>
internal sealed class Application(Shell shell)
{
    private const string DebugVariable = "CHARRNN_DEBUG";
    private const string VersionFlag = "--version",
        RunsVerb = "runs";

    /// <summary>Parses and runs one command line.</summary>
    /// <returns>The process's exit code (<see cref="ExitCode"/>).</returns>
    public int Run(string[] args)
    {
        try
        {
            // An argument that begins with @ is text like any other, not the name of a file of arguments.
            args = WithDefaultVerb(args);
            var parsed = BuildRoot(args).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Action is not (HelpScreen or PrintVersion) && UsageError.In(parsed, args) is { } error)
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
#pragma warning disable CA1031 // The last resort: any exception becomes one line.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception);
            return ExitCode.Of(exception);
        }
    }

    /// <summary>The command with all its verbs.</summary>
    public RootCommand Root => BuildRoot([]);

    /// <summary>Every verb by its name.</summary>
    private (string Name, Func<Command> Make)[] Verbs =>
        [
            ("train", () => new TrainCommand(shell)),
            ("sample", () => new SampleCommand(shell)),
            ("eval", () => new EvalCommand(shell)),
            ("inspect", () => new InspectCommand(shell)),
            ("report", () => new ReportCommand(shell)),
            ("serve", () => new ServeCommand(shell)),
            ("studio", () => new StudioCommand(shell)),
            ("bench", () => new BenchCommand(shell)),
            ("presets", () => new PresetsCommand(shell)),
            ("explain", () => new ExplainCommand(shell)),
            ("neurons", () => new NeuronsCommand(shell)),
            ("runs", () => RunsVerbs(shell)),
            ("data", () => DataVerbs(shell)),
            ("classify", () => ClassifyVerbs(shell)),
            ("completion", () => new CompletionCommand(shell, () => Root)),
        ];

    private static VerbGroup RunsVerbs(Shell shell) =>
        new(
            RunsVerb,
            "The runs in a folder: list, compare, rename and delete them.",
            new RunsListCommand(shell),
            new RunsCompareCommand(shell),
            new RunsRenameCommand(shell),
            new RunsDeleteCommand(shell)
        );

    private static VerbGroup DataVerbs(Shell shell)
    {
        var get = new DataGetCommand(shell)
        {
            Examples =
            [
                new("charrnn data get tinyshakespeare", "Download a corpus and print where it is."),
                new("charrnn data get linux --force", "Download it again."),
            ],
        };
        get.Arguments[0].CompletionSources.Add(_ => CorpusNames.All(shell).Select(name => new CompletionItem(name)));
        return new(
            "data",
            "The corpora: what there is, their download and check, what is in a text or in labelled texts.",
            new DataListCommand(shell),
            get,
            new DataStatsCommand(shell),
            new DataLabelsCommand(shell)
        );
    }

    private static VerbGroup ClassifyVerbs(Shell shell) =>
        new(
            "classify",
            "Tell names and other short texts apart: learn labels, score what was learnt, predict.",
            new ClassifyTrainCommand(shell),
            new ClassifyEvalCommand(shell),
            new ClassifyPredictCommand(shell)
        );

    // 'charrnn runs' is 'charrnn runs list'.
    private static string[] WithDefaultVerb(string[] args) =>
        args is [RunsVerb] || (args is [RunsVerb, ['-', ..] flag, ..] && flag is not ("-h" or "-?" or "--help"))
            ? [RunsVerb, "list", .. args[1..]]
            : args;

    private RootCommand BuildRoot(string[] args)
    {
        var root = new RootCommand("Train a character-level recurrent network on any text, and write from it.")
        {
            HelpName = "charrnn",
        };
        var version = root.Options.OfType<VersionOption>().Single();
        version.Description = "Print the version.";
        version.Action = new PrintVersion(shell.Output);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Description = "Show help: -h the flags that matter most, --help all of them.";
        help.Action = new HelpScreen(shell, help);
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

    private void Report(Exception exception)
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
                IOException failure => $"reading or writing failed: {OneLine.Reason(failure)}.",
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
