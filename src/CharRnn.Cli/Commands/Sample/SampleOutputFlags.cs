using System.CommandLine;
using CharRnn.Checkpoints;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary><c>--separator</c>, <c>--json</c> and <c>-o</c> of <c>charrnn sample</c>: how and where texts are written.</summary>
internal sealed class SampleOutputFlags
{
    private const string StandardOutputName = "-";
    private const string DeviceFolder = "/dev/";

    private readonly Setting<string?> _separator = new(
        "--separator",
        $"Text between samples, and after each record in place of a line's end; {Escapes.Known} are understood "
            + "(default: a line '--- sample 2 of 3 ---').",
        null,
        Escapes.Read,
        "TEXT"
    );
    private readonly Option<bool> _json = new("--json")
    {
        Description = "Write one JSON object a line for each text, with its log-probability.",
    };
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Write into this file, whole or not at all; one that is there is replaced.",
        HelpName = "FILE",
    };

    /// <summary>The flag for JSON.</summary>
    public Option Json => _json;

    /// <summary>The flag for a separator.</summary>
    public Option Separator => _separator.Option;

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) => verb.Add(FlagGroup.Output, _separator.Option, _json, _output);

    /// <summary>Whether texts are written as JSON.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The format that is asked for.</summary>
    /// <param name="sources">The flags.</param>
    /// <param name="areLines">Whether each text is a line.</param>
    /// <param name="count">Number of texts.</param>
    public SampleFormat Resolve(SettingSources sources, bool areLines, long count) =>
        new(areLines, count, _separator.Resolve(sources).Value, IsJson(sources.Parsed));

    /// <summary>Refuses flags that do not go together, and texts that are never whole.</summary>
    /// <param name="sources">The flags.</param>
    /// <param name="mayBeEndless">Whether nothing but an interruption may end a text.</param>
    /// <exception cref="SettingsException">Flags do not go together, or a separator is none.</exception>
    public void RefuseConflicts(SettingSources sources, bool mayBeEndless)
    {
        var parsed = sources.Parsed;
        _separator.Resolve(sources);
        if (IsJson(parsed))
            FlagConflict.Refuse(parsed, _json, "which writes one object a line", _separator.Option);
        if (
            mayBeEndless
            && (
                IsJson(parsed) ? _json
                : FileOf(parsed) is null ? null
                : (Option)_output
            )
                is { } whole
        )
            throw new SettingsException(
                $"--length is 0, without an end, and {whole.Name} writes whole texts; give the most characters that "
                    + "a text may have."
            );
    }

    /// <summary>Writes to the output that is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="shell">The surroundings.</param>
    /// <param name="write">Writes, in surroundings whose output that is.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public int Write(ParseResult parsed, Shell shell, Func<Shell, int> write)
    {
        if (FileOf(parsed) is not { } path)
            return write(shell);
        if (Directory.Exists(path))
            throw new SettingsException($"{_output.Name} is {path}, which is a folder; name a file.");
        // A device is written to: a file in its place would be no device.
        if (!OperatingSystem.IsWindows() && path.StartsWith(DeviceFolder, StringComparison.Ordinal))
        {
            using var device = new FileStream(path, FileMode.Open, FileAccess.Write);
            return write(Into(device));
        }
        int code = ExitCode.Success;
        AtomicFile.Write(
            path,
            file =>
            {
                code = write(Into(file));
                shell.Interruption.Token.ThrowIfCancellationRequested();
            }
        );
        return code;

        Shell Into(Stream file) => shell with { OpenOutput = () => file, OutputName = path, IsOutputTerminal = false };
    }

    private string? FileOf(ParseResult parsed) =>
        parsed.GetValue(_output) is { } path && path != StandardOutputName ? path : null;
}
