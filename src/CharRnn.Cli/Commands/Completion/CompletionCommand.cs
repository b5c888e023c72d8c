using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn completion</c>: a script by which a shell completes verbs, flags, their values and files.
/// </summary>
internal sealed class CompletionCommand : VerbCommand
{
    private readonly Func<RootCommand> _root;
    private readonly Argument<string> _shell = new("SHELL")
    {
        Description = $"One of {string.Join(", ", CompletionScripts.ByShell.Select(script => script.Shell))}.",
    };

    /// <param name="shell">Everything outside the process that the verb may touch.</param>
    /// <param name="root">Makes the command with all its verbs.</param>
    public CompletionCommand(Shell shell, Func<RootCommand> root)
        : base(shell, "completion", "Print a script that completes verbs, flags, values and files in a shell.")
    {
        _root = root;
        _shell.CompletionSources.Add([.. CompletionScripts.ByShell.Select(script => script.Shell)]);
        Add(_shell);
        Examples =
        [
            new("source <(charrnn completion bash)", "Complete in this bash; in ~/.bashrc, in every one."),
            new("charrnn completion zsh > ~/.zfunc/_charrnn", "Complete in zsh, where ~/.zfunc is in fpath."),
            new("charrnn completion fish > ~/.config/fish/completions/charrnn.fish", "Complete in fish."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        string wanted = parsed.GetRequiredValue(_shell);
        var names = CompletionScripts.ByShell.Select(script => script.Shell).ToList();
        int chosen = names.IndexOf(wanted);
        if (chosen < 0)
            throw new SettingsException(
                $"SHELL is '{wanted}'; it needs one of {string.Join(", ", names)}{NearestName.Suggest(wanted, names)}"
            );
        Shell.Output.Write(CompletionScripts.ByShell[chosen].Write([.. CompletedVerb.All(_root())]));
        return ExitCode.Success;
    }
}

/// <summary>Candidates for a flag's value or an argument.</summary>
/// <param name="Words">The words that are offered.</param>
/// <param name="AreFiles">Whether files and folders are offered too.</param>
internal sealed record CompletedValue(IReadOnlyList<string> Words, bool AreFiles)
{
    private static readonly string[] FileNames = ["CORPUS", "DATA", "FILE", "FOLDER", "MODEL", "RUN"];

    /// <summary>The candidates for a value of that name in the help.</summary>
    public static CompletedValue Of(string name, IEnumerable<CompletionItem> more)
    {
        // Of 'nfc|nfkc|none' all parts are words; of 'none|balanced|P' the last is a name for a number.
        string[] parts = name.Contains('|') ? name.Split('|') : [];
        return new(
            [
                .. parts
                    .Where(part =>
                        part.All(letter => char.IsAsciiLetterLower(letter) || char.IsDigit(letter) || letter == '-')
                    )
                    .Concat(more.Select(item => item.Label))
                    .Distinct(),
            ],
            FileNames.Contains(name)
        );
    }
}

/// <summary>A flag that is completed.</summary>
/// <param name="Names">Its name and aliases.</param>
/// <param name="Description">First sentence of its help.</param>
/// <param name="Value">Value that follows it; null for a switch.</param>
internal sealed record CompletedFlag(IReadOnlyList<string> Names, string Description, CompletedValue? Value);

/// <summary>A verb that is completed.</summary>
/// <param name="Path">Its words, with spaces between; empty for the command itself.</param>
/// <param name="Description">First sentence of its help.</param>
/// <param name="Verbs">The words that may follow it.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="Arguments">Completions of its arguments.</param>
internal sealed record CompletedVerb(
    string Path,
    string Description,
    IReadOnlyList<string> Verbs,
    IReadOnlyList<CompletedFlag> Flags,
    CompletedValue Arguments
)
{
    /// <summary>A command and all verbs below it.</summary>
    public static IEnumerable<CompletedVerb> All(Command command, string path = "")
    {
        yield return new(
            path,
            FirstSentence(command.Description),
            [.. command.Subcommands.Select(verb => verb.Name)],
            [
                .. command.Options.Where(flag => flag is not HelpOption).Select(Completed),
                new(["-h", "--help"], "Show help", Value: null),
            ],
            ArgumentsOf(command)
        );
        foreach (var verb in command.Subcommands.SelectMany(verb => All(verb, $"{path} {verb.Name}".TrimStart())))
            yield return verb;
    }

    private static CompletedValue ArgumentsOf(Command command)
    {
        var all = command
            .Arguments.Select(argument =>
                CompletedValue.Of(argument.Name, argument.GetCompletions(CompletionContext.Empty))
            )
            .ToList();
        return new([.. all.SelectMany(value => value.Words).Distinct()], all.Exists(value => value.AreFiles));
    }

    private static CompletedFlag Completed(Option flag) =>
        new(
            HelpScreen.NamesOf(flag),
            FirstSentence(flag.Description),
            flag.ValueType == typeof(bool) || flag.Arity.MaximumNumberOfValues == 0
                ? null
                : CompletedValue.Of(flag.HelpName ?? "", flag.GetCompletions(CompletionContext.Empty))
        );

    private static string FirstSentence(string? text)
    {
        string sentence = (text ?? "").Split([". ", ": ", "; "], StringSplitOptions.None)[0].Split(" (default")[0];
        return sentence.TrimEnd('.');
    }
}
