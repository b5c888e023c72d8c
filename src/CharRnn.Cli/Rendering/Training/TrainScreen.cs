using System.Globalization;
using System.Text.Json;
using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Shows training on standard error: what it begins with, a line that moves, evaluations and samples that stay.
/// </summary>
/// <param name="terminal">Where messages go; silenced by its owner where there are to be none.</param>
/// <param name="line">The line that moves.</param>
/// <param name="mode">How progress is shown.</param>
/// <param name="corpusName">The text's name.</param>
/// <param name="baselines">
/// Scores of simple baselines on the text, to compare the model with; null where they were not computed.
/// </param>
/// <param name="showsPredictions">Whether the model's predictions are shown from time to time.</param>
internal sealed class TrainScreen(
    Terminal terminal,
    ProgressLine line,
    ProgressMode mode,
    string corpusName,
    Baselines? baselines,
    bool showsPredictions
) : ITrainingObserver
{
    private const double MemorizingFrom = 1;
    private const int BytesPerParameter = sizeof(float);
    private const double BitsPerByte = 8;

    // A year and more is no estimate.
    private const double MaxTimeLeft = 365 * 24 * 3600;

    /// <summary>The result of a run in one line.</summary>
    public static string Summary(TrainingResult result)
    {
        string losses = (result.ValLoss, result.TrainLoss) switch
        {
            ({ } validation, { } training) =>
                $"validation loss {PerCharacter(validation)}, training {NatsAndBits(training)}",
            ({ } validation, null) => $"validation loss {PerCharacter(validation)}",
            (null, { } training) => $"training loss {PerCharacter(training)}",
            _ => "nothing yet",
        };
        string test = result.TestLoss is { } loss ? $", test {NatsAndBits(loss)}" : "";
        return $"{losses}{test}; {Quantity.Count(result.Steps, "step")} in "
            + $"{Quantity.Time(TimeSpan.FromSeconds(result.Seconds))}: {Why(result.Stopped)}";
    }

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

    /// <summary>
    /// How fast training is; nothing right at the start and after resuming, when it is not yet known.
    /// </summary>
    public static string Rate(in TrainingProgress progress) =>
        progress.CharsPerSecond > 0 ? $", {Quantity.Count((long)progress.CharsPerSecond)} characters/s" : "";

    /// <summary>How long a run still takes, as the end of a line; nothing where that is unknown.</summary>
    public static string Left(in TrainingProgress progress) =>
        progress.SecondsLeft is { } seconds and < MaxTimeLeft
            ? $", {Quantity.Time(TimeSpan.FromSeconds(seconds))} left"
            : "";

    /// <summary>How much of a run is done, as the beginning of a line; nothing where that is unknown.</summary>
    public static string Done(in TrainingProgress progress) =>
        progress.Progress is { } share ? $"{share.ToString("0%", CultureInfo.InvariantCulture)}, " : "";

    /// <summary>Where a run is, as properties of a JSON object that is begun.</summary>
    public static void WriteProgress(Utf8JsonWriter json, in TrainingProgress progress)
    {
        json.WriteNumber("step", progress.Step);
        json.WriteNumber("epoch", Math.Round(progress.Epoch, 4));
        json.WriteNumber("learning_rate", progress.LearningRate);
        json.WriteNumber("chars_per_sec", Math.Round(progress.CharsPerSecond));
        json.WriteNumber("seconds", Math.Round(progress.Seconds, 3));
    }

    /// <summary>The baselines beside what a run reached, in one line.</summary>
    public static string Comparison(Baselines baselines, double nats)
    {
        string bigram = baselines.BigramBpc is { } second ? $", how often each follows each {Loss(second)}" : "";
        string gzip = baselines.GzipBpc is { } compressed ? $", gzip -9 {Loss(compressed)}" : "";
        return $"this model {Loss(nats / Math.Log(2))} bits per character; knowing how often each comes "
            + $"{Loss(baselines.UnigramBpc)}{bigram}{gzip}";
    }

    public bool WantsPredictions => showsPredictions && mode != ProgressMode.None;

    public void OnStarted(TrainingOverview overview)
    {
        terminal.Message(
            $"data has {Quantity.Count(overview.Characters)} characters, {Quantity.Count(overview.Distinct)} "
                + $"unique ({corpusName})"
        );
        var spec = overview.Spec;
        string input = spec.EmbeddingSize > 0 ? $"embedding {spec.EmbeddingSize}" : "one-hot input";
        string gzip = baselines?.GzipBpc is { } bits
            ? $", the text {Quantity.Bytes(bits * overview.Characters / BitsPerByte)} under gzip -9"
            : "";
        double perCharacter = (double)overview.Parameters / overview.TrainCharacters;
        terminal.Message(
            $"{spec.Cell} {spec.NumLayers}×{spec.HiddenSize}, {input}: {Quantity.Count(overview.Parameters)} "
                + "parameters, "
                + $"{Two(perCharacter)} for each training character; the model takes "
                + $"{Quantity.Bytes(overview.Parameters * BytesPerParameter)}{gzip}"
        );
        if (perCharacter > MemorizingFrom)
            terminal.Warning(
                "more parameters than training characters: it can learn the text by heart. A smaller "
                    + "--hidden-size or more --dropout holds that off."
            );
        if (baselines is not null)
            terminal.Message(Goal(baselines));
        terminal.Message(
            $"{Quantity.Count(overview.TrainCharacters)} characters to train on, "
                + $"{Quantity.Count(overview.ValidationCharacters)} for validation, "
                + $"{Quantity.Count(overview.TestCharacters)} for the test; "
                + $"{Quantity.Count(overview.BatchSize, "stream")} of {Quantity.Count(overview.SeqLength, "step")}, "
                + $"{Quantity.Count(overview.StepsPerEpoch, "step")} an epoch; "
                + $"{Quantity.Count(overview.Threads, "thread")}"
        );
        foreach (string note in overview.Notes)
            terminal.Note(note);
        if (overview.ResumedAtStep is { } step)
            terminal.Message($"going on from step {Quantity.Count(step)}");
    }

    public void OnStep(in TrainingProgress progress) => line.Report(new StepReport(progress));

    public void OnEvaluated(ValidationReport report) => line.Milestone(new EvaluationLine(report));

    public void OnScoring(ScoringProgress progress) => line.Report(new ScoringLine(progress));

    public void OnSampled(SampleReport report)
    {
        if (mode == ProgressMode.Json)
        {
            line.Milestone(new SampleLine(report));
            return;
        }

        if (mode == ProgressMode.None)
            return;
        terminal.Line(
            $"--- step {Quantity.Count(report.Step)}, temperature "
                + $"{report.Temperature.ToString(CultureInfo.InvariantCulture)}"
        );
        foreach (string text in (report.Prompt + report.Text).Split('\n'))
            terminal.Line($"    {text}");
        terminal.Line("---");
    }

    public void OnPredicted(PredictionReport report)
    {
        if (mode == ProgressMode.Json)
            line.Milestone(new PredictionLine(report));
        else
            PredictionPassage.Show(terminal, report);
    }

    private static string Goal(Baselines baselines)
    {
        string bigram = baselines.BigramBpc is { } second
            ? $", one that knows how often each follows each {FromBits(second)}"
            : "";
        string gzip = baselines.GzipBpc is { } compressed ? $"; gzip -9 takes {FromBits(compressed)}" : "";
        return $"a model that knows how often each character comes needs {FromBits(baselines.UnigramBpc)} per "
            + $"character{bigram}{gzip}";
    }

    private static string FromBits(double bits) => $"{Two(bits)} bits ({Two(bits * Math.Log(2))} nats)";

    private static string PerCharacter(double nats) => $"{Loss(nats)} nats per character ({Bits(nats)})";

    private static string NatsAndBits(double nats) => $"{Loss(nats)} ({Bits(nats)})";

    private static string Bits(double nats) => $"{Loss(nats / Math.Log(2))} bits";

    private static string Loss(double loss) => loss.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Two(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);

    private readonly record struct StepReport(TrainingProgress Progress) : IProgressReport
    {
        public string ToLine()
        {
            string epoch = Two(Progress.Epoch);
            string validation = Progress.BestValidationLoss is { } best ? $", best validation {NatsAndBits(best)}" : "";
            return $"{Done(Progress)}step {Quantity.Count(Progress.Step)}, epoch {epoch}: loss "
                + $"{NatsAndBits(Progress.Loss)}{validation}{Rate(Progress)}{Left(Progress)}";
        }

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteString("split", "train");
            json.WriteNumber("loss", Progress.Loss);
            WriteProgress(json, Progress);
            Progress.Health.WriteTo(json);
        }
    }

    private sealed record EvaluationLine(ValidationReport Report) : IProgressReport
    {
        public string ToLine() =>
            $"step {Quantity.Count(Report.Progress.Step)}, epoch {Two(Report.Progress.Epoch)}: training loss "
            + $"{NatsAndBits(Report.Progress.Loss)}, "
            + $"validation {NatsAndBits(Report.Loss)}{(Report.IsBest ? ", the best so far" : "")}";

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteString("split", "val");
            json.WriteNumber("loss", Report.Loss);
            WriteProgress(json, Report.Progress);
        }
    }

    private sealed record ScoringLine(ScoringProgress Progress) : IProgressReport
    {
        public string ToLine() =>
            $"scoring the {Progress.Part} part: {Quantity.Count(Progress.Characters)} of "
            + $"{Quantity.Count(Progress.Total)} characters";

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteString("scoring", Progress.Part);
            json.WriteNumber("chars", Progress.Characters);
            json.WriteNumber("total_chars", Progress.Total);
        }
    }

    private sealed record SampleLine(SampleReport Report) : IProgressReport
    {
        public string ToLine() => Report.Text;

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteNumber("step", Report.Step);
            json.WriteString("prompt", Report.Prompt);
            json.WriteNumber("temperature", Report.Temperature);
            json.WriteString("text", Report.Text);
        }
    }

    private sealed record PredictionLine(PredictionReport Report) : IProgressReport
    {
        public string ToLine() => "";

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteNumber("step", Report.Step);
            json.WriteStartObject("predictions");
            json.WriteString("target", string.Concat(Report.Characters.Select(character => character.Target)));
            json.WriteString("predicted", string.Concat(Report.Characters.Select(character => character.Predicted)));
            json.WriteNumber("right", Report.Characters.Count(character => character.IsRight));
            json.WriteNumber("characters", Report.Characters.Count);
            json.WriteEndObject();
        }
    }
}
