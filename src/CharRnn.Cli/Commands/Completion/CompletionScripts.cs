using System.Text;

namespace CharRnn.Cli.Commands;

/// <summary>
/// Completion scripts. They hold all verbs, flags and values, so that completing starts no process.
/// </summary>
internal static class CompletionScripts
{
    /// <summary>The shells there is a script for, with its writer.</summary>
    public static IReadOnlyList<(string Shell, Func<IReadOnlyList<CompletedVerb>, string> Write)> ByShell { get; } =
    [("bash", Bash), ("zsh", Zsh), ("fish", Fish), ("powershell", PowerShell)];

    private static string Bash(IReadOnlyList<CompletedVerb> verbs) =>
        $$"""
            # Completion of charrnn in bash. For this shell: source <(charrnn completion bash)
            _charrnn() {
                local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" verb="" words="" files="" word
                # In --flag=value the sign is a word of its own.
                if [[ $current == "=" ]]; then
                    current=""
                elif [[ $previous == "=" ]]; then
                    previous="${COMP_WORDS[COMP_CWORD - 2]}"
                fi
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case "$verb $word" in
                        {{VerbPatterns(verbs)}}) verb="${verb:+$verb }$word" ;;
                    esac
                done
                case "$verb $previous" in
            {{Cases(verbs, "words='{0}'", "files=1", " ;;")}}
                    *)
                        if [[ $current == -* ]]; then
                            case "$verb" in
            {{FlagCases(verbs, "words='{0}' ;;")}}
                            esac
                        else
                            case "$verb" in
            {{ArgumentCases(verbs, "words='{0}'", "files=1", " ;;")}}
                            esac
                        fi
                        ;;
                esac
                COMPREPLY=()
                while IFS= read -r word; do
                    COMPREPLY+=("$word")
                done < <(
                    [[ -n $words ]] && compgen -W "$words" -- "$current"
                    [[ -n $files ]] && compgen -f -- "$current"
                )
                if [[ -n $files ]]; then
                    compopt -o filenames 2> /dev/null
                fi
            }
            complete -F _charrnn charrnn

            """;

    private static string Zsh(IReadOnlyList<CompletedVerb> verbs) =>
        $$"""
            #compdef charrnn
            # Completion of charrnn in zsh. For this shell: source <(charrnn completion zsh)
            _charrnn() {
                local current="${words[CURRENT]}" previous="${words[CURRENT-1]}" verb="" offered="" files="" word
                for word in "${(@)words[2,CURRENT-1]}"; do
                    case "$verb $word" in
                        {{VerbPatterns(verbs)}}) verb="${verb:+$verb }$word" ;;
                    esac
                done
                # In --flag=value the value is a part of the word.
                if [[ $current == --*=* ]]; then
                    previous="${current%%=*}"
                    compset -P '*='
                    current="${current#*=}"
                fi
                case "$verb $previous" in
            {{Cases(verbs, "offered='{0}'", "files=1", " ;;")}}
                    *)
                        if [[ $current == -* ]]; then
                            case "$verb" in
            {{FlagCases(verbs, "offered='{0}' ;;")}}
                            esac
                        else
                            case "$verb" in
            {{ArgumentCases(verbs, "offered='{0}'", "files=1", " ;;")}}
                            esac
                        fi
                        ;;
                esac
                [[ -n $offered ]] && compadd -- ${=offered}
                [[ -n $files ]] && _files
                return 0
            }
            if [[ $funcstack[1] == _charrnn ]]; then
                _charrnn "$@"
            else
                compdef _charrnn charrnn
            fi

            """;

    private static string Fish(IReadOnlyList<CompletedVerb> verbs)
    {
        var script = new StringBuilder(
            $$"""
            # Completion of charrnn in fish. For this shell: charrnn completion fish | source
            function __charrnn_at
                set -l verb ''
                for word in (commandline -opc)[2..-1]
                    switch "$verb $word"
                        case {{VerbPatterns(verbs).Replace('|', ' ')}}
                            set verb (string trim -- "$verb $word")
                    end
                end
                test "$verb" = "$argv[1]"
            end
            complete -c charrnn -f

            """
        );
        var descriptions = verbs.ToDictionary(verb => verb.Path, verb => verb.Description);
        foreach (var verb in verbs)
        {
            string at = $"complete -c charrnn -n '__charrnn_at \"{verb.Path}\"'";
            foreach (string next in verb.Verbs)
                Line($"{at} -a {next} -d {FishText(descriptions[$"{verb.Path} {next}".TrimStart()])}");
            if (verb.Arguments.Words.Count > 0)
                Line($"{at} -a '{string.Join(' ', verb.Arguments.Words)}'");
            if (verb.Arguments.AreFiles)
                Line($"{at} -F");
            foreach (var flag in verb.Flags)
                Line($"{at} {FishNames(flag)}{FishValue(flag.Value)} -d {FishText(flag.Description)}");
        }
        return script.ToString();

        void Line(string text) => script.Append(text).Append('\n');
    }

    private static string FishNames(CompletedFlag flag) =>
        string.Join(' ', flag.Names.Select(name => name.StartsWith("--") ? $"-l {name[2..]}" : $"-s {name[1..]}"));

    private static string FishValue(CompletedValue? value) =>
        value switch
        {
            null => "",
            { AreFiles: true } => " -r -F",
            { Words: [] } => " -x",
            _ => $" -x -a '{string.Join(' ', value.Words)}'",
        };

    private static string FishText(string text) => $"'{text.Replace("\\", "\\\\").Replace("'", "\\'")}'";

    private static string PowerShell(IReadOnlyList<CompletedVerb> verbs) =>
        $$"""
            # Completion of charrnn in PowerShell. For this shell: charrnn completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName charrnn -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $verbs = @({{PowerShellList(verbs.Select(verb => verb.Path))}})
                $flags = @{
            {{PowerShellTable(verbs.Select(verb => (verb.Path, verb.Flags.SelectMany(flag => flag.Names))))}}
                }
                $arguments = @{
            {{PowerShellTable(verbs.Select(verb => (verb.Path, verb.Verbs.Concat(verb.Arguments.Words))))}}
                }
                $values = @{
            {{PowerShellTable(
                verbs.SelectMany(verb =>
                    verb.Flags.SelectMany(flag =>
                        flag.Names.Where(_ => flag.Value is not null)
                            .Select(name => ($"{verb.Path} {name}", (IEnumerable<string>)flag.Value!.Words))
                    )
                )
            )}}
                }
                $verb = ''
                $previous = ''
                foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
                    if ($element.Extent.EndOffset -ge $cursorPosition -and $wordToComplete) { break }
                    $previous = $element.Extent.Text
                    $longer = "$verb $previous".Trim()
                    if ($verbs -ccontains $longer) { $verb = $longer }
                }
                $key = "$verb $previous"
                $offered = if ($values.ContainsKey($key)) { $values[$key] }
                    elseif ($wordToComplete.StartsWith('-')) { $flags[$verb] }
                    else { $arguments[$verb] }
                # Where nothing fits, PowerShell offers files.
                $offered | Where-Object { $_ -like "$wordToComplete*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }

            """;

    private static string PowerShellList(IEnumerable<string> words) =>
        string.Join(", ", words.Select(word => $"'{word}'"));

    private static string PowerShellTable(IEnumerable<(string Key, IEnumerable<string> Words)> rows) =>
        string.Join('\n', rows.Select(row => $"        '{row.Key}' = @({PowerShellList(row.Words)})"));

    // What a shell's case matches: all words of a verb but the last, a space, and the last: " train"|"data list".
    private static string VerbPatterns(IReadOnlyList<CompletedVerb> verbs) =>
        string.Join(
            '|',
            verbs
                .Where(verb => verb.Path.Length > 0)
                .Select(verb => verb.Path.Contains(' ') ? $"\"{verb.Path}\"" : $"\" {verb.Path}\"")
        );

    private static string Cases(IReadOnlyList<CompletedVerb> verbs, string words, string files, string end) =>
        string.Join(
            '\n',
            from verb in verbs
            from flag in verb.Flags
            where flag.Value is not null
            let patterns = string.Join('|', flag.Names.Select(name => $"\"{verb.Path} {name}\""))
            select $"        {patterns}) {Offer(flag.Value!, words, files)}{end}"
        );

    private static string FlagCases(IReadOnlyList<CompletedVerb> verbs, string words) =>
        string.Join(
            '\n',
            verbs.Select(verb =>
                $"                    \"{verb.Path}\") "
                + string.Format(
                    System.Globalization.CultureInfo.InvariantCulture,
                    words,
                    string.Join(' ', verb.Flags.SelectMany(flag => flag.Names))
                )
            )
        );

    private static string ArgumentCases(IReadOnlyList<CompletedVerb> verbs, string words, string files, string end) =>
        string.Join(
            '\n',
            verbs.Select(verb =>
                $"                    \"{verb.Path}\") "
                + Offer(verb.Arguments with { Words = [.. verb.Verbs, .. verb.Arguments.Words] }, words, files)
                + end
            )
        );

    private static string Offer(CompletedValue value, string words, string files)
    {
        string offered = string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            words,
            string.Join(' ', value.Words)
        );
        return value.AreFiles ? $"{offered} {files}" : offered;
    }
}
