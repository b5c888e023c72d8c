using System.ComponentModel;
using System.Text.Json.Serialization;

namespace CharRnn.Server.Responses;

/// <summary>A model in the list of those served.</summary>
internal record ModelResponse
{
    [JsonPropertyOrder(-1)]
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyOrder(-1)]
    [JsonPropertyName("object")]
    public string Object { get; init; } = "model";

    [JsonPropertyOrder(-1)]
    [JsonPropertyName("created")]
    [Description("Seconds since 1970: when the model's file was written.")]
    public required long Created { get; init; }

    [JsonPropertyOrder(-1)]
    [JsonPropertyName("owned_by")]
    public string OwnedBy { get; init; } = "charrnn";

    [JsonPropertyOrder(-1)]
    [JsonPropertyName("kind")]
    [Description("language-model or classifier.")]
    public required string Kind { get; init; }

    [JsonPropertyOrder(-1)]
    [JsonPropertyName("cell")]
    public required string Cell { get; init; }

    [JsonPropertyOrder(-1)]
    [JsonPropertyName("params")]
    public required long Params { get; init; }

    [JsonPropertyOrder(-1)]
    [JsonPropertyName("weights")]
    [Description("Format of the weights in memory: f32, bf16 or int8.")]
    public required string Weights { get; init; }
}

/// <summary>A model with what one must know to use it.</summary>
internal sealed record ModelDetails : ModelResponse
{
    [JsonPropertyName("labels")]
    public required IReadOnlyList<string> Labels { get; init; }

    [JsonPropertyName("encoding")]
    [Description("utf-8: a symbol is a character; bytes: a symbol is a byte.")]
    public required string Encoding { get; init; }

    [JsonPropertyName("vocabulary")]
    [Description("The symbols; logit_bias names them by their ids.")]
    public required IReadOnlyList<VocabularyEntry> Vocabulary { get; init; }
}

/// <summary>A symbol.</summary>
internal sealed record VocabularyEntry
{
    [JsonPropertyName("id")]
    public required int Id { get; init; }

    [JsonPropertyName("token")]
    public required string Token { get; init; }
}
