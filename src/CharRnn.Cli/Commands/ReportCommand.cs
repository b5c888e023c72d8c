using System.CommandLine;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Report;
using CharRnn.Report.Runs;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn report</c>: one page of HTML on one or several runs.</summary>
internal sealed class ReportCommand : VerbCommand
{
    private readonly Argument<string[]> _runs = new("RUN")
    {
        Description = "Run folders, in the order in which they are shown.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string?> _output = new("--output", "-o")
    {
        // The file's name is not asked of the report: what draws it is loaded when something is drawn.
        Description = "The file; one that is there is replaced (default: report.html in the first run's folder).",
        HelpName = "FILE",
    };
    private readonly Option<string?> _title = new("--title")
    {
        Description = "The page's heading (default: the runs' names).",
        HelpName = "TEXT",
    };
    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object instead of the file's name.",
    };

    public ReportCommand(Shell shell)
        : base(
            shell,
            "report",
            "Draw runs on one page of HTML that opens anywhere: losses, gradients, samples, settings."
        )
    {
        Add(_runs);
        Add(_output);
        Add(_title);
        Add(_json);
        Examples =
        [
            new("charrnn report runs/dragons-001", "Draw a run; the page lies in its folder."),
            new("charrnn report runs/a runs/b -o both.html", "Draw two runs side by side."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var read = ReportedRuns.ReadAll(parsed.GetRequiredValue(_runs));
        string path = parsed.GetValue(_output) ?? Path.Combine(read[0].Path, HtmlReport.DefaultName);
        int bytes = HtmlReport.Write(path, read, parsed.GetValue(_title), Shell.Clock.GetUtcNow());
        if (parsed.GetValue(_json))
            WriteJson(read, path, bytes);
        else
            Shell.Output.WriteLine(path);
        return ExitCode.Success;
    }

    private void WriteJson(IReadOnlyList<IReportedRun> read, string path, int bytes) =>
        JsonLine.Write(
            Shell.Output,
            json =>
            {
                json.WriteString("report", path);
                json.WriteNumber("bytes", bytes);
                json.WriteStartArray("runs");
                foreach (var run in read)
                    json.WriteStringValue(run.Path);
                json.WriteEndArray();
            }
        );
}
