using System.Text.Json;
using CharRnn.Explaining;
using CharRnn.Networks;

namespace CharRnn.Cli.Rendering;

/// <summary>An explanation's numbers as one JSON object.</summary>
internal static class ExplanationJson
{
    // A real model has hundreds of thousands of weights, which no reader wants.
    private const int MaxElements = 10_000;

    public static void Write(TextWriter output, Explanation explanation) =>
        JsonLine.Write(
            output,
            json =>
            {
                var spec = explanation.Spec;
                json.WriteString("cell", spec.Cell);
                json.WriteNumber("hidden_size", spec.HiddenSize);
                json.WriteNumber("num_layers", spec.NumLayers);
                json.WriteNumber("embedding_size", spec.EmbeddingSize);
                json.WriteString("optimizer", explanation.Optimizer.Name);
                json.WriteNumber("learning_rate", explanation.LearningRate);
                json.WriteStartArray("vocabulary");
                foreach (int symbol in explanation.Vocabulary.Symbols)
                    json.WriteNumberValue(symbol);
                json.WriteEndArray();
                json.WriteStartArray("steps");
                foreach (var step in explanation.Steps)
                    Write(json, step);
                json.WriteEndArray();
                json.WriteNumber("loss", explanation.Loss);
                json.WriteNumber("loss_after", explanation.LossAfter);
                json.WriteStartArray("tensors");
                foreach (var tensor in explanation.Tensors)
                    Write(json, tensor);
                json.WriteEndArray();
                json.WriteStartArray("reach");
                foreach (double[] layer in explanation.Reach)
                    WriteValues(json, layer);
                json.WriteEndArray();
            }
        );

    private static void Write(Utf8JsonWriter json, ExplainedStep step)
    {
        json.WriteStartObject();
        json.WriteNumber("input", step.Input);
        json.WriteNumber("target", step.Target);
        json.WriteStartArray("layers");
        foreach (var layer in step.Layers)
        {
            json.WriteStartObject();
            Write(json, "forward", layer.Forward);
            Write(json, "backward", layer.Backward);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, "logits", step.Logits);
        Write(json, "probabilities", step.Probabilities);
        json.WriteNumber("loss", step.Loss);
        Write(json, "d_logits", step.DLogits);
        json.WriteNumber("target_probability_after", step.TargetProbabilityAfter);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<ExplainedRow> rows)
    {
        json.WriteStartObject(name);
        foreach (var row in rows)
            Write(json, row.Key, row.Values);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ExplainedTensor tensor)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteNumber("rows", tensor.Rows);
        json.WriteNumber("columns", tensor.Columns);
        foreach (
            var (name, values) in new[]
            {
                ("before", tensor.Before),
                ("gradient", tensor.Gradient),
                ("after", tensor.After),
            }
        )
        {
            if (values.Length > MaxElements)
                json.WriteNull(name);
            else
                Write(json, name, values);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double[] values)
    {
        json.WritePropertyName(name);
        WriteValues(json, values);
    }

    private static void WriteValues(Utf8JsonWriter json, double[] values)
    {
        json.WriteStartArray();
        foreach (double value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
