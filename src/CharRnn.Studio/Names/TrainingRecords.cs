using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Evaluation;
using CharRnn.Studio.Models;
using CharRnn.Training;

namespace CharRnn.Studio.Names;

/// <summary>Labelled records that a run was trained on, read again.</summary>
internal static class TrainingRecords
{
    /// <summary>Reads the records of a classifier's run, or others that its configuration names.</summary>
    /// <exception cref="CorpusException">They are not at hand: the message says why.</exception>
    public static LabeledRecords Of(LabeledDataRecord data, LabeledPurpose purpose = LabeledPurpose.Learning)
    {
        var records = Read(data.Source, data.Preparation, data.Name, purpose);
        return records.Sha256 == data.Sha256 ? records : throw Changed(data.Name);
    }

    /// <summary>Reads the records of a language model with labels.</summary>
    /// <exception cref="CorpusException">They are not at hand: the message says why.</exception>
    public static LabeledRecords Of(ModelLease model)
    {
        var run =
            RunFolder.OfModel(ModelFile.Resolve(model.Path))
            ?? throw new CorpusException($"{model.Id} lies in no run, whose configuration would name its records");
        var corpus = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath).Corpus;
        var records = Read(corpus.LabeledSource, corpus.Preparation, corpus.Name, LabeledPurpose.Learning);
        return records.Sha256 == corpus.Sha256 ? records : throw Changed(corpus.Name);
    }

    private static LabeledRecords Read(
        RecordSource? source,
        TextPreparation preparation,
        string name,
        LabeledPurpose purpose
    )
    {
        string named = source?.Named ?? throw new CorpusException($"a program made the records {name}");
        var texts = preparation.ForShortTexts() with { Charset = preparation.Charset };
        if (EmbeddedDatasets.Find(named) is { IsFolder: true })
            return LabeledRecords.Embedded(texts with { Charset = null });
        if (File.Exists(named))
            throw new CorpusException($"{named} is a table, which only the command reads");
        if (!Directory.Exists(named))
            throw new CorpusException($"{named} is not there any more");
        return LabeledRecords.ReadFolder(named, texts, purpose);
    }

    private static CorpusException Changed(string name) =>
        new($"{name} does not hold the records any more that the model was trained on");
}

/// <summary>Texts of a data set and the labels they stand under.</summary>
internal sealed class KnownNames
{
    private readonly Dictionary<string, List<string>> _labels = new(StringComparer.Ordinal);

    /// <summary>Notes the texts of some records.</summary>
    public KnownNames(LabeledRecords records)
    {
        Name = records.Name;
        foreach (var record in records.Records)
        {
            if (!_labels.TryGetValue(record.Text, out var labels))
                _labels.Add(record.Text, labels = []);
            labels.Add(records.Labels[record.Label]);
        }
    }

    /// <summary>Name of the data set.</summary>
    public string Name { get; }

    /// <summary>The labels of a text; none where the data set lacks it.</summary>
    public IReadOnlyList<string> LabelsOf(string text) => _labels.GetValueOrDefault(text) ?? [];
}
