using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CharRnn.Server.Responses;

/// <summary>Numbers of an embedding, as JSON has them: a list, or base64 of little-endian 32-bit floats.</summary>
/// <param name="Numbers">The numbers.</param>
/// <param name="IsBase64">Whether they are written as base64.</param>
[JsonConverter(typeof(EmbeddingVectorConverter))]
internal sealed record EmbeddingVector(float[] Numbers, bool IsBase64);

/// <summary>Writes <see cref="EmbeddingVector"/>.</summary>
internal sealed class EmbeddingVectorConverter : JsonConverter<EmbeddingVector>
{
    public override EmbeddingVector Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) => throw new NotSupportedException("embeddings are only written.");

    public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
    {
        if (value.IsBase64)
        {
            byte[] bytes = new byte[value.Numbers.Length * sizeof(float)];
            for (int i = 0; i < value.Numbers.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), value.Numbers[i]);
            writer.WriteBase64StringValue(bytes);
            return;
        }
        writer.WriteStartArray();
        foreach (float number in value.Numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
