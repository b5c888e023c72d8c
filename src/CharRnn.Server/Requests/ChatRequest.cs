using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CharRnn.Server.Requests;

/// <summary>
/// Body of <c>POST /v1/chat/completions</c>. A character model knows no roles: what the messages say is joined by line
/// ends into a prompt.
/// </summary>
internal sealed record ChatRequest : GenerationFields
{
    private const string MessageEnd = "\n";

    [JsonPropertyName("messages")]
    [Description("The messages: what they say, joined by line ends, is the prompt, whatever their roles.")]
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    [JsonPropertyName("max_completion_tokens")]
    [Description("Max number of characters to write for each text. Default 500.")]
    public int? MaxCompletionTokens { get; init; }

    [JsonPropertyName("max_tokens")]
    [Description("The older name of max_completion_tokens.")]
    public int? MaxTokens { get; init; }

    [JsonPropertyName("logprobs")]
    [Description("Whether the log-probability of each character is given.")]
    public bool? Logprobs { get; init; }

    [JsonPropertyName("top_logprobs")]
    [Description("Number of likeliest characters, 0 to 20, that are given beside each; needs logprobs.")]
    public int? TopLogprobs { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override (int? Count, string Param) MaxSymbols =>
        MaxCompletionTokens is null ? (MaxTokens, "max_tokens") : (MaxCompletionTokens, "max_completion_tokens");

    /// <summary>The prompt that the messages are.</summary>
    /// <exception cref="ApiException">There are none.</exception>
    public string ToPrompt() =>
        Messages is { Count: > 0 }
            ? string.Join(MessageEnd, Messages.Select(message => message.Content?.Text ?? ""))
            : throw ApiException.Invalid("messages", "'messages' is missing or empty; at least one message is needed.");
}

/// <summary>One message.</summary>
internal sealed record ChatMessage
{
    [JsonPropertyName("role")]
    [Description("Who says it: system, user, assistant …; without effect.")]
    public string? Role { get; init; }

    [JsonPropertyName("content")]
    [Description("A text, or a list of parts of the type text.")]
    public MessageContent? Content { get; init; }
}

/// <summary>What a message says.</summary>
/// <param name="Text">Its parts, one after another.</param>
[JsonConverter(typeof(MessageContentConverter))]
internal sealed record MessageContent(string Text);

/// <summary>Reads a text, or parts of the type text.</summary>
internal sealed class MessageContentConverter : JsonConverter<MessageContent>
{
    public override MessageContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new MessageContent(reader.GetString()!);
        using var parts = JsonDocument.ParseValue(ref reader);
        if (parts.RootElement.ValueKind != JsonValueKind.Array)
            throw new JsonException("a message says a text, or a list of parts of the type text.");
        return new MessageContent(string.Concat(parts.RootElement.EnumerateArray().Select(TextOf)));
    }

    public override void Write(Utf8JsonWriter writer, MessageContent value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);

    private static string TextOf(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object
        && part.TryGetProperty("text", out var text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new JsonException("a part of a message is no text; the model reads nothing else.");
}
