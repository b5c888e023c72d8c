using CharRnn.Text;

namespace CharRnn.Training;

/// <summary>Which batcher a run takes: as the settings say, and whether its text is prose or records.</summary>
internal static class Batchers
{
    /// <summary>The batcher of a run.</summary>
    /// <param name="ids">The text.</param>
    /// <param name="range">The part to train on.</param>
    /// <param name="records">The records of that part; null for prose.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="t">T.</param>
    /// <param name="b">B.</param>
    /// <exception cref="SettingsException">The part is too short.</exception>
    public static Batcher Create(SymbolIds ids, IdRange range, RecordIndex? records, TrainingSettings settings, int t, int b) => (settings.Sampling, records) switch
    {
        (WindowSampling.Stateful, null) => new StatefulBatcher(ids, range, t, b, settings.Seed, settings.EpochStart, settings.CarryState),
        (WindowSampling.Stateful, _) => new RecordBatcher(ids, records, t, b, settings.Seed),
        (_, null) => new RandomWindowBatcher(ids, range, t, b, settings.Seed),
        _ => new RandomRecordBatcher(ids, records, t, b, settings.Seed),
    };
}
