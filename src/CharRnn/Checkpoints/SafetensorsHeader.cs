using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CharRnn.Checkpoints;

/// <summary>One entry of the header: where in the data, counted from its first byte, a tensor lies.</summary>
internal sealed record SafetensorsEntry(string Name, TensorType Type, long[] Shape, long Begin, long End);

/// <summary>
/// The JSON header of a safetensors file (https://github.com/huggingface/safetensors, "Format"). The reader holds to
/// every rule there; a header that breaks one is a <see cref="ModelException"/> that starts with the path.
/// </summary>
internal static class SafetensorsHeader
{
    public const string MetadataKey = "__metadata__";
    public const int MaxHeaderLength = 100_000_000;

    /// <summary>
    /// The header of a file begins with its own length as a 64-bit number, and the data keeps that alignment.
    /// </summary>
    public const int Alignment = sizeof(ulong);

    // The header is an object of objects of arrays.
    private const int Depth = 3;

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>The header's bytes, padded with spaces, for tensors laid down in the order given.</summary>
    public static byte[] Format(IReadOnlyList<Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var bytes = new ArrayBufferWriter<byte>();
        // Not for a page of HTML: a vocabulary of accented letters stays readable, and small.
        using (
            var json = new Utf8JsonWriter(
                bytes,
                new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
                FormatMetadata(json, metadata);
            long begin = 0;
            foreach (var tensor in tensors)
                begin = FormatEntry(json, tensor, begin);
            json.WriteEndObject();
        }
        int padding = (Alignment - bytes.WrittenCount % Alignment) % Alignment;
        bytes.GetSpan(padding)[..padding].Fill((byte)' ');
        bytes.Advance(padding);
        return bytes.WrittenSpan.ToArray();
    }

    private static void FormatMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(MetadataKey);
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(WellFormed(key), WellFormed(value));
        json.WriteEndObject();
    }

    private static long FormatEntry(Utf8JsonWriter json, Tensor tensor, long begin)
    {
        long end = begin + tensor.Count * tensor.Type.Size();
        json.WriteStartObject(WellFormed(tensor.Name));
        json.WriteString("dtype", tensor.Type.ToString());
        json.WriteStartArray("shape");
        foreach (long length in tensor.Shape)
            json.WriteNumberValue(length);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }

    // The JSON writer would put U+FFFD for half a surrogate pair, and the reader would never know.
    private static string WellFormed(string text)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException broken)
        {
            throw new ModelException(
                $"the text {OneLine.Quote(text)} holds half a surrogate pair at index {broken.Index}; a "
                    + "safetensors header needs well-formed text"
            );
        }
    }

    /// <summary>Reads the header and checks it against the length of the data that follows it.</summary>
    /// <returns>The entries in the order of their data, and the metadata.</returns>
    public static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(
        string path,
        ReadOnlySpan<byte> header,
        long dataLength
    )
    {
        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        Dictionary<string, string>? metadata = null;
        var json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = Depth });
        try
        {
            json.Read();
            Expect(path, ref json, JsonTokenType.StartObject, "the header");
            while (NextKey(path, ref json) is string name)
            {
                if (name == MetadataKey)
                    metadata = metadata is null
                        ? ParseMetadata(path, ref json)
                        : throw Broken(path, $"the key {MetadataKey} comes twice", "each key once");
                else if (!entries.TryAdd(name, ParseEntry(path, ref json, name)))
                    throw Broken(path, $"the tensor {OneLine.Quote(name)} comes twice", "each name once");
            }
            if (header[(int)json.BytesConsumed..].ContainsAnyExcept((byte)' '))
                throw Broken(path, "the header goes on after its closing brace", "nothing but spaces there");
        }
        catch (JsonException)
        {
            throw Broken(
                path,
                $"the header is not JSON at byte {Alignment + json.BytesConsumed}, or is nested too deep",
                "an object of tensor entries"
            );
        }
        List<SafetensorsEntry> ordered = [.. entries.Values];
        ordered.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        CheckLayout(path, ordered, dataLength);
        return (ordered, metadata ?? []);
    }

    private static Dictionary<string, string> ParseMetadata(string path, ref Utf8JsonReader json)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        json.Read();
        Expect(path, ref json, JsonTokenType.StartObject, MetadataKey);
        while (NextKey(path, ref json) is string key)
        {
            json.Read();
            Expect(path, ref json, JsonTokenType.String, $"{MetadataKey} {OneLine.Quote(key)}");
            if (!metadata.TryAdd(key, Text(path, ref json)))
                throw Broken(path, $"the metadata key {OneLine.Quote(key)} comes twice", "each key once");
        }
        return metadata;
    }

    private static SafetensorsEntry ParseEntry(string path, ref Utf8JsonReader json, string name)
    {
        string place = $"tensor {OneLine.Quote(name)}";
        string? type = null;
        long[]? shape = null,
            offsets = null;
        json.Read();
        Expect(path, ref json, JsonTokenType.StartObject, place);
        while (NextKey(path, ref json) is string key)
        {
            if (
                (key, type, shape, offsets)
                is
                    ("dtype", not null, _, _)
                    or
                    ("shape", _, not null, _)
                    or
                    ("data_offsets", _, _, not null)
            )
                throw Broken(path, $"{place} has {key} twice", "each key once");
            json.Read();
            switch (key)
            {
                case "dtype":
                    Expect(path, ref json, JsonTokenType.String, $"dtype of {place}");
                    type = Text(path, ref json);
                    break;
                case "shape":
                    shape = ParseNumbers(path, ref json, $"shape of {place}");
                    break;
                case "data_offsets":
                    offsets = ParseNumbers(path, ref json, $"data_offsets of {place}");
                    break;
                default:
                    throw Broken(
                        path,
                        $"{place} has the key {OneLine.Quote(key)}",
                        "dtype, shape and data_offsets alone"
                    );
            }
        }
        if (name.Length == 0 || type is null || shape is null || offsets is not [long begin, long end])
            throw Broken(path, $"{place} is incomplete", "a name, a dtype, a shape and two data_offsets");
        var known =
            TensorTypes.FromName(type)
            ?? throw Broken(path, $"{place} has dtype {OneLine.Quote(type)}", "one of the format's, such as F32");
        return Checked(path, new SafetensorsEntry(name, known, shape, begin, end), place);
    }

    private static SafetensorsEntry Checked(string path, SafetensorsEntry entry, string place)
    {
        var needed =
            (Int128)(
                Tensor.CountOf(entry.Shape)
                ?? throw Broken(path, $"{place} has shape [{ShapeOf(entry)}]", "lengths whose product fits in 64 bits")
            ) * entry.Type.Size();
        if (entry.End < entry.Begin || entry.End - entry.Begin != needed)
            throw Broken(
                path,
                $"{place} lies at bytes {entry.Begin} to {entry.End}",
                $"{needed} bytes for {entry.Type} of shape [{ShapeOf(entry)}]"
            );
        return entry;
    }

    private static string ShapeOf(SafetensorsEntry entry) =>
        string.Join(", ", entry.Shape.Take(8)) + (entry.Shape.Length > 8 ? ", …" : "");

    private static long[] ParseNumbers(string path, ref Utf8JsonReader json, string place)
    {
        var numbers = new List<long>();
        Expect(path, ref json, JsonTokenType.StartArray, place);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Expect(path, ref json, JsonTokenType.Number, place);
            if (!json.TryGetInt64(out long number) || number < 0)
                throw Broken(
                    path,
                    $"{place} holds {OneLine.Quote(Encoding.UTF8.GetString(json.ValueSpan))}",
                    "whole numbers from 0 up, of 63 bits"
                );
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private static void CheckLayout(string path, List<SafetensorsEntry> ordered, long dataLength)
    {
        long due = 0;
        foreach (var entry in ordered)
        {
            if (entry.Begin != due)
                throw Broken(
                    path,
                    $"tensor {OneLine.Quote(entry.Name)} begins at byte {entry.Begin} of the data",
                    $"byte {due}: tensors follow each other without gap or overlap"
                );
            due = entry.End;
        }
        if (dataLength < due)
            throw Broken(path, $"the file is cut short: {dataLength} bytes of data", $"{due}; copy or save it again");
        if (dataLength > due)
            throw Broken(path, $"{dataLength - due} bytes follow the last tensor", "the file to end there");
    }

    private static string? NextKey(string path, ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.EndObject ? null : Text(path, ref json);
    }

    private static string Text(string path, ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Broken(
                path,
                $"the text before byte {Alignment + json.BytesConsumed} is not well-formed",
                "UTF-8 without half surrogate pairs"
            );
        }
    }

    private static void Expect(string path, ref Utf8JsonReader json, JsonTokenType needed, string place)
    {
        if (json.TokenType != needed)
            throw Broken(path, $"{place} holds {json.TokenType}", needed.ToString());
    }

    public static ModelException Broken(string path, string found, string needed) =>
        new($"{path} is not a sound safetensors file: {found}; needed: {needed}");
}
