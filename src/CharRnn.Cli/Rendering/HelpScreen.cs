using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Flags;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// The help of a verb: usage, arguments, flags under headings, examples. <c>-h</c> shows the flags that matter most,
/// <c>--help</c> all of them.
/// </summary>
internal sealed class HelpScreen(Shell shell, Option help) : SynchronousCommandLineAction
{
    private const string Margin = "  ",
        Gap = "  ";
    private const int MinWidth = 80,
        MaxWidth = 120,
        MaxTermWidth = 28;

    // Asked of the terminal only when help is shown: that takes milliseconds of every start.
    private int Width => field == 0 ? field = Math.Clamp(shell.OutputWidth() - 1, MinWidth, MaxWidth) : field;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        bool isShort = parseResult.GetResult(help)?.IdentifierToken?.Value is { } asked && asked != help.Name;
        Write(parseResult.CommandResult.Command, PathOf(parseResult), isShort);
        return ExitCode.Success;
    }

    /// <summary>The name and aliases of a flag with what it takes: <c>-o, --output RUN</c>.</summary>
    public static string TermOf(Option flag)
    {
        string names = string.Join(", ", NamesOf(flag));
        return flag.HelpName is { } value ? $"{names} {value}" : names;
    }

    /// <summary>
    /// The names of a flag, the short ones first; none of those that only Windows' own commands have.
    /// </summary>
    public static IReadOnlyList<string> NamesOf(Option flag) =>
        [
            .. flag
                .Aliases.Append(flag.Name)
                .Where(name => name[0] == '-' && name != "-?")
                .OrderBy(name => name.StartsWith("--"))
                .ThenBy(name => name != flag.Name),
        ];

    /// <summary>The flags of a verb that the help shows, all or those that matter most.</summary>
    public static IReadOnlyList<Option> FlagsOf(Command command, bool isShort) =>
        isShort && command is VerbCommand { MainFlags: [_, ..] main }
            ? [.. main.Select(name => command.Options.Single(flag => flag.Name == name))]
            : [.. command.Options.Where(flag => !flag.Hidden)];

    private static string PathOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var step = parsed.CommandResult; step.Parent is CommandResult above; step = above)
            names.Push(step.Command.Name);
        return string.Join(' ', names.Prepend("charrnn"));
    }

    private static string HeadingOf(FlagGroup group) =>
        group switch
        {
            FlagGroup.General => "Flags",
            FlagGroup.Access => "Access",
            FlagGroup.Limits => "Limits",
            FlagGroup.Run => "Run",
            FlagGroup.Text => "Text",
            FlagGroup.Labels => "Labelled records",
            FlagGroup.Network => "Network",
            FlagGroup.Training => "Training",
            FlagGroup.Optimizer => "Optimizer",
            FlagGroup.HeldOut => "Held-out data",
            FlagGroup.Watching => "Evaluations, checkpoints, samples",
            FlagGroup.Choice => "Choice of characters",
            FlagGroup.Output => "Output",
            _ => throw new ArgumentOutOfRangeException(nameof(group)),
        };

    private static string TermOf(Argument argument)
    {
        string term = argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}…" : argument.Name;
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{term}]" : term;
    }

    private void Write(Command command, string path, bool isShort)
    {
        WriteParagraph(command.Description ?? "", "");
        var flags = FlagsOf(command, isShort);
        Heading("Usage");
        string verb = command.Subcommands.Count > 0 ? " VERB" : "";
        string arguments = string.Concat(command.Arguments.Select(argument => " " + TermOf(argument)));
        WriteParagraph($"{path}{verb}{arguments} [FLAGS]", Margin);
        WriteList("Arguments", command.Arguments.Select(argument => (TermOf(argument), argument.Description)));
        WriteList("Verbs", command.Subcommands.Select(sub => (sub.Name, sub.Description)));
        if (command is VerbCommand of && flags.Any(flag => of.GroupOf(flag) != FlagGroup.General) && !isShort)
        {
            foreach (var group in flags.GroupBy(of.GroupOf).OrderBy(group => group.Key))
                WriteFlags(HeadingOf(group.Key), group);
        }
        else
        {
            WriteFlags("Flags", flags);
        }
        WriteExamples(command);
        WriteMore(command, path, flags.Count);
    }

    private void WriteFlags(string heading, IEnumerable<Option> flags) =>
        WriteList(heading, flags.Select(flag => (TermOf(flag), flag.Description)));

    private void WriteExamples(Command command)
    {
        if (command is not VerbCommand { Examples: [_, ..] examples })
            return;
        Heading("Examples");
        foreach (var example in examples)
        {
            WriteParagraph($"# {example.Purpose}", Margin);
            shell.Output.WriteLine(Margin + example.CommandLine);
        }
    }

    private void WriteMore(Command command, string path, int shown)
    {
        if (command.Subcommands.Count > 0)
            WriteMoreLine($"'{path} VERB --help' shows the flags of a verb.");
        else if (shown < command.Options.Count)
            WriteMoreLine($"'{path} --help' shows all {command.Options.Count} flags.");
    }

    private void WriteMoreLine(string text)
    {
        shell.Output.WriteLine();
        WriteParagraph(text, "");
    }

    private void Heading(string text)
    {
        shell.Output.WriteLine();
        shell.Output.WriteLine($"{text}:");
    }

    private void WriteList(string heading, IEnumerable<(string Term, string? Text)> entries)
    {
        var all = entries.ToList();
        if (all.Count == 0)
            return;
        Heading(heading);
        int termWidth = all.Select(entry => entry.Term.Length)
            .Where(length => length <= MaxTermWidth)
            .DefaultIfEmpty(0)
            .Max();
        string indentation = new(' ', Margin.Length + termWidth + Gap.Length);
        foreach (var (term, text) in all)
        {
            var lines = Wrapped(text ?? "", Width - indentation.Length).ToList();
            // A term too long for its column has a line of its own.
            if (term.Length > termWidth)
                WriteParagraph(term, Margin);
            else
                shell.Output.WriteLine($"{Margin}{term.PadRight(termWidth)}{Gap}{lines.FirstOrDefault()}".TrimEnd());
            foreach (string line in term.Length > termWidth ? lines : lines.Skip(1))
                shell.Output.WriteLine(indentation + line);
        }
    }

    private void WriteParagraph(string text, string margin)
    {
        foreach (string line in Wrapped(text, Width - margin.Length))
            shell.Output.WriteLine(margin + line);
    }

    /// <summary>A text in lines of at most so many characters, broken between words.</summary>
    private static IEnumerable<string> Wrapped(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }
        if (line.Length > 0)
            yield return line;
    }
}
