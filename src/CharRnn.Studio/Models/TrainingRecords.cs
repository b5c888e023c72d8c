using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Evaluation;
using CharRnn.Training;

namespace CharRnn.Studio.Models;

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
    public static LabeledRecords Of(ModelLease model) => Of(Configuration(model));

    /// <summary>The records of a language model with labels, as the text that it was trained on.</summary>
    /// <exception cref="CorpusException">They are not at hand: the message says why.</exception>
    public static Corpus TextOf(ModelLease model)
    {
        var configuration = Configuration(model);
        return LabeledCorpus.Of(Of(configuration), configuration.Settings, model.LanguageModel.Vocabulary);
    }

    private static RunConfiguration Configuration(ModelLease model)
    {
        var run =
            RunFolder.OfModel(ModelFile.Resolve(model.Path))
            ?? throw new CorpusException($"{model.Id} lies in no run, whose configuration would name its records");
        return RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
    }

    private static LabeledRecords Of(RunConfiguration configuration)
    {
        var corpus = configuration.Corpus;
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
