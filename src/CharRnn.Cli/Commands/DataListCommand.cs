using System.CommandLine;
using System.Text;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn data list</c>: the corpora that can be named.</summary>
internal sealed class DataListCommand : VerbCommand
{
    private const string Embedded = "embedded";
    private const string Absent = "no";

    private readonly Option<bool> _json = SharedFlags.Json();

    public DataListCommand(Shell shell)
        : base(shell, "list", "List the corpora that can be named, and whether they are here.")
    {
        Add(_json);
        Examples =
        [
            new("charrnn data list", "Show the corpora and whether they are here."),
            new("charrnn data list --json", "The same for a program, with paths and addresses."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var rows = EmbeddedDatasets.All.Select(EmbeddedRow).Concat(Shell.Catalog.Entries.Select(CatalogRow)).ToList();
        if (parsed.GetValue(_json))
            JsonLine.Write(Shell.Output, writer => WriteJson(writer, rows));
        else
            WriteTable(rows);
        return ExitCode.Success;
    }

    private static Row EmbeddedRow(EmbeddedDataset corpus)
    {
        string text = corpus.ReadText();
        return new(
            corpus.Name,
            Encoding.UTF8.GetByteCount(text),
            text.EnumerateRunes().Count(),
            Embedded,
            corpus.Description
        );
    }

    private Row CatalogRow(CorpusEntry entry)
    {
        bool isHere = Shell.Cache.Has(entry);
        long? bytes = isHere && !entry.IsFolder ? new FileInfo(Shell.Cache.PathOf(entry)).Length : entry.Bytes;
        return new(entry.Name, bytes, null, isHere ? "yes" : Absent, entry.Description)
        {
            Path = isHere ? Shell.Cache.PathOf(entry) : null,
            Address = entry.Address,
        };
    }

    private void WriteTable(List<Row> rows)
    {
        int nameWidth = rows.Max(row => row.Name.Length);
        Shell.Output.WriteLine($"{"NAME".PadRight(nameWidth)}  {"SIZE", 8}  {"HERE", -8}  WHAT IT IS");
        foreach (var row in rows)
        {
            string size = row.Bytes is { } bytes ? Quantity.Bytes(bytes) : "?";
            string characters = row.Characters is { } count ? $" ({Quantity.Count(count)} characters)" : "";
            Shell.Output.WriteLine(
                $"{row.Name.PadRight(nameWidth)}  {size, 8}  {row.Here, -8}  {row.Description}{characters}"
            );
        }
    }

    private static void WriteJson(Utf8JsonWriter json, List<Row> rows)
    {
        json.WriteStartArray("corpora");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            WriteNumber("bytes", row.Bytes);
            WriteNumber("chars", row.Characters);
            json.WriteBoolean("embedded", row.Here == Embedded);
            json.WriteBoolean("here", row.Here != Absent);
            json.WriteString("path", row.Path);
            json.WriteString("address", row.Address?.AbsoluteUri);
            json.WriteString("description", row.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();

        void WriteNumber(string name, long? number)
        {
            if (number is { } known)
                json.WriteNumber(name, known);
            else
                json.WriteNull(name);
        }
    }

    private sealed record Row(string Name, long? Bytes, long? Characters, string Here, string Description)
    {
        public string? Path { get; init; }

        public Uri? Address { get; init; }
    }
}
