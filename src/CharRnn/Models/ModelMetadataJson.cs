using System.Buffers;
using System.Text;
using System.Text.Json;
using CharRnn.Checkpoints;

namespace CharRnn.Models;

/// <summary>
/// The network and the symbols as the JSON texts in a model file's metadata. Read and written token by token: a serializer takes longer to warm up
/// than all the weights of a usual model take to load, and sampling waits for it.
/// </summary>
internal static class ModelMetadataJson
{
    private const string Cell = "cell", VocabularySize = "vocabulary_size", HiddenSize = "hidden_size", NumLayers = "num_layers", EmbeddingSize = "embedding_size",
        Residual = "residual", Dropout = "dropout", OutputDropout = "output_dropout",
        EmbeddingActivation = "embedding_activation", HeadActivation = "head_activation", ProjectionSize = "projection_size", Biases = "biases",
        LabelCount = "label_count", LabelEmbeddingSize = "label_embedding_size", ResetId = "reset_id";

    private static readonly (Activation Value, string Name)[] Activations = [(Activation.None, "none"), (Activation.Relu, "relu"), (Activation.Tanh, "tanh")];
    private static readonly (BiasMode Value, string Name)[] BiasModes = [(BiasMode.Single, "single"), (BiasMode.Double, "double")];

    public static string Format(ModelSpec spec) => Format(json =>
    {
        json.WriteStartObject();
        json.WriteString(Cell, spec.Cell);
        json.WriteNumber(VocabularySize, spec.VocabularySize);
        json.WriteNumber(HiddenSize, spec.HiddenSize);
        json.WriteNumber(NumLayers, spec.NumLayers);
        json.WriteNumber(EmbeddingSize, spec.EmbeddingSize);
        json.WriteBoolean(Residual, spec.Residual);
        json.WriteNumber(Dropout, spec.Dropout);
        json.WriteNumber(OutputDropout, spec.OutputDropout);
        json.WriteString(EmbeddingActivation, NameOf(spec.EmbeddingActivation, Activations));
        json.WriteString(HeadActivation, NameOf(spec.HeadActivation, Activations));
        json.WriteNumber(ProjectionSize, spec.ProjectionSize);
        json.WriteString(Biases, NameOf(spec.Biases, BiasModes));
        if (spec.LabelCount > 0)
        {
            json.WriteNumber(LabelCount, spec.LabelCount);
            json.WriteNumber(LabelEmbeddingSize, spec.LabelEmbeddingSize);
        }
        if (spec.ResetId is { } resetId) json.WriteNumber(ResetId, resetId);
        else json.WriteNull(ResetId);
        json.WriteEndObject();
    });

    public static string Format(ReadOnlySpan<int> symbols)
    {
        var array = symbols.ToArray();
        return Format(json =>
        {
            json.WriteStartArray();
            foreach (int symbol in array) json.WriteNumberValue(symbol);
            json.WriteEndArray();
        });
    }

    /// <summary>The network that a text describes. Names it does not know are passed over, and what it does not say is the default.</summary>
    /// <exception cref="JsonException">The text is not such an object.</exception>
    public static ModelSpec ParseSpec(string text)
    {
        var json = Begin(text, JsonTokenType.StartObject);
        var spec = new ModelSpec { VocabularySize = 0 };
        while (Next(ref json) != JsonTokenType.EndObject)
        {
            string name = Text(ref json);
            Next(ref json);
            spec = name switch
            {
                Cell => spec with { Cell = json.TokenType == JsonTokenType.String ? Text(ref json) : throw Unfit(name) },
                VocabularySize => spec with { VocabularySize = Integer(ref json, name) },
                HiddenSize => spec with { HiddenSize = Integer(ref json, name) },
                NumLayers => spec with { NumLayers = Integer(ref json, name) },
                EmbeddingSize => spec with { EmbeddingSize = Integer(ref json, name) },
                Residual => spec with { Residual = json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.GetBoolean() : throw Unfit(name) },
                Dropout => spec with { Dropout = Number(ref json, name) },
                OutputDropout => spec with { OutputDropout = Number(ref json, name) },
                EmbeddingActivation => spec with { EmbeddingActivation = Choice(ref json, name, Activations) },
                HeadActivation => spec with { HeadActivation = Choice(ref json, name, Activations) },
                ProjectionSize => spec with { ProjectionSize = Integer(ref json, name) },
                Biases => spec with { Biases = Choice(ref json, name, BiasModes) },
                LabelCount => spec with { LabelCount = Integer(ref json, name) },
                LabelEmbeddingSize => spec with { LabelEmbeddingSize = Integer(ref json, name) },
                ResetId => spec with { ResetId = json.TokenType == JsonTokenType.Null ? null : Integer(ref json, name) },
                _ => spec,
            };
            json.Skip();
        }
        RequireEnd(ref json);
        return spec;
    }

    /// <summary>The symbols that a text lists.</summary>
    /// <exception cref="JsonException">The text is not an array of whole numbers.</exception>
    public static IReadOnlyList<int> ParseSymbols(string text)
    {
        var json = Begin(text, JsonTokenType.StartArray);
        var symbols = new List<int>();
        while (Next(ref json) != JsonTokenType.EndArray) symbols.Add(Integer(ref json, $"[{symbols.Count}]"));
        RequireEnd(ref json);
        return symbols;
    }

    public static string Format(IReadOnlyList<string> labels) => Format(json =>
    {
        json.WriteStartArray();
        foreach (string label in labels) json.WriteStringValue(label);
        json.WriteEndArray();
    });

    /// <summary>The labels that a text lists.</summary>
    /// <exception cref="JsonException">The text is not an array of different names.</exception>
    public static IReadOnlyList<string> ParseLabels(string text)
    {
        var json = Begin(text, JsonTokenType.StartArray);
        var labels = new List<string>();
        while (Next(ref json) != JsonTokenType.EndArray) labels.Add(json.TokenType == JsonTokenType.String ? Text(ref json) : throw Unfit($"[{labels.Count}]"));
        RequireEnd(ref json);
        if (labels.Distinct(StringComparer.Ordinal).Count() < labels.Count) throw new JsonException("it has a label twice.");
        return labels;
    }

    private static string Format(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static Utf8JsonReader Begin(string text, JsonTokenType needed)
    {
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        return Next(ref json) == needed ? json : throw new JsonException($"it is {OneLine.Quote(text)}; {(needed == JsonTokenType.StartObject ? "an object" : "an array")} is needed.");
    }

    // The last token of a text that is cut short is an error of the reader's own.
    private static JsonTokenType Next(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType;
    }

    private static void RequireEnd(ref Utf8JsonReader json)
    {
        if (json.Read()) throw new JsonException("it goes on after its end.");
    }

    private static string Text(ref Utf8JsonReader json)
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

    private static int Integer(ref Utf8JsonReader json, string name) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt32(out int value) ? value : throw Unfit(name);

    private static double Number(ref Utf8JsonReader json, string name) =>
        json.TokenType == JsonTokenType.Number && json.TryGetDouble(out double value) ? value : throw Unfit(name);

    private static string NameOf<T>(T value, (T Value, string Name)[] names) where T : struct, Enum =>
        Array.Find(names, name => EqualityComparer<T>.Default.Equals(name.Value, value)).Name;

    private static T Choice<T>(ref Utf8JsonReader json, string name, (T Value, string Name)[] names) where T : struct, Enum
    {
        string word = json.TokenType == JsonTokenType.String ? Text(ref json) : throw Unfit(name);
        int index = Array.FindIndex(names, known => known.Name == word);
        return index >= 0 ? names[index].Value : throw new JsonException($"its {name} is {OneLine.Quote(word)}; it must be one of {string.Join(", ", names.Select(known => known.Name))}.");
    }

    private static JsonException Unfit(string name) => new($"its {name} is of the wrong kind, or out of range.");
}
