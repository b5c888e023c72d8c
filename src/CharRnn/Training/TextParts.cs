using CharRnn.Datasets;

namespace CharRnn.Training;

/// <summary>Division of a run's text: the windows' size, and the parts trained on and held out.</summary>
/// <param name="Steps">T.</param>
/// <param name="Streams">B.</param>
/// <param name="Split">The text's parts; without a validation part where that is a text of its own.</param>
/// <param name="Records">The records of the training part; null for prose.</param>
internal sealed record TextParts(int Steps, int Streams, CorpusSplit Split, RecordIndex? Records = null)
{
    private const int MinWorthScoring = 100;

    /// <summary>Fits windows to a text and cuts it.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="windows">
    /// T and B, where a run began with them and goes on with them, whatever the defaults have become; null to fit them.
    /// </param>
    /// <param name="notes">Receives notes on what was fitted or left out.</param>
    /// <exception cref="SettingsException">The text is too short for the settings.</exception>
    public static TextParts Of(
        Corpus corpus,
        TrainingSettings settings,
        (int Steps, int Streams)? windows,
        List<string> notes
    )
    {
        long characters = corpus.Ids.Length;
        double validation = settings.ValFrac ?? TrainingSettings.DefaultValFrac;
        if (settings.ValFrac is null && corpus.Parts is null && characters * validation < MinWorthScoring)
        {
            validation = 0;
            notes.Add("the text is tiny: nothing is held out for validation.");
        }
        var parts =
            settings.ValSplit == ValSplit.Interleaved
                ? Interleaved(corpus, settings, validation, windows)
                : Contiguous(corpus, settings, validation, windows);
        if (
            !settings.WholeRecords
            && (parts.Steps, parts.Streams)
                != (settings.SeqLength ?? settings.DefaultSeqLength, settings.BatchSize ?? settings.DefaultBatchSize)
        )
            notes.Add(
                $"the text is small: windows are {parts.Streams} {(parts.Streams == 1 ? "stream" : "streams")} of "
                    + $"{parts.Steps} steps."
            );
        return parts;
    }

    /// <summary>The windows to train on.</summary>
    public Batcher MakeBatcher(SymbolIds ids, TrainingSettings settings) =>
        settings switch
        {
            { Sampling: WindowSampling.Random } when Records is not null => new RandomRecordBatcher(
                ids,
                Records,
                Steps,
                Streams,
                settings.Seed,
                settings.LabelWeights,
                settings.WholeRecords
            ),
            _ when Records is not null => new RecordBatcher(ids, Records, Steps, Streams, settings.Seed),
            { Sampling: WindowSampling.Random } => new RandomWindowBatcher(
                ids,
                Split.Train.Ranges,
                Steps,
                Streams,
                settings.Seed
            ),
            { ValSplit: ValSplit.Interleaved } => new InterleavedBatcher(
                ids,
                Split.Train.Ranges,
                Steps,
                settings.CarryState
            ),
            _ => new StatefulBatcher(
                ids,
                Split.Train.Ranges[0],
                Steps,
                Streams,
                settings.Seed,
                settings.EpochStart,
                settings.CarryState
            ),
        };

    private static TextParts Contiguous(
        Corpus corpus,
        TrainingSettings settings,
        double validation,
        (int Steps, int Streams)? windows
    )
    {
        var split =
            corpus.Parts
            ?? CorpusSplit.Contiguous(corpus.Ids.Length, validation, settings.TestFrac, settings.TrainFraction);
        if (corpus.Parts is not null && settings.TrainFraction < 1)
            throw new SettingsException(
                "'TrainFraction' keeps the text's beginning, and labelled records stand label by label; leave it out."
            );
        if (corpus.IsRecords && corpus.Parts is null)
            split = RecordSplit.Align(split, corpus.Ids, corpus.Vocabulary.BoundaryId!.Value);
        var records = corpus.IsRecords
            ? new RecordIndex(corpus.Ids, split.Train.Ranges[0], corpus.Vocabulary.BoundaryId!.Value)
            : null;
        if (settings.WholeRecords && records is null)
            throw new SettingsException(
                "'WholeRecords' is for records, and the text has none; give 'Labeled' or 'Records', or leave it out."
            );
        int defaultSteps = settings.WholeRecords
            ? (int)Math.Min(records!.Longest, int.MaxValue)
            : settings.DefaultSeqLength;
        var (steps, streams) =
            windows
            ?? Batcher.FitTo(
                records?.Range.Length ?? split.Train.Characters,
                settings.SeqLength ?? defaultSteps,
                settings.SeqLength is not null,
                settings.BatchSize ?? settings.DefaultBatchSize,
                settings.BatchSize is not null
            );
        return new TextParts(steps, streams, split, records);
    }

    private static TextParts Interleaved(
        Corpus corpus,
        TrainingSettings settings,
        double validation,
        (int Steps, int Streams)? windows
    )
    {
        long characters = corpus.Ids.Length;
        if (corpus.IsRecords)
            throw new SettingsException(
                "'ValSplit' interleaved holds out the end of each stream, and records are put into streams in a "
                    + "new order each epoch; use 'ValSplit' tail."
            );
        var (steps, streams) =
            windows
            ?? Batcher.Shrink(
                (characters - 1) / CorpusSplit.EnoughWindows(validation, settings.TestFrac),
                settings.SeqLength ?? settings.DefaultSeqLength,
                settings.SeqLength is not null,
                settings.BatchSize ?? settings.DefaultBatchSize,
                settings.BatchSize is not null
            );
        return new TextParts(
            steps,
            streams,
            CorpusSplit.Interleaved(characters, steps, streams, validation, settings.TestFrac, settings.TrainFraction)
        );
    }
}
