using System.Globalization;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CsvHelper;

namespace CharRnn.Cli.Flags;

/// <summary>
/// Reads labelled texts: a folder with one file a label, a table (<see cref="LabeledTable"/>), or such a set by its
/// name in <c>data list</c>.
/// </summary>
internal sealed class LabeledData(Shell shell)
{
    /// <summary>The name of the records that are read from what was named.</summary>
    public static string NameOf(string? named) => EmbeddedIn(named)?.Name ?? Corpus.NameOf([named!]);

    /// <summary>Reads what was named; what was found in it goes to standard error.</summary>
    /// <param name="named">What was named; null for the embedded set.</param>
    /// <param name="columns">Which columns a table has.</param>
    /// <param name="preparation">What is done to the texts: normalising and folding alone.</param>
    /// <param name="purpose">What the records are for.</param>
    /// <param name="isTold">Whether what was found is told.</param>
    /// <exception cref="CorpusException">It is not there, or is not such data.</exception>
    /// <exception cref="SettingsException">A flag does not go with it.</exception>
    public LabeledRecords Load(
        string? named,
        LabeledColumns columns,
        TextPreparation preparation,
        LabeledPurpose purpose = LabeledPurpose.Learning,
        bool isTold = true
    )
    {
        var records = Read(named, columns, preparation, purpose);
        if (isTold)
            LabeledSummary.Print(records, shell.Terminal);
        return records;
    }

    private LabeledRecords Read(
        string? named,
        LabeledColumns columns,
        TextPreparation preparation,
        LabeledPurpose purpose
    )
    {
        if (EmbeddedIn(named) is { } embedded)
        {
            columns.RefuseFor($"{embedded.Name} comes with charrnn");
            return embedded.IsFolder ? LabeledRecords.Embedded(preparation) : throw WithoutLabels(embedded.Name);
        }

        string path = new CorpusNames(shell).PathOf(named!);
        if (LabeledTable.Is(path) && !Directory.Exists(path))
            return LabeledRecords.FromRows(
                Corpus.NameOf([path]),
                LabeledTable.Rows(path, columns),
                preparation,
                purpose,
                new RecordSource(Path.GetFullPath(path), columns.Text.Value, columns.Label.Value)
            );
        if (File.Exists(path))
            throw WithoutLabels(named!);
        columns.RefuseFor($"{named} is none");
        return LabeledRecords.ReadFolder(path, preparation, purpose);
    }

    private static EmbeddedDataset? EmbeddedIn(string? named) =>
        named is null ? EmbeddedDatasets.Names
        : CorpusNames.IsPath(named) ? null
        : EmbeddedDatasets.Find(named);

    private static CorpusException WithoutLabels(string named) =>
        new(
            $"{named} is one text without labels; name a folder with one file for each label and one text a "
                + "line, or a .tsv or .csv file with a column of texts and one of labels."
        );
}

/// <summary>
/// Reads a table whose first row names its columns. In a <c>.csv</c> file fields are parted by commas, or by semicolons
/// where the header has no comma, and may be quoted (RFC 4180); in a <c>.tsv</c> file they are parted by tabs, and
/// quotes are characters like others.
/// </summary>
internal static class LabeledTable
{
    private const char Tab = '\t',
        Comma = ',',
        Semicolon = ';';

    private static readonly string[] DefaultTexts = ["text", "name"],
        DefaultLabels = ["label", "category", "class", "language"];

    /// <summary>Whether a file is a table, by its extension.</summary>
    public static bool Is(string path) => IsTabbed(path) || HasExtension(path, ".csv");

    /// <summary>
    /// The rows under the header. They are read as they are asked for; blank ones come without a text.
    /// </summary>
    /// <exception cref="CorpusException">
    /// The file cannot be read, or is no such table; the message says where.
    /// </exception>
    /// <exception cref="SettingsException">A column that was asked for is not there.</exception>
    public static IEnumerable<LabeledRow> Rows(string path, LabeledColumns columns)
    {
        string text = Utf8File.Read(path);
        using var reader = CsvReader.FromText(text, OptionsOf(path, text));
        if (Read(reader, path) is not { } header || header.All(string.IsNullOrWhiteSpace))
            throw new CorpusException(
                $"{Display(path)}, line 1: there is no header, and one that names a column of texts and one of "
                    + $"labels is needed, such as name{SeparatorName(reader)}language; add it."
            );
        int textAt = Find(header, columns.Text.Value, LabeledColumnFlags.TextFlag, "text", DefaultTexts, path);
        int labelAt = Find(header, columns.Label.Value, LabeledColumnFlags.LabelFlag, "label", DefaultLabels, path);
        if (textAt == labelAt)
            throw new SettingsException(
                $"{LabeledColumnFlags.TextFlag} and {LabeledColumnFlags.LabelFlag} are both '{header[textAt]}'; "
                    + "they must be two columns."
            );
        bool hasText = false;
        while (Read(reader, path) is { } fields)
        {
            string place = $"{path}, line {reader.LineNumber}";
            if (fields.All(string.IsNullOrWhiteSpace))
                yield return new("", "", place);
            else if (fields.Length != header.Length)
                throw new CorpusException(
                    $"{Display(place)}: {Quantity.Count(fields.Length, "field")}, and the header has {header.Length}; "
                        + $"{Remedy(path)}."
                );
            else
                yield return new(fields[textAt], fields[labelAt], place);
            hasText |= fields.Length > textAt && !string.IsNullOrWhiteSpace(fields[textAt]);
        }

        if (!hasText)
            throw new CorpusException($"{Display(path)} has a header, and no text under it; add rows.");
    }

    private static CsvReaderOptions OptionsOf(string path, string text) =>
        new()
        {
            Mode = IsTabbed(path) ? CsvMode.NoEscape : CsvMode.Rfc4180,
            Separator =
                IsTabbed(path) ? Tab
                : HeaderHas(text, Semicolon) && !HeaderHas(text, Comma) ? Semicolon
                : Comma,
            HasHeader = false,
            SkipEmptyLines = false,
            MalformedData = CsvMalformedDataHandling.Throw,
            TrackLineNumbers = true,
        };

    private static bool HeaderHas(string text, char separator) => LineEnds.FirstLineOf(text).Contains(separator);

    // The fields of the next row; null at the end.
    private static string[]? Read(CsvReader reader, string path)
    {
        try
        {
            return reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : null;
        }
        catch (CsvFormatException e)
        {
            throw new CorpusException(
                $"{Display(path)}, line {e.LineNumber}: a quotation mark stands within a field, or is never closed; put "
                    + "the whole field between quotation marks, with those in it doubled, or save the table as .tsv, "
                    + "where they mean nothing."
            );
        }
    }

    private static int Find(
        string[] header,
        string? asked,
        string flag,
        string what,
        string[] defaultNames,
        string path
    )
    {
        string names = string.Join(", ", header.Select(name => $"'{Display(name)}'"));
        foreach (string wanted in asked is null ? defaultNames : [asked])
        {
            var found = Enumerable.Range(0, header.Length).Where(column => IsColumn(header[column], wanted)).ToList();
            if (found.Count > 1)
                throw new CorpusException(
                    $"{Display(path)}, line 1: {found.Count} columns are called '{Display(wanted)}'; give each a name of its own."
                );
            if (found.Count == 1)
                return found[0];
        }

        if (asked is not null)
            throw new SettingsException(
                $"{flag} is '{asked}', and {Display(path)} has the columns {names}; name one of them."
            );
        throw new CorpusException(
            $"{Display(path)}, line 1: no column of {what}s: the header has {names}, and one called "
                + $"{string.Join(" or ", defaultNames)} is needed; name the column with {flag}."
        );
    }

    private static bool IsColumn(string name, string wanted) =>
        LabelNames.Composed(name.Trim()).Equals(LabelNames.Composed(wanted.Trim()), StringComparison.OrdinalIgnoreCase);

    private static string Remedy(string path) =>
        IsTabbed(path)
            ? "mend the row: a tab between fields and none within them"
            : "mend the row, and put a field that has a comma or quotation mark in it between quotation marks";

    private static string SeparatorName(CsvReader reader) =>
        reader.Separator == Tab ? "<tab>" : reader.Separator.ToString();

    private static bool IsTabbed(string path) => HasExtension(path, ".tsv") || HasExtension(path, ".tab");

    private static bool HasExtension(string path, string extension) =>
        Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase);

    private static string Display(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);
}
