using System.Text.Json.Serialization;

namespace CharRnn.Server.Responses;

/// <summary>Answer of <c>/v1/chat/completions</c>, and each of its chunks in a stream.</summary>
internal sealed record ChatResponse
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("object")]
    public required string Object { get; init; }

    [JsonPropertyName("created")]
    public required long Created { get; init; }

    [JsonPropertyName("model")]
    public required string Model { get; init; }

    [JsonPropertyName("system_fingerprint")]
    public required string SystemFingerprint { get; init; }

    [JsonPropertyName("choices")]
    public required IReadOnlyList<ChatChoice> Choices { get; init; }

    [JsonPropertyName("usage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }

    [JsonPropertyName("seed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; init; }
}

/// <summary>One answer, whole or a part of it.</summary>
internal sealed record ChatChoice
{
    [JsonPropertyName("index")]
    public required int Index { get; init; }

    [JsonPropertyName("message")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatDelta? Message { get; init; }

    [JsonPropertyName("delta")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatDelta? Delta { get; init; }

    [JsonPropertyName("logprobs")]
    public ChatLogprobs? Logprobs { get; init; }

    [JsonPropertyName("finish_reason")]
    public string? FinishReason { get; init; }
}

/// <summary>What is said, and by whom.</summary>
internal sealed record ChatDelta
{
    [JsonPropertyName("role")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonPropertyName("content")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }
}

/// <summary>Log-probabilities of an answer's characters.</summary>
internal sealed record ChatLogprobs
{
    [JsonPropertyName("content")]
    public required IReadOnlyList<ChatLogprob> Content { get; init; }
}

/// <summary>Log-probability of a character, with the likeliest in its place.</summary>
internal sealed record ChatLogprob
{
    [JsonPropertyName("token")]
    public required string Token { get; init; }

    [JsonPropertyName("logprob")]
    public required double Logprob { get; init; }

    [JsonPropertyName("bytes")]
    public required IReadOnlyList<int> Bytes { get; init; }

    [JsonPropertyName("top_logprobs")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ChatLogprob>? TopLogprobs { get; init; }
}
