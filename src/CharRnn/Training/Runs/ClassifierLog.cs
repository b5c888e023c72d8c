using System.Text.Json;

namespace CharRnn.Training;

/// <summary>Writes the <c>metrics.jsonl</c> of a classifier's run. Without a run folder it writes nothing.</summary>
internal sealed class ClassifierLog(RunFolder? run)
{
    private const string Train = "train",
        Validation = "val",
        Test = "test";

    /// <summary>A line of training, in which nobody looks at accuracies.</summary>
    /// <param name="loss">Nats per record, smoothed; weights and label smoothing included.</param>
    /// <param name="progress">Where the run is.</param>
    public void AddTraining(double loss, in TrainingProgress progress) =>
        Add(Train, loss, accuracy: null, macroAccuracy: null, progress);

    /// <summary>
    /// A line of the test part, unless it has one of the same step: a run that is resumed at its end has nothing new to
    /// tell.
    /// </summary>
    public void AddTest(ClassificationReport report, in TrainingProgress progress)
    {
        long step = progress.Step;
        bool isThere =
            run is not null && RunHistory.Read(run).Metrics.Any(line => line.Split == Test && line.Step == step);
        if (!isThere)
            Add(Test, report, progress);
    }

    /// <summary>A line of the validation part.</summary>
    public void AddValidation(ClassificationReport report, in TrainingProgress progress) =>
        Add(Validation, report, progress);

    private void Add(string split, ClassificationReport report, in TrainingProgress progress) =>
        Add(split, report.LogLoss, report.Accuracy, report.MacroAccuracy, progress);

    private void Add(string split, double loss, double? accuracy, double? macroAccuracy, in TrainingProgress progress)
    {
        if (run is null)
            return;
        var now = progress;
        run.AppendMetrics(
            RunLog.Line(json =>
            {
                json.WriteNumber("step", now.Step);
                json.WriteNumber("epoch", Math.Round(now.Epoch, 4));
                json.WriteString("split", split);
                json.WriteNumber("loss", loss);
                Write(json, "accuracy", accuracy);
                Write(json, "macro_accuracy", macroAccuracy);
                json.WriteNumber("learning_rate", now.LearningRate);
                json.WriteNumber("grad_norm", now.GradientNorm);
                json.WriteNumber("chars_per_sec", Math.Round(now.CharsPerSecond));
                json.WriteNumber("seconds", Math.Round(now.Seconds, 3));
            })
        );
    }

    private static void Write(Utf8JsonWriter json, string key, double? number)
    {
        if (number is { } value)
            json.WriteNumber(key, value);
        else
            json.WriteNull(key);
    }
}
