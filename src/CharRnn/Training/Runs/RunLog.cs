using System.Text;
using System.Text.Json;

namespace CharRnn.Training;

/// <summary>
/// Writer of a run's <c>metrics.jsonl</c> and <c>samples.jsonl</c>. Without a run folder it writes nothing.
/// </summary>
internal sealed class RunLog(RunFolder? run)
{
    /// <summary>Value of <c>split</c> in lines on the validation part.</summary>
    public const string Validation = "val";

    /// <summary>Value of <c>split</c> in lines on the test part.</summary>
    public const string Test = "test";

    private const string Train = "train";

    /// <summary>Whether the run is a classifier's, whose lines have accuracies instead of bits per character.</summary>
    public bool IsOfClassifier { get; init; }

    /// <summary>A line of training.</summary>
    /// <param name="loss">Smoothed loss; of a classifier with weights and label smoothing.</param>
    /// <param name="progress">Progress of the run.</param>
    /// <param name="health">The gradients' health; null where it is not measured.</param>
    public void AddTraining(double loss, in TrainingProgress progress, GradientHealth? health) =>
        Add(Train, loss, report: null, progress, health);

    /// <summary>A line of a part that was scored.</summary>
    /// <param name="split"><see cref="Validation"/> or <see cref="Test"/>.</param>
    /// <param name="loss">Nats per character, or of a classifier per record.</param>
    /// <param name="report">A classifier's figures; null of a language model.</param>
    /// <param name="progress">Progress of the run.</param>
    /// <param name="labelSets">Figures of a classifier of several labels a text; null of any other.</param>
    public void AddScore(
        string split,
        double loss,
        ClassificationReport? report,
        in TrainingProgress progress,
        LabelSetReport? labelSets = null
    ) => Add(split, loss, report, progress, health: null, labelSets);

    /// <summary>Whether there is a line of a part at a step; a run that is resumed at its end has it already.</summary>
    public bool HasScore(string split, long step) =>
        run is not null && RunHistory.Read(run).Metrics.Any(line => line.Split == split && line.Step == step);

    /// <summary>A line of samples.</summary>
    public void AddSample(SampleReport sample) =>
        run?.AppendSample(
            Line(json =>
            {
                json.WriteNumber("step", sample.Step);
                json.WriteString("prompt", sample.Prompt);
                json.WriteNumber("temperature", sample.Temperature);
                json.WriteString("text", sample.Text);
            })
        );

    private void Add(
        string split,
        double loss,
        ClassificationReport? report,
        in TrainingProgress progress,
        GradientHealth? health,
        LabelSetReport? labelSets = null
    )
    {
        if (run is null)
            return;
        var now = progress;
        run.AppendMetrics(
            Line(json =>
            {
                json.WriteNumber("step", now.Step);
                json.WriteNumber("epoch", Math.Round(now.Epoch, 4));
                json.WriteString("split", split);
                json.WriteNumber("loss", loss);
                if (IsOfClassifier)
                {
                    Write(json, "accuracy", report?.Accuracy);
                    Write(json, "macro_accuracy", report?.MacroAccuracy);
                    if (labelSets is not null)
                    {
                        json.WriteNumber("micro_f1", labelSets.MicroF1);
                        json.WriteNumber("macro_f1", labelSets.MacroF1);
                        json.WriteNumber("subset_accuracy", labelSets.SubsetAccuracy);
                    }
                }
                else
                {
                    json.WriteNumber("bpc", loss / Math.Log(2));
                }
                json.WriteNumber("learning_rate", now.LearningRate);
                json.WriteNumber("grad_norm", now.GradientNorm);
                health?.WriteTo(json);
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

    /// <summary>A JSON object on one line.</summary>
    private static string Line(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
