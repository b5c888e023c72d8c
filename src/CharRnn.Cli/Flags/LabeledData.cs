using CharRnn.Cli.Rendering;
using CharRnn.Datasets;

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
    /// <param name="mode">
    /// How progress is shown: nothing is told with <see cref="ProgressMode.None"/> and <see cref="ProgressMode.Json"/>.
    /// </param>
    /// <exception cref="CorpusException">It is not there, or is not such data.</exception>
    /// <exception cref="SettingsException">A flag does not go with it.</exception>
    public LabeledRecords Load(
        string? named,
        LabeledColumns columns,
        TextPreparation preparation,
        LabeledPurpose purpose = LabeledPurpose.Learning,
        ProgressMode mode = ProgressMode.Auto
    )
    {
        var records = Read(named, columns, preparation, purpose);
        if (mode is not (ProgressMode.None or ProgressMode.Json))
        {
            foreach (string line in LabeledSummary.Of(records))
                shell.Terminal.Message(line);
        }

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
