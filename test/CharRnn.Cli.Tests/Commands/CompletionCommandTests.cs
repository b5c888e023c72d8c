using System.Diagnostics;

namespace CharRnn.Cli.Tests;

public sealed class CompletionCommandTests : IDisposable
{
    private static Dictionary<string, string[]>? _powerShellWords;

    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    /// <summary>A line with the word that is completed last, and some of what is offered.</summary>
    public static TheoryData<string, string[], string[]> Lines =>
        new()
        {
            { "charrnn ", ["train", "sample", "completion"], ["list", "--cell"] },
            { "charrnn tr", ["train"], ["sample"] },
            { "charrnn data ", ["list", "get", "stats", "labels"], ["train"] },
            { "charrnn data get ti", ["tinyshakespeare"], ["list"] },
            { "charrnn train --hid", ["--hidden-size"], ["--cell"] },
            { "charrnn train --cell ", ["rnn", "gru", "lstm", "linear"], ["--cell", "train"] },
            { "charrnn train --preset char", ["char-rnn"], ["gru-lm"] },
            { "charrnn train --optimizer ad", ["adam", "adamw", "adagrad"], ["sgd"] },
            { "charrnn classify train --pooling ", ["last", "mean", "attention"], ["max"] },
            { "charrnn train --val-file no", ["notes.txt"], ["--val-file"] },
            { "charrnn sample mo", ["model.safetensors"], ["notes.txt"] },
            { "charrnn serve mo", ["model.safetensors"], ["notes.txt"] },
            { "charrnn serve --log-level in", ["information"], ["debug"] },
            { "charrnn completion ", ["bash", "zsh", "fish", "powershell"], ["train"] },
        };

    [Theory]
    [MemberData(nameof(Lines))]
    public void Bash_Completes(string line, string[] offered, string[] withheld)
    {
        string script = $$"""
            source "$1"
            COMP_WORDS=({{line}}{{(line.EndsWith(' ') ? "''" : "")}})
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _charrnn
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        Check(Complete("bash", "bash", ["--norc", "-c", script, "bash"]), offered, withheld);
    }

    [Fact]
    public void Bash_CompletesAValueBehindASign()
    {
        string script = """
            source "$1"
            COMP_WORDS=(charrnn train --cell = l)
            COMP_CWORD=4
            _charrnn
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        Assert.Equal(["lstm", "linear"], Complete("bash", "bash", ["--norc", "-c", script, "bash"]));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Zsh_Completes(string line, string[] offered, string[] withheld)
    {
        // What completion calls is replaced by what prints: the real ones work in a line editor alone.
        string script = $$"""
            compdef() { :; }
            compadd() { shift; for word in "$@"; do [[ $word == ${words[CURRENT]}* ]] && print -r -- "$word"; done; }
            _files() { print -rl -- ${words[CURRENT]}*(N); }
            source "$1"
            words=({{line}}{{(line.EndsWith(' ') ? "''" : "")}})
            CURRENT=${#words}
            _charrnn
            """;
        Check(Complete("zsh", "zsh", ["-f", "-c", script, "zsh"]), offered, withheld);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Fish_Completes(string line, string[] offered, string[] withheld) =>
        Check(
            Complete(
                "fish",
                "fish",
                ["--no-config", "-c", $"source $argv[1]; complete -C '{line}' | string split -f1 \\t"]
            ),
            offered,
            withheld
        );

    [Theory]
    [MemberData(nameof(Lines))]
    public void PowerShell_Completes(string line, string[] offered, string[] withheld)
    {
        _powerShellWords ??= CompleteInPowerShell([.. Lines.Select(row => row.Data.Item1)]);
        Check(_powerShellWords[line], offered, withheld);
    }

    [Fact]
    public void UnknownShell_IsRefusedWithTheNearest()
    {
        var outcome = _shell.Run("completion", "bsh");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("did you mean 'bash'?", outcome.Error);
    }

    private static void Check(string[] words, string[] offered, string[] withheld)
    {
        Assert.All(offered, word => Assert.Contains(word, words));
        Assert.All(withheld, word => Assert.DoesNotContain(word, words));
    }

    /// <summary>The words for each line, all from one process, since PowerShell takes long to start.</summary>
    private Dictionary<string, string[]> CompleteInPowerShell(string[] lines)
    {
        string script =
            ". $args[0]\n"
            + string.Concat(
                lines.Select(line =>
                    $"'[{line}]'; (TabExpansion2 -inputScript '{line}' -cursorColumn {line.Length})"
                    + ".CompletionMatches.CompletionText | Split-Path -Leaf\n"
                )
            );
        var words = lines.ToDictionary(line => line, _ => new List<string>());
        string current = "";
        foreach (string said in Complete("powershell", "pwsh", ["-NoProfile", "-CommandWithArgs", script]))
        {
            if (said.StartsWith('['))
                current = said[1..^1];
            else
                words[current].Add(said);
        }
        return words.ToDictionary(line => line.Key, line => line.Value.ToArray());
    }

    private string[] Complete(string shell, string program, string[] arguments)
    {
        var outcome = _shell.Run("completion", shell);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        string script = _shell.Folder.File("completion.ps1");
        File.WriteAllText(script, outcome.Output);
        File.WriteAllText(_shell.Folder.File("notes.txt"), "");
        File.WriteAllText(_shell.Folder.File("model.safetensors"), "");
        Assert.SkipUnless(IsInstalled(program), $"{program} is not installed here");
        using var process = Process.Start(
            new ProcessStartInfo(program, [.. arguments, script])
            {
                WorkingDirectory = _shell.Folder.Path,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            }
        )!;
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", error);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
