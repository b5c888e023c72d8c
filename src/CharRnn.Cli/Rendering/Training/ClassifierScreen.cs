using System.Globalization;
using System.Text.Json;
using CharRnn.Networks;

namespace CharRnn.Cli.Rendering;

/// <summary>Shows how the training of a classifier goes, on standard error.</summary>
/// <param name="terminal">Messages.</param>
/// <param name="line">Progress.</param>
internal sealed class ClassifierScreen(Terminal terminal, ProgressLine line) : ITrainingObserver
{
    private bool _isMultiLabel;

    /// <inheritdoc cref="TrainScreen.Plan"/>
    public required string Plan { get; init; }

    /// <summary>The result of a run in one line.</summary>
    public static string Summary(ClassifierResult result, bool isMultiLabel)
    {
        string figures = (result.Test, result.BestValAccuracy, result.TrainLoss) switch
        {
            _ when result.TestSets is { } sets => $"micro F1 {Four(sets.MicroF1)}, macro F1 {Four(sets.MacroF1)}, "
                + $"subset accuracy {Four(sets.SubsetAccuracy)} on {Quantity.Count(sets.Texts, "test text")}",
            ({ } test, _, _) => $"accuracy {Four(test.Accuracy)}, macro accuracy {Four(test.MacroAccuracy)}, macro F1 "
                + $"{Four(test.MacroF1)} on {Quantity.Count(test.Records, "test record")}",
            (null, { } validation, _) => $"validation {Criterion(isMultiLabel)} {Four(validation)}",
            (null, null, { } average) => $"average loss while training {Four(average)} nats",
            _ => "nothing yet",
        };
        return $"{figures}; {Quantity.Count(result.Steps, "step")} in "
            + $"{Quantity.Time(TimeSpan.FromSeconds(result.Seconds))}: {RunText.Why(result.Stopped)}";
    }

    public void OnStarted(ClassifierOverview overview)
    {
        var spec = overview.Spec;
        _isMultiLabel = spec.MultiLabel;
        string directions = spec.Bidirectional ? "in both directions" : "forward";
        string pooling = spec.Pooling switch
        {
            Pooling.Last => "last state",
            Pooling.Mean => "mean of the states",
            _ => "attention over the states",
        };
        terminal.Message(
            $"{spec.Cell} {spec.NumLayers}×{spec.HiddenSize} {directions}, {RunText.Input(spec.EmbeddingSize)}, "
                + $"{pooling}{(spec.MultiLabel ? ", several labels a text" : "")}: "
                + $"{Quantity.Count(overview.Parameters)} parameters"
        );
        terminal.Message(
            $"{Quantity.Count(overview.TrainRecords, "record")} to train on, "
                + $"{Quantity.Count(overview.ValidationRecords)} for validation, "
                + $"{Quantity.Count(overview.TestRecords)} for the test; "
                + $"{Quantity.Count(overview.StepsPerEpoch, "step")} of "
                + $"{Quantity.Count(overview.BatchSize, "record")} an epoch; "
                + $"{Quantity.Count(overview.Threads, "thread")}"
        );
        RunText.ShowNotes(terminal, overview.Notes, overview.ResumptionNote, overview.ResumedAtStep);
        terminal.Message(Plan);
    }

    public void OnStep(in TrainingProgress progress) => line.Report(new StepReport(progress, _isMultiLabel));

    public void OnEvaluated(ValidationReport validation) => line.Milestone(new ValidationLine(validation));

    private static string Criterion(bool isMultiLabel) => isMultiLabel ? "micro F1" : "accuracy";

    private static string Four(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);

    private readonly record struct StepReport(TrainingProgress Progress, bool IsMultiLabel) : IProgressReport
    {
        public string ToLine() => ToLine(int.MaxValue);

        public string ToLine(int cells) =>
            RunText.ProgressLine(
                Progress,
                cells,
                $"average loss {Four(Progress.Loss)}",
                Progress.BestValidationLoss is { } loss ? $"best {Criterion(IsMultiLabel)} {Four(1 - loss)}" : null,
                $"step {Quantity.Count(Progress.Step)}",
                $"epoch {RunText.EpochOf(Progress)}"
            );

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteString("split", "train");
            json.WriteNumber("loss", Progress.Loss);
            RunText.WriteProgress(json, Progress);
        }
    }

    private sealed record ValidationLine(ValidationReport Validation) : IProgressReport
    {
        private string Figures =>
            Validation.LabelSets is { } sets
                ? $"micro F1 {Four(sets.MicroF1)}, macro F1 {Four(sets.MacroF1)}"
                : $"accuracy {Four(Validation.Classification!.Accuracy)}, macro "
                    + Four(Validation.Classification!.MacroAccuracy);

        public string ToLine() =>
            $"epoch {RunText.EpochOf(Validation.Progress)}: validation loss {Four(Validation.Loss)}, {Figures}"
            + (Validation.IsBest ? ", the best so far" : "")
            + (Validation.Progress.Step > 0 ? $"; average while training {Four(Validation.Progress.Loss)}" : "");

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteString("split", "val");
            json.WriteNumber("loss", Validation.Loss);
            if (Validation.LabelSets is { } sets)
            {
                json.WriteNumber("micro_f1", sets.MicroF1);
                json.WriteNumber("macro_f1", sets.MacroF1);
                json.WriteNumber("subset_accuracy", sets.SubsetAccuracy);
            }
            else
            {
                json.WriteNumber("accuracy", Validation.Classification!.Accuracy);
                json.WriteNumber("macro_accuracy", Validation.Classification!.MacroAccuracy);
            }
            RunText.WriteProgress(json, Validation.Progress);
        }
    }
}
