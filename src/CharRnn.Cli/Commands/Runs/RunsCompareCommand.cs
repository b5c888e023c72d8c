using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Report.Runs;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn runs compare</c>: the settings in which runs differ, and their results, side by side.
/// </summary>
internal sealed class RunsCompareCommand : VerbCommand
{
    private const string NoValue = "-";
    private const int MaxRuns = 1000;

    private readonly Argument<string[]> _runs = new("RUN")
    {
        Description = "Run folders, all of language models or all of classifiers.",
        Arity = new ArgumentArity(2, MaxRuns),
    };
    private readonly Option<bool> _json = SharedFlags.Json();

    public RunsCompareCommand(Shell shell)
        : base(shell, "compare", "Show the settings in which runs differ, and their results, side by side.")
    {
        Add(_runs);
        Add(_json);
        Examples =
        [
            new("charrnn runs compare runs/dragons-001 runs/dragons-002", "Show what differs between two runs."),
            new("charrnn runs compare runs/* --json", "The same of all runs, for a program."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var runs = ReportedRuns.ReadAll(parsed.GetRequiredValue(_runs));
        var summaries = runs.Select(RunSummary.Of).ToList();
        var settings = Differences(runs);
        if (parsed.GetValue(_json))
        {
            JsonLine.Write(Shell.Output, json => WriteJson(json, summaries, settings));
            return ExitCode.Success;
        }
        string[] head = ["", .. runs.Select(run => run.Label)];
        RunTable.Write(
            Shell,
            head,
            [
                .. settings.Select(setting =>
                    (string[])[setting.Name, .. setting.Values.Select(value => value ?? NoValue)]
                ),
                .. Figures(summaries),
            ],
            wordColumns: head.Length
        );
        return ExitCode.Success;
    }

    /// <summary>The settings that not all runs have alike, in the order of <c>config.json</c>.</summary>
    private static List<(string Name, string?[] Values)> Differences(IReadOnlyList<IReportedRun> runs)
    {
        var byName = runs.Select(run => run.Settings.ToDictionary(setting => setting.Name, setting => setting.Value))
            .ToList();
        return
        [
            .. runs.SelectMany(run => run.Settings.Select(setting => setting.Name))
                .Distinct()
                .Select(name => (Name: name, Values: byName.Select(own => own.GetValueOrDefault(name)).ToArray()))
                .Where(setting => setting.Values.Distinct().Count() > 1),
        ];
    }

    private static IEnumerable<string[]> Figures(List<RunSummary> runs)
    {
        yield return Row("corpus", run => run.Corpus);
        yield return Row("state", run => run.State.ToString().ToLowerInvariant());
        yield return Row("parameters", run => run.Parameters is { } count ? Quantity.Count(count) : NoValue);
        yield return Row("steps", run => run.Steps is { } count ? Quantity.Count(count) : NoValue);
        yield return Row(
            "time",
            run => run.Seconds is { } seconds ? Quantity.Time(TimeSpan.FromSeconds(seconds)) : NoValue
        );
        yield return Row("best validation loss", run => Four(run.BestValLoss));
        yield return Row("test loss", run => Four(run.TestLoss));
        if (runs.Exists(run => run.BestValAccuracy is not null))
            yield return Row("best validation accuracy", run => Four(run.BestValAccuracy));
        if (runs.Exists(run => run.TestAccuracy is not null))
            yield return Row("test accuracy", run => Four(run.TestAccuracy));

        string[] Row(string name, Func<RunSummary, string> value) => [name, .. runs.Select(value)];
    }

    private static string Four(double? number) =>
        number is { } known ? known.ToString("0.0000", CultureInfo.InvariantCulture) : NoValue;

    private static void WriteJson(
        Utf8JsonWriter json,
        List<RunSummary> runs,
        List<(string Name, string?[] Values)> settings
    )
    {
        json.WriteStartArray("runs");
        foreach (var (place, run) in runs.Index())
        {
            json.WriteStartObject();
            json.WriteString("path", run.Path);
            json.WriteString("corpus", run.Corpus);
            json.WriteString("state", run.State.ToString().ToLowerInvariant());
            JsonLine.WriteNumber(json, "params", run.Parameters);
            JsonLine.WriteNumber(json, "steps", run.Steps);
            JsonLine.WriteNumber(json, "seconds", run.Seconds);
            JsonLine.WriteNumber(json, "best_val_loss", run.BestValLoss);
            JsonLine.WriteNumber(json, "best_val_accuracy", run.BestValAccuracy);
            JsonLine.WriteNumber(json, "test_loss", run.TestLoss);
            JsonLine.WriteNumber(json, "test_accuracy", run.TestAccuracy);
            json.WriteStartObject("settings");
            foreach (var (name, values) in settings)
                json.WriteString(name, values[place]);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
