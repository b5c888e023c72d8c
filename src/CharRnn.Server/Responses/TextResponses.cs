using System.ComponentModel;
using System.Text.Json.Serialization;

namespace CharRnn.Server.Responses;

/// <summary>Answer that is a list: one entry for each text, or each model.</summary>
internal sealed record ListResponse<T>
{
    [JsonPropertyName("object")]
    public string Object { get; init; } = "list";

    [JsonPropertyName("model")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    [JsonPropertyName("data")]
    public required IReadOnlyList<T> Data { get; init; }

    [JsonPropertyName("usage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }
}

/// <summary>Score of a text.</summary>
internal sealed record TextScore
{
    [JsonPropertyName("object")]
    public string Object { get; init; } = "score";

    [JsonPropertyName("index")]
    public required int Index { get; init; }

    [JsonPropertyName("chars")]
    [Description("Number of characters that were predicted: all but the first, or all of a record with its end.")]
    public required int Chars { get; init; }

    [JsonPropertyName("bits")]
    [Description("Their bits together.")]
    public required double Bits { get; init; }

    [JsonPropertyName("bits_per_char")]
    public required double? BitsPerChar { get; init; }

    [JsonPropertyName("nats_per_char")]
    public required double? NatsPerChar { get; init; }

    [JsonPropertyName("perplexity")]
    public required double? Perplexity { get; init; }

    [JsonPropertyName("characters")]
    [Description("The text's characters; the last of a record is its end.")]
    public required IReadOnlyList<string> Characters { get; init; }

    [JsonPropertyName("char_bits")]
    [Description("−log2 p of each; null for a first one that was not predicted.")]
    public required IReadOnlyList<double?> CharBits { get; init; }
}

/// <summary>Labels of a text.</summary>
internal sealed record TextLabels
{
    [JsonPropertyName("object")]
    public string Object { get; init; } = "classification";

    [JsonPropertyName("index")]
    public required int Index { get; init; }

    [JsonPropertyName("predictions")]
    [Description("The likeliest label first.")]
    public required IReadOnlyList<LabelPrediction> Predictions { get; init; }
}

/// <summary>A label with its probability.</summary>
internal sealed record LabelPrediction
{
    [JsonPropertyName("label")]
    public required string Label { get; init; }

    [JsonPropertyName("probability")]
    public required double Probability { get; init; }
}

/// <summary>Embedding of a text.</summary>
internal sealed record EmbeddingEntry
{
    [JsonPropertyName("object")]
    public string Object { get; init; } = "embedding";

    [JsonPropertyName("index")]
    public required int Index { get; init; }

    /// <summary>A list of numbers, or a text in base64.</summary>
    [JsonPropertyName("embedding")]
    public required EmbeddingVector Embedding { get; init; }
}
