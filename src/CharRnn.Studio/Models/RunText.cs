using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Studio.Models;

/// <summary>Text that a model was trained on, read again.</summary>
internal static class RunText
{
    /// <summary>Reads the text of a model, and how much of its end was held out of training.</summary>
    /// <exception cref="CorpusException">It cannot be read here: the message says to paste one.</exception>
    public static (Corpus Text, double HeldOutShare) Load(ModelLease model, CancellationToken cancellationToken)
    {
        if (model.IsExample)
        {
            var dragons = EmbeddedDatasets.Dragons;
            return (Corpus.FromText(dragons.Name, dragons.ReadText()), TrainingSettings.DefaultValFrac);
        }
        var run =
            RunFolder.OfModel(ModelFile.Resolve(model.Path))
            ?? throw new CorpusException(
                $"{model.Id} lies in no run, whose configuration would name its text; paste one."
            );
        var configuration = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        double heldOut =
            (configuration.Settings.ValFrac ?? TrainingSettings.DefaultValFrac) + configuration.Settings.TestFrac;
        return (Load(run, configuration, cancellationToken), heldOut);
    }

    /// <summary>Reads the text of a run.</summary>
    /// <exception cref="CorpusException">It cannot be read here, or has changed.</exception>
    public static Corpus Load(RunFolder run, RunConfiguration configuration, CancellationToken cancellationToken)
    {
        var trainedOn = configuration.Corpus.FoundIn(run);
        if (trainedOn.Labels is not null)
            throw new CorpusException("the model was trained on labelled records; paste a text, and name its label.");
        if (trainedOn.Table is not null)
            throw new CorpusException($"{trainedOn.Name} is a table, which only the command reads; paste a text.");
        var corpus = Read(
            trainedOn,
            new CorpusOptions
            {
                Encoding =
                    trainedOn.Encoding == ModelMetadata.EncodingName(TextEncoding.Bytes)
                        ? TextEncoding.Bytes
                        : TextEncoding.Utf8,
                Preparation = trainedOn.Preparation,
                CancellationToken = cancellationToken,
            }
        );
        if (corpus.Sha256 == trainedOn.Sha256)
            return corpus;
        corpus.Dispose();
        throw new CorpusException($"{trainedOn.Name} has changed since the model was trained on it; paste a text.");
    }

    private static Corpus Read(CorpusRecord trainedOn, CorpusOptions options)
    {
        if (
            trainedOn.Sources is [var only]
            && !File.Exists(only)
            && EmbeddedDatasets.Find(only) is { IsFolder: false } embedded
        )
            return Corpus.FromText(embedded.Name, embedded.ReadText(), options);
        if (trainedOn.Sources.FirstOrDefault(source => !File.Exists(source)) is { } gone)
            throw new CorpusException(
                $"{OneLine.Quote(gone)}, which the model was trained on, is not there; paste a text."
            );
        try
        {
            return Corpus.LoadFiles(trainedOn.Name, trainedOn.Sources, options);
        }
        catch (CorpusException refusal)
        {
            throw new CorpusException($"{refusal.Message.TrimEnd('.')}; paste a text.", refusal);
        }
    }
}
