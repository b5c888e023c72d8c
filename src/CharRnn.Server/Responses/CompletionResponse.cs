using System.ComponentModel;
using System.Text.Json.Serialization;

namespace CharRnn.Server.Responses;

/// <summary>Answer of <c>/v1/completions</c>, and each of its chunks in a stream.</summary>
internal sealed record CompletionResponse
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("object")]
    public string Object { get; init; } = "text_completion";

    [JsonPropertyName("created")]
    [Description("Seconds since 1970.")]
    public required long Created { get; init; }

    [JsonPropertyName("model")]
    public required string Model { get; init; }

    [JsonPropertyName("system_fingerprint")]
    [Description("Changes with the model's file.")]
    public required string SystemFingerprint { get; init; }

    [JsonPropertyName("choices")]
    public required IReadOnlyList<CompletionChoice> Choices { get; init; }

    [JsonPropertyName("usage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }

    [JsonPropertyName("seed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("Seed that the texts were drawn with, so that they can be had again.")]
    public long? Seed { get; init; }
}

/// <summary>One text.</summary>
internal sealed record CompletionChoice
{
    [JsonPropertyName("index")]
    public required int Index { get; init; }

    [JsonPropertyName("text")]
    public required string Text { get; init; }

    [JsonPropertyName("logprobs")]
    public CompletionLogprobs? Logprobs { get; init; }

    [JsonPropertyName("finish_reason")]
    [Description("stop or length; null in all chunks of a stream but the last.")]
    public string? FinishReason { get; init; }
}

/// <summary>Log-probabilities of characters, in parallel lists.</summary>
internal sealed record CompletionLogprobs
{
    [JsonPropertyName("tokens")]
    public List<string> Tokens { get; } = [];

    [JsonPropertyName("token_logprobs")]
    [Description("Natural logarithms; null for the first character of a prompt.")]
    public List<double?> TokenLogprobs { get; } = [];

    [JsonPropertyName("top_logprobs")]
    [Description("The likeliest in the place of each, and that which came.")]
    public List<Dictionary<string, double>?> TopLogprobs { get; } = [];

    [JsonPropertyName("text_offset")]
    [Description("Place in the text, in characters (Unicode scalar values).")]
    public List<int> TextOffset { get; } = [];
}

/// <summary>Number of characters that a request cost.</summary>
internal sealed record Usage
{
    [JsonPropertyName("prompt_tokens")]
    public required int PromptTokens { get; init; }

    [JsonPropertyName("completion_tokens")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? CompletionTokens { get; init; }

    [JsonPropertyName("total_tokens")]
    public int TotalTokens => PromptTokens + (CompletionTokens ?? 0);
}
