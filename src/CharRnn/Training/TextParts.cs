using CharRnn.Text;

namespace CharRnn.Training;

/// <summary>How a run takes its text: windows of what size, and what is trained on and what held out.</summary>
/// <param name="Steps">T.</param>
/// <param name="Streams">B.</param>
/// <param name="Split">The text's parts; without a validation part where that is a text of its own.</param>
internal sealed record TextParts(int Steps, int Streams, CorpusSplit Split)
{
    private const int FewestWorthScoring = 100;

    /// <summary>Fits windows to a text and cuts it.</summary>
    /// <param name="characters">Characters in the text.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="windows">T and B, where a run began with them and goes on with them, whatever the defaults have become; null to fit them.</param>
    /// <param name="notes">Is told what was fitted or left out.</param>
    /// <exception cref="SettingsException">The text is too short for what was asked for.</exception>
    public static TextParts Of(long characters, TrainingSettings settings, (int Steps, int Streams)? windows, List<string> notes)
    {
        double validation = settings.ValFrac ?? TrainingSettings.DefaultValFrac;
        if (settings.ValFrac is null && characters * validation < FewestWorthScoring)
        {
            validation = 0;
            notes.Add("the text is tiny: nothing is held out for validation.");
        }
        var parts = settings.ValSplit == ValSplit.Interleaved
            ? Interleaved(characters, settings, validation, windows)
            : Contiguous(characters, settings, validation, windows);
        if ((parts.Steps, parts.Streams) != (settings.SeqLength ?? TrainingSettings.DefaultSeqLength, settings.BatchSize ?? TrainingSettings.DefaultBatchSize))
            notes.Add($"the text is small: windows are {parts.Streams} streams of {parts.Steps} steps.");
        return parts;
    }

    /// <summary>The windows to train on.</summary>
    public Batcher MakeBatcher(SymbolIds ids, TrainingSettings settings) => settings switch
    {
        { Sampling: WindowSampling.Random } => new RandomWindowBatcher(ids, Split.Train.Ranges, Steps, Streams, settings.Seed),
        { ValSplit: ValSplit.Interleaved } => new InterleavedBatcher(ids, Split.Train.Ranges, Steps),
        _ => new StatefulBatcher(ids, Split.Train.Ranges[0], Steps, Streams, settings.Seed),
    };

    private static TextParts Contiguous(long characters, TrainingSettings settings, double validation, (int Steps, int Streams)? windows)
    {
        var split = CorpusSplit.Contiguous(characters, validation, settings.TestFrac, settings.TrainFraction);
        var (steps, streams) = windows ?? Batcher.FitTo(
            split.Train.Characters, settings.SeqLength ?? TrainingSettings.DefaultSeqLength, settings.SeqLength is not null,
            settings.BatchSize ?? TrainingSettings.DefaultBatchSize, settings.BatchSize is not null);
        return new TextParts(steps, streams, split);
    }

    private static TextParts Interleaved(long characters, TrainingSettings settings, double validation, (int Steps, int Streams)? windows)
    {
        var (steps, streams) = windows ?? Batcher.Shrink(
            (characters - 1) / CorpusSplit.EnoughWindows(validation, settings.TestFrac), settings.SeqLength ?? TrainingSettings.DefaultSeqLength, settings.SeqLength is not null,
            settings.BatchSize ?? TrainingSettings.DefaultBatchSize, settings.BatchSize is not null);
        return new TextParts(steps, streams, CorpusSplit.Interleaved(characters, steps, streams, validation, settings.TestFrac, settings.TrainFraction));
    }
}
