using System.CommandLine;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary>
/// One verb of the command: its flags as fields, added in its constructor, and what it does with them.
/// </summary>
internal abstract class VerbCommand : Command
{
    /// <summary>Where runs go that are not told where.</summary>
    protected const string RunsFolder = "runs";

    protected VerbCommand(Shell shell, string name, string description)
        : base(name, description)
    {
        Shell = shell;
        SetAction(Run);
    }

    /// <summary>What the verb may touch of the world.</summary>
    protected Shell Shell { get; }

    /// <summary>
    /// Does it. Failures are thrown, never printed; a request to stop (<see cref="Shell.Interruption"/>) is obeyed by
    /// saving and returning.
    /// </summary>
    /// <returns>An <see cref="ExitCode"/>; success becomes 130 or 143 by itself when a signal came.</returns>
    protected abstract int Run(ParseResult parsed);

    /// <summary>The command line, so that a shell would take it as it was given.</summary>
    protected static string CommandLine() =>
        string.Join(' ', ["charrnn", .. Environment.GetCommandLineArgs().Skip(1).Select(Quoted)]);

    protected static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsLetterOrDigit(c) || "-_./:=,+%@".Contains(c))
            ? argument
            : $"'{argument.Replace("'", "'\\''")}'";
}
