using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CharRnn.Training;

/// <summary>How settings stand in <c>config.json</c>.</summary>
internal static class SettingsJson
{
    /// <summary>Snake-case keys; cadences, durations and enumerations as text.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        Converters =
        {
            new CadenceConverter(),
            new DurationConverter(),
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower),
        },
    };

    /// <summary>Settings by their keys, as <c>config.json</c> has them.</summary>
    public static JsonObject Of<TSettings>(TSettings settings) =>
        JsonSerializer.SerializeToNode(settings, Options)!.AsObject();

    private sealed class CadenceConverter : JsonConverter<Cadence>
    {
        public override Cadence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Cadence.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Cadence value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    private sealed class DurationConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Duration.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Duration.Format(value));
    }
}
