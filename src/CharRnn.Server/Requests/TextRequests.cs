using System.ComponentModel;
using System.Text.Json.Serialization;

namespace CharRnn.Server.Requests;

/// <summary>Fields of the requests that have texts read.</summary>
internal abstract record TextFields
{
    [JsonPropertyName("model")]
    [Description("Id of the model, as /v1/models lists it; may be left out where one alone is served.")]
    public string? Model { get; init; }

    [JsonPropertyName("input")]
    [Description("The text, or a list of texts.")]
    public Texts? Input { get; init; }
}

/// <summary>Body of <c>POST /v1/score</c>.</summary>
internal sealed record ScoreRequest : TextFields
{
    [JsonPropertyName("label")]
    [Description("Label of the texts, for a model with labels.")]
    public string? Label { get; init; }
}

/// <summary>Body of <c>POST /v1/classify</c>.</summary>
internal sealed record ClassifyRequest : TextFields
{
    [JsonPropertyName("top")]
    [Description("Number of likeliest labels for each text. Default: all.")]
    public int? Top { get; init; }
}

/// <summary>Body of <c>POST /v1/embeddings</c>.</summary>
internal sealed record EmbeddingRequest : TextFields
{
    [JsonPropertyName("encoding_format")]
    [Description("float, the default, or base64: the numbers as little-endian 32-bit floats.")]
    public string? EncodingFormat { get; init; }

    [JsonPropertyName("dimensions")]
    [Description("Number of numbers; only the model's own is offered.")]
    public int? Dimensions { get; init; }

    [JsonPropertyName("label")]
    [Description("Label of the texts, for a model with labels.")]
    public string? Label { get; init; }
}
