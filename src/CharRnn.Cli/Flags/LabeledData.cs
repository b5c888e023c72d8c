using CharRnn.Cli.Rendering;
using CharRnn.Cli.TextFiles;
using CharRnn.Datasets;

namespace CharRnn.Cli.Flags;

/// <summary>
/// Reads labelled texts: a folder with one file a label, a table (<see cref="Table"/>), or such a set by its name in
/// <c>data list</c>.
/// </summary>
internal sealed class LabeledData(Shell shell)
{
    /// <summary>The name of the records.</summary>
    public static string NameOf(string? named) =>
        EmbeddedIn(named)?.Name ?? Corpus.NameOf([UnpackedText.NameOf(named!)]);

    /// <summary>Reads the named data; a summary goes to standard error.</summary>
    /// <param name="named">Data as they were named; null for the embedded set.</param>
    /// <param name="columns">Columns of a table.</param>
    /// <param name="preparation">Preparation of the texts: decoding, normalizing and folding alone.</param>
    /// <param name="purpose">Purpose of the records.</param>
    /// <param name="isPrinted">Whether a summary is printed.</param>
    /// <exception cref="CorpusException">It is not there, or is not such data.</exception>
    /// <exception cref="SettingsException">A flag does not go with it.</exception>
    public LabeledRecords Load(
        string? named,
        LabeledColumns columns,
        TextPreparation preparation,
        LabeledPurpose purpose = LabeledPurpose.Learning,
        bool isPrinted = true
    )
    {
        var records = Read(named, columns, preparation, purpose);
        if (isPrinted)
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
            return embedded.IsFolder
                ? LabeledRecords.Embedded(preparation with { Charset = null })
                : throw WithoutLabels(embedded.Name);
        }

        string path = new CorpusNames(shell).PathOf(named!);
        if ((Table.Is(path) || (columns.SaysTable && File.Exists(path))) && !Directory.Exists(path))
            return LabeledRecords.FromRows(
                NameOf(path),
                columns.Table.LabeledRowsOf(TextForm.OnlyIn(path, preparation.Charset)),
                preparation,
                purpose,
                columns.SourceOf(path)
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
