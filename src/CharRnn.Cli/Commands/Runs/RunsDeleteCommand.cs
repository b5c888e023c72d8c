using System.CommandLine;
using CharRnn.Checkpoints;
using CharRnn.Report.Runs;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn runs delete</c>: deletes run folders. All are looked at before the first is touched, and only folders
/// that a trainer made and that hold nothing else are deleted.
/// </summary>
internal sealed class RunsDeleteCommand : VerbCommand
{
    private readonly Argument<string[]> _runs = new("RUN")
    {
        Description = "Run folders.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<bool> _yes = new("--yes", "-y")
    {
        Description = "Do not ask; needed where standard input is no terminal.",
    };

    public RunsDeleteCommand(Shell shell)
        : base(shell, "delete", "Delete runs with their models and checkpoints, after asking.")
    {
        Add(_runs);
        Add(_yes);
        Examples =
        [
            new("charrnn runs delete runs/dragons-001 runs/dragons-002", "Ask, and delete two runs."),
            new("charrnn runs delete runs/dragons-001 --yes", "Delete a run without asking."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var runs = parsed
            .GetRequiredValue(_runs)
            .Select(RunFolder.Open)
            .DistinctBy(run => Path.GetFullPath(run.Path))
            .ToList();
        runs.ForEach(RunRemoval.RequireDeletable);
        if (!parsed.GetValue(_yes) && !IsAgreed(runs))
        {
            Shell.Terminal.Message("nothing was deleted");
            return ExitCode.Success;
        }
        foreach (var run in runs)
        {
            RunRemoval.Delete(run);
            Shell.Output.WriteLine(run.Path);
        }
        return ExitCode.Success;
    }

    private bool IsAgreed(List<RunFolder> runs)
    {
        if (!Shell.IsInputTerminal)
            throw new SettingsException("deleting runs needs --yes where standard input is no terminal.");
        long bytes = runs.Sum(run =>
            Directory.EnumerateFiles(run.Path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length)
        );
        string names = string.Join(", ", runs.Select(run => run.Path));
        Shell.Terminal.Line($"Delete {names} ({Quantity.Bytes(bytes)})? [y/N]");
        using var input = Shell.OpenInput();
        return input.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
