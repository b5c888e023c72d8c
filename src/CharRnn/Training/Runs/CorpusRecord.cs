using System.Text.Json.Serialization;
using CharRnn.Datasets;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>A text in <c>config.json</c>.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Sources">The files it was read from.</param>
/// <param name="Sha256">The SHA-256 of their bytes, in lower-case hexadecimal.</param>
/// <param name="Characters">Number of its characters.</param>
/// <param name="Distinct">Number of distinct ones.</param>
/// <param name="Encoding">Name of the text's encoding: <c>utf-8</c> or <c>bytes</c>.</param>
internal sealed record CorpusRecord(
    string Name,
    IReadOnlyList<string> Sources,
    string Sha256,
    long Characters,
    int Distinct,
    string Encoding
)
{
    /// <summary>Preparation of the text.</summary>
    public TextPreparation Preparation { get; init; } = new();

    /// <summary>The labels of labelled records; null for any other text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The column of a table that was asked for as that of the texts; null where none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TextColumn { get; init; }

    /// <summary>The same of the labels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LabelColumn { get; init; }

    /// <summary>What stands between a table's fields, where it was asked for; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Delimiter { get; init; }

    /// <summary>Whether a table has no header.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NoHeader { get; init; }

    /// <summary>What labelled records were read from.</summary>
    [JsonIgnore]
    public RecordSource LabeledSource =>
        new(Sources[0], TextColumn, LabelColumn) { Delimiter = Delimiter, NoHeader = NoHeader };

    /// <summary>The table that the texts are a column of; null for any other text.</summary>
    [JsonIgnore]
    public RecordSource? Table =>
        Labels is null && (TextColumn is not null || Delimiter is not null || NoHeader) ? LabeledSource : null;

    /// <summary>The same text in its run's folder, where it was kept and the folder has moved since.</summary>
    public CorpusRecord FoundIn(RunFolder run) =>
        Sources is [var only]
        && !File.Exists(only)
        && Path.GetFileName(only) == Path.GetFileName(run.TextPath)
        && File.Exists(run.TextPath)
            ? this with
            {
                Sources = [Path.GetFullPath(run.TextPath)],
            }
            : this;

    /// <summary>The record of a text.</summary>
    public static CorpusRecord Of(Corpus corpus) =>
        new(
            corpus.Name,
            corpus.Sources,
            corpus.Sha256,
            corpus.Ids.Length,
            corpus.Distinct,
            ModelMetadata.EncodingName(corpus.Vocabulary.Encoding)
        )
        {
            Preparation = corpus.Preparation,
            Labels = corpus.Labels.Count > 0 ? corpus.Labels : null,
            TextColumn = corpus.RecordSource?.TextColumn,
            LabelColumn = corpus.RecordSource?.LabelColumn,
            Delimiter = corpus.RecordSource?.Delimiter,
            NoHeader = corpus.RecordSource?.NoHeader ?? false,
        };

    /// <summary>Refuses another text than this one, or the same read otherwise.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="run">The run, for the message.</param>
    /// <param name="use">Use that the run makes of it, for the message.</param>
    /// <exception cref="CorpusException">It is another.</exception>
    public void RequireSame(Corpus corpus, RunFolder run, string use)
    {
        string encoding = ModelMetadata.EncodingName(corpus.Vocabulary.Encoding);
        if (Encoding != encoding)
            throw new CorpusException(
                $"{corpus.Name} was read with 'Encoding' {encoding}, and the run {run.Path} was trained with "
                    + $"{Encoding}; resume with the same."
            );
        if (Preparation != corpus.Preparation)
            throw new CorpusException(
                $"{corpus.Name} was read with {Display(corpus.Preparation)}, and the run {run.Path} was trained "
                    + $"with {Display(Preparation)}; resume with the same."
            );
        if (Sha256 == corpus.Sha256)
            return;
        throw new CorpusException(
            $"{corpus.Name} is not the text that {run.Path} {use} on (SHA-256 {corpus.Sha256[..12]}… instead "
                + $"of {Sha256[..12]}…); resume with the same text, or start a new run."
        );
    }

    private static string Display(TextPreparation preparation) =>
        preparation.ToString() is { Length: > 0 } flags ? flags : "no flag that changes it";
}

/// <summary>Labelled records in <c>config.json</c>.</summary>
/// <param name="Name">Their short name.</param>
/// <param name="Sha256">The SHA-256 of labels and records.</param>
/// <param name="Rows">Number of texts read.</param>
/// <param name="Records">Number of records left when repeats were removed.</param>
/// <param name="AccuracyCeiling">
/// The accuracy that nothing can exceed on them, since some texts stand under several labels.
/// </param>
/// <param name="Labels">Records of each label.</param>
internal sealed record LabeledDataRecord(
    string Name,
    string Sha256,
    int Rows,
    int Records,
    double AccuracyCeiling,
    IReadOnlyDictionary<string, int> Labels
)
{
    /// <summary>Preparation of the texts.</summary>
    public TextPreparation Preparation { get; init; } = new();

    /// <summary>Files that the records were read from; null when a program made them.</summary>
    public RecordSource? Source { get; init; }

    public static LabeledDataRecord Of(LabeledRecords records) =>
        new(
            records.Name,
            records.Sha256,
            records.RowCount,
            records.Records.Count,
            records.AccuracyCeiling,
            new OrderedDictionary<string, int>(records.Labels.Zip(records.CountByLabel, KeyValuePair.Create))
        )
        {
            Preparation = records.Preparation,
            Source = records.Source,
        };

    /// <summary>Refuses other records than these.</summary>
    /// <exception cref="CorpusException">They are others.</exception>
    public void RequireSame(LabeledRecords records, RunFolder run)
    {
        if (Sha256 == records.Sha256)
            return;
        throw new CorpusException(
            $"{records.Name} does not hold the records that {run.Path} was trained on (SHA-256 "
                + $"{records.Sha256[..12]}… instead of {Sha256[..12]}…); resume with the same data, read the same "
                + "way, or start a new run."
        );
    }
}
