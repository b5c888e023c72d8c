using CharRnn.Cli.Settings;

namespace CharRnn.Cli.Commands;

/// <summary><c>--threads</c> of the verbs that read texts with a classifier.</summary>
internal static class ClassifyThreads
{
    public static Setting<int> Make() =>
        new(
            "--threads",
            "Worker threads; the result is the same for any number (default: as many as there are processors).",
            Math.Min(Environment.ProcessorCount, TrainingSettings.MaxThreads),
            text => SettingParser.Integer(text, 1, TrainingSettings.MaxThreads),
            "N"
        );
}
