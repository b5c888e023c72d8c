using System.Text;
using System.Text.Json;

namespace CharRnn.Training;

/// <summary>
/// Writes a run's <c>metrics.jsonl</c> and <c>samples.jsonl</c>. Without a run folder it writes nothing.
/// </summary>
internal sealed class RunLog(RunFolder? run)
{
    /// <summary>A line of metrics.</summary>
    /// <param name="split">train, val or test.</param>
    /// <param name="loss">Nats per character.</param>
    /// <param name="progress">Where the run is.</param>
    /// <param name="hasHealth">Whether the line tells of the gradients' health, as those of training do.</param>
    public void AddMetrics(string split, double loss, in TrainingProgress progress, bool hasHealth = false)
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
                json.WriteNumber("bpc", loss / Math.Log(2));
                json.WriteNumber("learning_rate", now.LearningRate);
                json.WriteNumber("grad_norm", now.GradientNorm);
                if (hasHealth)
                    now.Health.WriteTo(json);
                json.WriteNumber("chars_per_sec", Math.Round(now.CharsPerSecond));
                json.WriteNumber("seconds", Math.Round(now.Seconds, 3));
            })
        );
    }

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

    /// <summary>A JSON object on one line.</summary>
    internal static string Line(Action<Utf8JsonWriter> write)
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
