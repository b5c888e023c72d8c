using System.Buffers;
using System.Text;
using System.Text.Json;
using CharRnn.Checkpoints;

namespace CharRnn.Networks;

/// <summary>
/// JSON texts in a model file's metadata, read and written token by token: a serializer takes longer to warm up
/// than all the weights of an average model take to load, and sampling waits for it.
/// </summary>
internal static class MetadataText
{
    /// <summary>Names of <see cref="BiasMode"/>.</summary>
    public static readonly (BiasMode Value, string Name)[] BiasModes =
    [
        (BiasMode.Single, "single"),
        (BiasMode.Double, "double"),
    ];

    /// <summary>The text that is written.</summary>
    public static string Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            write(json);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>A reader past the first token of a text.</summary>
    /// <exception cref="JsonException">That is not what is needed.</exception>
    public static Utf8JsonReader Begin(string text, JsonTokenType needed)
    {
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        return Next(ref json) == needed
            ? json
            : throw new JsonException(
                $"it is {OneLine.Quote(text)}; {(needed == JsonTokenType.StartObject ? "an object" : "an array")} is "
                    + "needed."
            );
    }

    /// <summary>
    /// Goes on to the next token. The last one of a text that is cut short is an error of the reader's own.
    /// </summary>
    public static JsonTokenType Next(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType;
    }

    /// <summary>Refuses text after the end.</summary>
    public static void RequireEnd(ref Utf8JsonReader json)
    {
        if (json.Read())
            throw new JsonException("it goes on after its end.");
    }

    /// <summary>A name or a text.</summary>
    public static string Unquoted(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("it holds half a surrogate pair.");
        }
    }

    /// <summary>A name in an object, each of which may come once: of two, either could be meant.</summary>
    /// <param name="json">The reader, at the name.</param>
    /// <param name="before">The names before it; it is added to them.</param>
    public static string NewName(ref Utf8JsonReader json, HashSet<string> before)
    {
        string name = Unquoted(ref json);
        return before.Add(name) ? name : throw new JsonException($"its {OneLine.Quote(name)} comes twice.");
    }

    /// <summary>A whole number.</summary>
    public static int Integer(ref Utf8JsonReader json, string name) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt32(out int value) ? value : throw Unfit(name);

    /// <summary>A number.</summary>
    public static double Number(ref Utf8JsonReader json, string name) =>
        json.TokenType == JsonTokenType.Number && json.TryGetDouble(out double value) ? value : throw Unfit(name);

    /// <summary>A boolean.</summary>
    public static bool Truth(ref Utf8JsonReader json, string name) =>
        json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.GetBoolean() : throw Unfit(name);

    /// <summary>A text that is no name.</summary>
    public static string Word(ref Utf8JsonReader json, string name) =>
        json.TokenType == JsonTokenType.String ? Unquoted(ref json) : throw Unfit(name);

    /// <summary>The name of a choice.</summary>
    public static string NameOf<T>(T value, (T Value, string Name)[] names)
        where T : struct, Enum => Array.Find(names, name => EqualityComparer<T>.Default.Equals(name.Value, value)).Name;

    /// <summary>One of several choices.</summary>
    public static T Choice<T>(ref Utf8JsonReader json, string name, (T Value, string Name)[] names)
        where T : struct, Enum
    {
        string word = Word(ref json, name);
        int index = Array.FindIndex(names, known => known.Name == word);
        return index >= 0
            ? names[index].Value
            : throw new JsonException(
                $"its {name} is {OneLine.Quote(word)}; it must be one of "
                    + $"{string.Join(", ", names.Select(known => known.Name))}."
            );
    }

    /// <summary>Exception for a name that this version does not know.</summary>
    public static JsonException Unknown(string name) =>
        new(
            $"its {OneLine.Quote(name)} is nothing that this version knows of a network; a newer one may, and it can "
                + "be left out only if the weights mean the same without it."
        );

    /// <summary>Exception for a value that cannot be used.</summary>
    public static JsonException Unfit(string name) => new($"its {name} is of the wrong kind, or out of range.");
}
