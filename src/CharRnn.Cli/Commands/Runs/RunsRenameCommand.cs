using System.CommandLine;
using CharRnn.Checkpoints;
using CharRnn.Report.Runs;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn runs rename</c>: gives a run's folder another name.</summary>
internal sealed class RunsRenameCommand : VerbCommand
{
    private readonly Argument<string> _run = new("RUN") { Description = "A run folder." };
    private readonly Argument<string> _name = new("NAME")
    {
        Description = "Its new name, without a path: the run stays in the folder where it is.",
    };

    public RunsRenameCommand(Shell shell)
        : base(shell, "rename", "Give a run another name, and print where it is then.")
    {
        Add(_run);
        Add(_name);
        Examples = [new("charrnn runs rename runs/dragons-003 large-lstm", "Rename a run to runs/large-lstm.")];
    }

    protected override int Run(ParseResult parsed)
    {
        var run = RunFolder.Open(parsed.GetRequiredValue(_run));
        string name = parsed.GetRequiredValue(_name);
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
            throw new SettingsException($"NAME is '{name}'; it needs a name for a folder, without a path.");
        string target = Path.Combine(Path.GetDirectoryName(run.Path) ?? "", name);
        if (Path.Exists(target))
            throw new SettingsException($"{target} is there already; choose another name.");
        RunRemoval.RequireIdle(run);
        try
        {
            Directory.Move(run.Path, target);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException($"cannot rename {run.Path}: {failure.Message}", failure);
        }
        Shell.Output.WriteLine(target);
        return ExitCode.Success;
    }
}
