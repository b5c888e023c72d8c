using CharRnn.Checkpoints;

namespace CharRnn.Training.Classification;

/// <summary>Writes the <c>metrics.jsonl</c> of a classifier's run. Without a run folder it writes nothing.</summary>
internal sealed class ClassifierLog(RunFolder? run)
{
    /// <summary>A line of metrics.</summary>
    /// <param name="split">train, val or test.</param>
    /// <param name="loss">Nats per record.</param>
    /// <param name="accuracies">Accuracy and macro accuracy; null where they were not looked at, as in training.</param>
    /// <param name="progress">Where the run is.</param>
    public void Add(string split, double loss, (double Accuracy, double Macro)? accuracies, in TrainingProgress progress)
    {
        if (run is null) return;
        var now = progress;
        run.AppendMetrics(RunLog.Line(json =>
        {
            json.WriteNumber("step", now.Step);
            json.WriteNumber("epoch", Math.Round(now.Epoch, 4));
            json.WriteString("split", split);
            json.WriteNumber("loss", loss);
            if (accuracies is { } found)
            {
                json.WriteNumber("accuracy", found.Accuracy);
                json.WriteNumber("macro_accuracy", found.Macro);
            }
            else
            {
                json.WriteNull("accuracy");
                json.WriteNull("macro_accuracy");
            }
            json.WriteNumber("learning_rate", now.LearningRate);
            json.WriteNumber("grad_norm", now.GradientNorm);
            json.WriteNumber("chars_per_sec", Math.Round(now.CharsPerSecond));
            json.WriteNumber("seconds", Math.Round(now.Seconds, 3));
        }));
    }
}
