using System.CommandLine;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary>A command line for the help, with its purpose.</summary>
/// <param name="CommandLine">The command line, from <c>charrnn</c> on.</param>
/// <param name="Purpose">Purpose in a few words.</param>
internal sealed record Example(string CommandLine, string Purpose);

/// <summary>
/// One verb of the command: its flags as fields, added in its constructor in groups, and its run with them.
/// </summary>
internal abstract class VerbCommand : Command
{
    /// <summary>Default folder of runs.</summary>
    protected const string RunsFolder = "runs";

    // In lists, whose code for references is compiled before the command starts.
    private readonly List<FlagsTogether> _groups = [];

    protected VerbCommand(Shell shell, string name, string description)
        : base(name, description)
    {
        Shell = shell;
        SetAction(Run);
    }

    /// <summary>Two or three command lines for the help.</summary>
    public IReadOnlyList<Example> Examples { get; init; } = [];

    /// <summary>The flags that <c>-h</c> shows; empty for all of them.</summary>
    public IReadOnlyList<string> MainFlags { get; protected init; } = [];

    /// <summary>Everything outside the process that the verb may touch.</summary>
    protected Shell Shell { get; }

    /// <summary>Gives the verb flags that stand together in the help.</summary>
    public void Add(FlagGroup group, params IEnumerable<Option> flags)
    {
        Option[] together = [.. flags];
        _groups.Add(new(group, together));
        foreach (var flag in together)
            Add(flag);
    }

    /// <summary>The heading of the help under which a flag stands.</summary>
    public FlagGroup GroupOf(Option flag) => _groups.Find(group => group.Flags.Contains(flag))?.Group ?? default;

    /// <summary>
    /// Runs the verb. Failures are thrown, never printed; a request to stop (<see cref="Shell.Interruption"/>) is
    /// obeyed by saving and returning.
    /// </summary>
    /// <returns>An <see cref="ExitCode"/>; success becomes 130 or 143 by itself when a signal came.</returns>
    protected abstract int Run(ParseResult parsed);

    /// <summary>Prints a result, as one JSON object or for the eye.</summary>
    /// <param name="isJson">Whether JSON is asked for.</param>
    /// <param name="json">Writes the properties of the object.</param>
    /// <param name="screen">Writes lines.</param>
    protected void Print(bool isJson, Action<Utf8JsonWriter> json, Action screen)
    {
        if (isJson)
            JsonLine.Write(Shell.Output, json);
        else
            screen();
    }

    /// <summary>The command line, so that a shell would take it as it was given.</summary>
    protected static string CommandLine() => ShellWords.CommandLine(Environment.GetCommandLineArgs().Skip(1));

    private sealed record FlagsTogether(FlagGroup Group, Option[] Flags);
}

/// <summary>A verb that has verbs of its own: <c>charrnn data list</c>.</summary>
internal sealed class VerbGroup : Command
{
    public VerbGroup(string name, string description, params IEnumerable<VerbCommand> verbs)
        : base(name, description)
    {
        foreach (var verb in verbs)
            Add(verb);
    }
}
