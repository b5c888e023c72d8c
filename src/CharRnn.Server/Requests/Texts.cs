using System.Text.Json;
using System.Text.Json.Serialization;

namespace CharRnn.Server.Requests;

/// <summary>One text or several: JSON's <c>"…"</c> or <c>["…", …]</c>.</summary>
/// <param name="Items">The texts.</param>
[JsonConverter(typeof(TextsConverter))]
internal sealed record Texts(IReadOnlyList<string> Items);

/// <summary>Reads <see cref="Texts"/>.</summary>
internal sealed class TextsConverter : JsonConverter<Texts>
{
    public override Texts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new Texts([reader.GetString()!]);
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("a text or a list of texts is needed.");
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(
                reader.TokenType switch
                {
                    JsonTokenType.String => reader.GetString()!,
                    JsonTokenType.Number or JsonTokenType.StartArray => throw new JsonException(
                        "a text or a list of texts is needed; token ids are not read."
                    ),
                    _ => throw new JsonException("a text or a list of texts is needed."),
                }
            );
        }
        return new Texts(texts);
    }

    public override void Write(Utf8JsonWriter writer, Texts value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (string text in value.Items)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
