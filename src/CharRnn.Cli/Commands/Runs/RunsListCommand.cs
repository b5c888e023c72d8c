using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Report.Runs;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn runs list</c>: the runs in a folder, a row each.</summary>
internal sealed class RunsListCommand : VerbCommand
{
    // Named here, and compared where runs are read: help must not load what reads them.
    private static readonly (string Word, RunOrder Order)[] Orders =
    [
        ("changed", RunOrder.Changed),
        ("name", RunOrder.Name),
        ("corpus", RunOrder.Corpus),
        ("steps", RunOrder.Steps),
        ("time", RunOrder.Time),
        ("loss", RunOrder.Loss),
    ];

    private readonly Argument<string?> _folder = new("FOLDER")
    {
        Description = $"A folder of runs (default: {RunsFolder}).",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Setting<RunOrder> _sort = new(
        "--sort",
        "Order of the rows: by when a run began or ended, its name, corpus, steps, time, or best validation loss "
            + "(default: changed, the newest last).",
        Orders[0].Order,
        text => SettingParser.Choice(text, Orders),
        string.Join('|', Orders.Select(order => order.Word))
    );
    private readonly Option<bool> _json = SharedFlags.Json();

    public RunsListCommand(Shell shell)
        : base(
            shell,
            "list",
            "List the runs in a folder: network, text, steps, time, best validation loss, and whether they are done."
        )
    {
        Add(_folder);
        Add(_sort.Option);
        Add(_json);
        Examples =
        [
            new("charrnn runs", "List the runs in the folder 'runs'."),
            new("charrnn runs list old --sort loss", "List those of another folder, the best first."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var order = _sort.Resolve(new(parsed, Shell.Environment)).Value;
        string folder = parsed.GetValue(_folder) ?? RunsFolder;
        if (!Directory.Exists(folder) && parsed.GetValue(_folder) is not null)
            throw new ModelException($"there is no folder {folder}; name a folder of runs.");
        var runs = RunSummary.ReadAll(folder);
        foreach (string fault in runs.Select(run => run.Fault).OfType<string>())
            Shell.Terminal.Warning(fault);
        var sorted = runs.Order(Comparer<RunSummary>.Create(ComparisonOf(order))).ToList();
        if (parsed.GetValue(_json))
            JsonLine.Write(Shell.Output, json => WriteJson(json, sorted));
        else if (sorted.Count == 0)
            Shell.Terminal.Message($"there are no runs in {folder}; 'charrnn train' begins one");
        else
            RunTable.Write(Shell, Head, sorted.Select(RowOf), wordColumns: 5);
        return ExitCode.Success;
    }

    private enum RunOrder
    {
        Changed,
        Name,
        Corpus,
        Steps,
        Time,
        Loss,
    }

    private static Comparison<RunSummary> ComparisonOf(RunOrder order) =>
        order switch
        {
            RunOrder.Name => (a, b) => string.CompareOrdinal(a.Name, b.Name),
            RunOrder.Corpus => (a, b) => string.CompareOrdinal(a.Corpus, b.Corpus),
            RunOrder.Steps => (a, b) => Nullable.Compare(a.Steps, b.Steps),
            RunOrder.Time => (a, b) => Nullable.Compare(a.Seconds, b.Seconds),
            RunOrder.Loss => (a, b) => (a.BestValLoss ?? double.MaxValue).CompareTo(b.BestValLoss ?? double.MaxValue),
            _ => (a, b) => a.Changed.CompareTo(b.Changed),
        };

    private static readonly string[] Head = ["NAME", "STATE", "KIND", "MODEL", "CORPUS", "STEPS", "TIME", "VAL LOSS"];

    private static string[] RowOf(RunSummary run) =>
        [
            run.Name,
            run.State.ToString().ToLowerInvariant(),
            run.Kind,
            run.Model,
            run.Corpus,
            run.Steps is { } steps ? Quantity.Count(steps) : "",
            run.Seconds is { } seconds ? Quantity.Time(TimeSpan.FromSeconds(seconds)) : "",
            run.BestValLoss is { } loss ? loss.ToString("0.0000", CultureInfo.InvariantCulture) : "",
        ];

    private static void WriteJson(Utf8JsonWriter json, List<RunSummary> runs)
    {
        json.WriteStartArray("runs");
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("name", run.Name);
            json.WriteString("path", run.Path);
            json.WriteString("state", run.State.ToString().ToLowerInvariant());
            json.WriteString("kind", run.Kind);
            json.WriteString("model", run.Model);
            json.WriteString("corpus", run.Corpus);
            JsonLine.WriteNumber(json, "params", run.Parameters);
            JsonLine.WriteNumber(json, "steps", run.Steps);
            JsonLine.WriteNumber(json, "seconds", run.Seconds);
            JsonLine.WriteNumber(json, "best_val_loss", run.BestValLoss);
            JsonLine.WriteNumber(json, "best_val_accuracy", run.BestValAccuracy);
            json.WriteString("changed", run.Changed);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
