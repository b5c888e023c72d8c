using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// One JSON object on one line. Letters of all scripts stand as they are; control and format characters are escaped.
/// </summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes the object with the properties that <paramref name="writeProperties"/> gives it.</summary>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> writeProperties)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            writeProperties(json);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>Writes a number, or null where it is missing or not finite.</summary>
    public static void WriteNumber(Utf8JsonWriter json, string key, double? number)
    {
        if (number is { } known && double.IsFinite(known))
            json.WriteNumber(key, known);
        else
            json.WriteNull(key);
    }

    /// <summary>Writes a whole number, or null where it is missing.</summary>
    public static void WriteNumber(Utf8JsonWriter json, string key, long? number)
    {
        if (number is { } known)
            json.WriteNumber(key, known);
        else
            json.WriteNull(key);
    }
}
