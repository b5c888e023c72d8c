using System.Text.Json;
using FoundUnit = CharRnn.Inspecting.FoundUnit;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn neurons --json</c>.</summary>
internal sealed class NeuronsJson(LanguageModel model, NeuronStrips strips, IReadOnlyList<PropertySearch> found)
{
    /// <summary>Writes the properties of the object.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="output">The file that was drawn; null for none.</param>
    public void Write(Utf8JsonWriter json, string? output)
    {
        json.WriteString("cell", model.Spec.Cell);
        json.WriteString("output", output);
        json.WriteStartArray("found");
        foreach (var search in found)
        {
            json.WriteStartObject();
            json.WriteString("property", search.Property.Name);
            json.WriteString("measure", search.Property.IsBinary ? "auc" : "spearman");
            json.WriteStartArray("units");
            foreach (var unit in search.Result.Best)
                Write(json, unit);
            json.WriteEndArray();
            json.WritePropertyName("untrained");
            Write(json, search.Result.Untrained);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        strips.Write(json);
    }

    private static void Write(Utf8JsonWriter json, FoundUnit unit)
    {
        json.WriteStartObject();
        json.WriteString("unit", unit.Unit.Name);
        json.WriteNumber("score", unit.SecondScore);
        json.WriteNumber("first_half_score", unit.Score);
        json.WriteBoolean("positive", unit.IsPositive);
        if (unit.Threshold is { } threshold)
            json.WriteNumber("threshold", threshold);
        if (unit.Accuracy is { } accuracy)
            json.WriteNumber("balanced_accuracy", accuracy);
        json.WriteEndObject();
    }
}
