using System.Globalization;
using System.Text.Json;
using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Training on standard error: an overview, a line that moves, evaluations and samples that stay.
/// </summary>
/// <param name="terminal">Receiver of messages; silenced by its owner where there are to be none.</param>
/// <param name="line">The line that moves.</param>
/// <param name="mode">Display of progress.</param>
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

    private double _lossSoFar = double.PositiveInfinity;
    private bool _isNoiseSaid;

    /// <summary>Whether samples are left out until the model does better than counting pairs of characters.</summary>
    public bool HidesNoise { get; init; }

    /// <summary>How long the run takes, where it writes, and how it is stopped.</summary>
    public required string Plan { get; init; }

    /// <summary>The result of a run in one line.</summary>
    public static string Summary(TrainingResult result)
    {
        string?[] losses =
        [
            result.ValLoss is { } validation ? $"validation loss {PerCharacter(validation)}" : null,
            result.TrainScore is { } known ? $"loss on the training text {PerCharacter(known)}" : null,
            result.TestLoss is { } test ? $"test {NatsAndBits(test)}" : null,
            result.TrainLoss is { } average ? $"average while training {NatsAndBits(average)}" : null,
        ];
        string figures = string.Join(", ", losses.OfType<string>());
        return $"{(figures.Length > 0 ? figures : "nothing yet")}; {Quantity.Count(result.Steps, "step")} in "
            + $"{Quantity.Time(TimeSpan.FromSeconds(result.Seconds))}: {RunText.Why(result.Stopped)}";
    }

    /// <summary>The baselines beside a run's loss, in one line.</summary>
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
        string gzip = baselines?.GzipBpc is { } bits
            ? $", the text {Quantity.Bytes(bits * overview.Characters / BitsPerByte)} under gzip -9"
            : "";
        double perCharacter = (double)overview.Parameters / overview.TrainCharacters;
        terminal.Message(
            $"{spec.Cell} {spec.NumLayers}×{spec.HiddenSize}, {RunText.Input(spec.EmbeddingSize)}: "
                + $"{Quantity.Count(overview.Parameters)} "
                + "parameters, "
                + $"{Two(perCharacter)} for each training character; the model takes "
                + $"{Quantity.Bytes(overview.Parameters * BytesPerParameter)}{gzip}"
        );
        if (perCharacter > MemorizingFrom)
            terminal.Warning(
                "more parameters than training characters: it can learn the text by heart. "
                    + $"A smaller --hidden-size or more {DropoutFlag(spec)} holds that off."
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
        RunText.ShowNotes(terminal, overview.Notes, overview.ResumptionNote, overview.ResumedAtStep);
        terminal.Message(Plan);
    }

    public void OnStep(in TrainingProgress progress)
    {
        _lossSoFar = Math.Min(_lossSoFar, Math.Min(progress.Loss, progress.BestValidationLoss ?? progress.Loss));
        line.Report(new StepReport(progress));
    }

    public void OnEvaluated(ValidationReport report) => line.Milestone(new EvaluationLine(report));

    public void OnScoring(ScoringProgress progress) => line.Report(new ScoringLine(progress));

    public void OnSampled(SampleReport report)
    {
        if (mode == ProgressMode.Json)
        {
            line.Milestone(new SampleLine(report));
            return;
        }

        if (mode == ProgressMode.None || IsNoise())
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

    // Of a single layer there is nothing between layers to drop.
    private static string DropoutFlag(ModelSpec spec) => spec.NumLayers > 1 ? "--dropout" : "--output-dropout";

    // A model that loses to counting pairs writes noise, for half a minute on a slow machine; the run keeps it.
    private bool IsNoise()
    {
        if (!HidesNoise || baselines?.BigramBpc is not { } bigram || _lossSoFar < bigram * Math.Log(2))
            return false;
        if (!_isNoiseSaid)
            terminal.Message(
                $"samples are shown once the model does better than {Two(bigram)} bits, how often each character follows "
                    + "each; those before are kept in samples.jsonl"
            );
        return _isNoiseSaid = true;
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
        public string ToLine() => ToLine(int.MaxValue);

        public string ToLine(int cells) =>
            RunText.ProgressLine(
                Progress,
                cells,
                $"average loss {Loss(Progress.Loss)}",
                Progress.BestValidationLoss is { } best ? $"best validation {Loss(best)}" : null,
                $"step {Quantity.Count(Progress.Step)}",
                $"epoch {RunText.EpochOf(Progress)}"
            );

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteString("split", "train");
            json.WriteNumber("loss", Progress.Loss);
            RunText.WriteProgress(json, Progress);
            Progress.Health.WriteTo(json);
        }
    }

    private sealed record EvaluationLine(ValidationReport Report) : IProgressReport
    {
        public string ToLine() =>
            $"step {Quantity.Count(Report.Progress.Step)}, epoch {RunText.EpochOf(Report.Progress)}: validation loss "
            + $"{NatsAndBits(Report.Loss)}{(Report.IsBest ? ", the best so far" : "")}"
            + (Report.Progress.Step > 0 ? $"; average while training {NatsAndBits(Report.Progress.Loss)}" : "");

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteString("split", "val");
            json.WriteNumber("loss", Report.Loss);
            RunText.WriteProgress(json, Report.Progress);
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
