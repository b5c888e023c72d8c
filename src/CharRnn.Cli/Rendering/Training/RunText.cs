using System.Globalization;
using System.Text.Json;

namespace CharRnn.Cli.Rendering;

/// <summary>Parts of the text on a run that are the same for a language model and a classifier.</summary>
internal static class RunText
{
    // A year and more is no estimate.
    private const double MaxTimeLeft = 365 * 24 * 3600;

    /// <summary>Why a run ended.</summary>
    public static string Why(StopReason stopped) =>
        stopped switch
        {
            StopReason.MaxSteps => "the steps asked for were done",
            StopReason.MaxEpochs => "the epochs asked for were done",
            StopReason.MaxTime => "the time was up",
            StopReason.Patience => "validation no longer got better",
            StopReason.Interrupted => "interrupted",
            _ => "training diverged",
        };

    /// <summary>Input of the first layer, in words.</summary>
    public static string Input(int embeddingSize) => embeddingSize > 0 ? $"embedding {embeddingSize}" : "one-hot input";

    /// <summary>Shows a run's notes, and the step that a resumed run goes on from.</summary>
    public static void ShowNotes(
        Terminal terminal,
        IReadOnlyList<string> notes,
        string? resumption,
        long? resumedAtStep
    )
    {
        foreach (string note in notes)
            terminal.Note(note);
        if (resumption is not null)
            terminal.Message(resumption);
        if (resumedAtStep is { } step)
            terminal.Message($"going on from step {Quantity.Count(step)}");
    }

    /// <summary>Epochs done.</summary>
    public static string EpochOf(in TrainingProgress progress) =>
        progress.Epoch.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>
    /// A progress line: how much is done, how long the rest takes and how fast it goes, then figures, as many as fit.
    /// What is not known yet is left out.
    /// </summary>
    /// <param name="progress">Where the run is.</param>
    /// <param name="cells">The width in cells of a terminal.</param>
    /// <param name="figures">The figures, the most important first.</param>
    public static string ProgressLine(in TrainingProgress progress, int cells, params IEnumerable<string?> figures)
    {
        string? done = progress.Progress is { } share ? share.ToString("0%", CultureInfo.InvariantCulture) : null;
        string? left = progress.SecondsLeft is { } seconds and < MaxTimeLeft
            ? $"{Quantity.Time(TimeSpan.FromSeconds(seconds))} left"
            : null;
        // Not known right at the start and after resuming.
        string? rate =
            progress.CharsPerSecond > 0 ? $"{Quantity.Count((long)progress.CharsPerSecond)} characters/s" : null;
        string line = "";
        foreach (string part in new[] { done, left, rate }.Concat(figures).OfType<string>())
        {
            string longer = line.Length == 0 ? part : $"{line}, {part}";
            if (longer.Length > cells)
                break;
            line = longer;
        }
        return line;
    }

    /// <summary>Progress of a run, as properties of a JSON object that is begun.</summary>
    public static void WriteProgress(Utf8JsonWriter json, in TrainingProgress progress)
    {
        json.WriteNumber("step", progress.Step);
        json.WriteNumber("epoch", Math.Round(progress.Epoch, 4));
        json.WriteNumber("learning_rate", progress.LearningRate);
        json.WriteNumber("chars_per_sec", Math.Round(progress.CharsPerSecond));
        json.WriteNumber("seconds", Math.Round(progress.Seconds, 3));
    }
}
