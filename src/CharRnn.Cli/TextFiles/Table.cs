using CharRnn.Cli.Flags;
using CharRnn.Datasets;
using CsvHelper;

namespace CharRnn.Cli.TextFiles;

/// <summary>How a table is written.</summary>
/// <param name="Delimiter">What stands between fields; null for what its extension and first line say.</param>
/// <param name="HasHeader">Whether the first row names the columns; otherwise they are named 1, 2, and so on.</param>
internal sealed record TableForm(char? Delimiter, bool HasHeader);

/// <summary>A row of a table.</summary>
/// <param name="Fields">Its fields; none for a blank line.</param>
/// <param name="Place">Its file and line, for messages.</param>
internal readonly record struct TableRow(string[] Fields, string Place);

/// <summary>
/// A table. In a <c>.csv</c> file fields are parted by commas, or by semicolons where the first line has no comma, and
/// may be quoted (RFC 4180); in a <c>.tsv</c> file they are parted by tabs, and quotes are characters like others.
/// Another delimiter parts fields that may be quoted.
/// </summary>
internal sealed class Table : IDisposable
{
    private const char Tab = '\t',
        Comma = ',',
        Semicolon = ';';

    private readonly string _path;
    private readonly TableForm _form;
    private readonly CsvReader _reader;

    // The first row of a table without a header, which has been read to count its columns.
    private string[]? _waiting;

    /// <exception cref="CorpusException">It cannot be read, or has no header where it should.</exception>
    public Table(CorpusSource source, TableForm form)
    {
        (_path, _form) = (source.Name, form);
        string text = Utf8File.Read(source);
        IsTabbed = form.Delimiter is null && HasTabs(_path);
        _reader = CsvReader.FromText(text, OptionsOf(text));
        if (ReadFields() is not { } first || first.All(string.IsNullOrWhiteSpace))
            throw new CorpusException(
                form.HasHeader
                    ? $"{Display(_path)}, line 1: there is no header, and one that names the columns is needed, such "
                        + $"as name{SeparatorName}language; add it, or say --no-header."
                    : $"{Display(_path)}, line 1: there is no row; name a table that has some."
            );
        _waiting = form.HasHeader ? null : first;
        Columns = form.HasHeader
            ? first
            : [.. Enumerable.Range(1, first.Length).Select(number => Quantity.Count(number))];
    }

    /// <summary>The names of the columns.</summary>
    public string[] Columns { get; }

    /// <summary>Whether fields are parted by tabs and never quoted.</summary>
    public bool IsTabbed { get; }

    /// <summary>What parts fields.</summary>
    public char Separator => _reader.Separator;

    /// <summary>Whether a file is a table, by its extension.</summary>
    public static bool Is(string path) => HasTabs(path) || HasExtension(path, ".csv");

    /// <summary>The rows. They are read as they are asked for, once; blank ones have no fields.</summary>
    /// <exception cref="CorpusException">A row cannot be read, or has not as many fields as columns.</exception>
    public IEnumerable<TableRow> Rows()
    {
        while ((_waiting ?? ReadFields()) is { } fields)
        {
            _waiting = null;
            string place = $"{_path}, line {_reader.LineNumber}";
            if (fields.All(string.IsNullOrWhiteSpace))
                yield return new([], place);
            else if (fields.Length != Columns.Length)
                throw new CorpusException(
                    $"{Display(place)}: {Quantity.Count(fields.Length, "field")}, and the "
                        + $"{(_form.HasHeader ? "header" : "first row")} has {Columns.Length}; {Remedy}."
                );
            else
                yield return new(fields, place);
        }
    }

    /// <summary>The place of a column.</summary>
    /// <param name="asked">The name that was asked for; null for the default ones.</param>
    /// <param name="flag">The flag that asks.</param>
    /// <param name="what">What the column holds.</param>
    /// <param name="defaults">The default names.</param>
    /// <param name="place">The place where there is no header.</param>
    /// <exception cref="SettingsException">The column that was asked for is not there.</exception>
    /// <exception cref="CorpusException">There is none, or several are called so.</exception>
    public int Find(string? asked, string flag, string what, string[] defaults, int place)
    {
        if (asked is null && !_form.HasHeader && place < Columns.Length)
            return place;
        string names = string.Join(", ", Columns.Select(name => $"'{Display(name)}'"));
        foreach (string wanted in asked is null ? defaults : [asked])
        {
            var found = Enumerable.Range(0, Columns.Length).Where(column => IsColumn(Columns[column], wanted)).ToList();
            if (found.Count > 1)
                throw new CorpusException(
                    $"{Display(_path)}, line 1: {found.Count} columns are called '{Display(wanted)}'; give each a name "
                        + "of its own."
                );
            if (found.Count == 1)
                return found[0];
        }

        if (asked is not null)
            throw new SettingsException(
                $"{flag} is '{asked}', and {Display(_path)} has the columns {names}; name one of them."
            );
        throw new CorpusException(
            $"{Display(_path)}, line 1: no column of {what}s: the header has {names}, and one called "
                + $"{string.Join(" or ", defaults)} is needed; name the column with {flag}."
        );
    }

    public void Dispose() => _reader.Dispose();

    private CsvReaderOptions OptionsOf(string text) =>
        new()
        {
            Mode = IsTabbed ? CsvMode.NoEscape : CsvMode.Rfc4180,
            Separator =
                _form.Delimiter is { } asked ? asked
                : IsTabbed ? Tab
                : FirstLineHas(text, Semicolon) && !FirstLineHas(text, Comma) ? Semicolon
                : Comma,
            HasHeader = false,
            SkipEmptyLines = false,
            MalformedData = CsvMalformedDataHandling.Throw,
            TrackLineNumbers = true,
        };

    private static bool FirstLineHas(string text, char separator) => LineEnds.FirstLineOf(text).Contains(separator);

    // The fields of the next row; null at the end.
    private string[]? ReadFields()
    {
        try
        {
            return _reader.Read() ? [.. Enumerable.Range(0, _reader.FieldCount).Select(_reader.GetString)] : null;
        }
        catch (CsvFormatException e)
        {
            throw new CorpusException(
                $"{Display(_path)}, line {e.LineNumber}: a quotation mark stands within a field, or is never "
                    + "closed; put the whole field between quotation marks, with those in it doubled, or save the "
                    + "table as .tsv, where they mean nothing."
            );
        }
    }

    private static bool IsColumn(string name, string wanted) =>
        LabelNames.Composed(name.Trim()).Equals(LabelNames.Composed(wanted.Trim()), StringComparison.OrdinalIgnoreCase);

    private string Remedy =>
        IsTabbed
            ? "mend the row: a tab between fields and none within them"
            : "mend the row, and put a field that has a comma or quotation mark in it between quotation marks";

    private string SeparatorName => Separator == Tab ? "<tab>" : Separator.ToString();

    private static bool HasTabs(string path) => HasExtension(path, ".tsv") || HasExtension(path, ".tab");

    private static bool HasExtension(string path, string extension) =>
        UnpackedText.HasExtension(UnpackedText.NameOf(path), extension);

    private static string Display(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);
}

/// <summary>The columns of a table that hold texts and labels.</summary>
/// <param name="Text">The text's column, as it was asked for; null for the default names.</param>
/// <param name="Label">The label's column.</param>
/// <param name="Form">How the table is written.</param>
internal sealed record TableColumns(string? Text, string? Label, TableForm Form)
{
    private static readonly string[] DefaultTexts = ["text", "name"],
        DefaultLabels = ["label", "category", "class", "language"];

    /// <summary>The labelled rows. They are read as they are asked for; blank ones come without a text.</summary>
    /// <exception cref="CorpusException">The file is no such table; the message says where.</exception>
    /// <exception cref="SettingsException">A column that was asked for is not there.</exception>
    public IEnumerable<LabeledRow> LabeledRowsOf(CorpusSource source)
    {
        using var table = new Table(source, Form);
        int textAt = TextPlaceIn(table);
        int labelAt = table.Find(Label, LabeledColumnFlags.LabelFlag, "label", DefaultLabels, place: 1);
        if (textAt == labelAt)
            throw new SettingsException(
                $"{LabeledColumnFlags.TextFlag} and {LabeledColumnFlags.LabelFlag} are both '{table.Columns[textAt]}'; "
                    + "they must be two columns."
            );
        bool hasText = false;
        foreach (var (fields, place) in table.Rows())
        {
            yield return fields.Length == 0 ? new("", "", place) : new(fields[textAt], fields[labelAt], place);
            hasText |= fields.Length > 0 && !string.IsNullOrWhiteSpace(fields[textAt]);
        }

        if (!hasText)
            throw new CorpusException($"{source.DisplayName} has a header, and no text under it; add rows.");
    }

    /// <summary>The place of the column of texts.</summary>
    public int TextPlaceIn(Table table) =>
        table.Find(Text, LabeledColumnFlags.TextFlag, "text", DefaultTexts, place: 0);

    /// <summary>The column of texts as one text, with a record on each line.</summary>
    /// <param name="source">The table.</param>
    /// <param name="note">Receives a line about what is read otherwise.</param>
    public CorpusSource TextsOf(CorpusSource source, Action<string> note)
    {
        if (Form is { Delimiter: null, HasHeader: true } && !Table.Is(source.Name))
            throw new SettingsException(
                $"{LabeledColumnFlags.TextFlag} is for a .tsv or .csv file, and {source.DisplayName} is none; leave it "
                    + $"out, or say with {LabeledColumnFlags.DelimiterFlag} what stands between its fields."
            );
        var lines = new Lazy<byte[]>(() => LinesOf(source, note));
        return source with
        {
            Open = () => new MemoryStream(lines.Value, writable: false),
            Form = $"{source.Form} column {Text}".TrimStart(),
        };
    }

    private byte[] LinesOf(CorpusSource source, Action<string> note)
    {
        using var table = new Table(source, Form);
        int textAt = TextPlaceIn(table);
        using var lines = new MemoryStream();
        using var writer = new StreamWriter(lines);
        long joined = 0;
        foreach (var (fields, _) in table.Rows())
        {
            string text = fields.Length == 0 ? "" : fields[textAt];
            string line = string.Join(' ', LineEnds.LinesOf(text));
            joined += text.AsSpan().ContainsAny(LineEnds.Feed, LineEnds.Return) ? 1 : 0;
            writer.Write(line);
            writer.Write(LineEnds.Feed);
        }
        writer.Flush();
        if (joined > 0)
            note(
                $"texts of {source.DisplayName} with line ends in them, each now a space, since a record is one line: "
                    + Quantity.Count(joined)
            );
        return lines.ToArray();
    }
}
