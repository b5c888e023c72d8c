using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CharRnn.Server.Requests;

/// <summary>Fields of every request for text: how it is drawn, and how it is sent.</summary>
internal abstract record GenerationFields
{
    [JsonPropertyName("model")]
    [Description("Id of the model, as /v1/models lists it; may be left out where one alone is served.")]
    public string? Model { get; init; }

    [JsonPropertyName("temperature")]
    [Description("0 to 2: below 1 more cautious, above 1 bolder, 0 always the likeliest character. Default 1.")]
    public double? Temperature { get; init; }

    [JsonPropertyName("top_p")]
    [Description("Total probability of the likeliest characters to draw from, above 0 to 1. Default 1, all.")]
    public double? TopP { get; init; }

    [JsonPropertyName("top_k")]
    [Description("Number of likeliest characters to draw from; 0, −1 or none for all. (Not of OpenAI's interface.)")]
    public int? TopK { get; init; }

    [JsonPropertyName("min_p")]
    [Description(
        "Smallest probability to draw from, as a share of the likeliest's, 0 to 1. (Not of OpenAI's interface.)"
    )]
    public double? MinP { get; init; }

    [JsonPropertyName("n")]
    [Description("Number of texts for each prompt. Default 1.")]
    public int? N { get; init; }

    [JsonPropertyName("stop")]
    [Description("Up to 16 texts before which to end.")]
    public Texts? Stop { get; init; }

    [JsonPropertyName("seed")]
    [Description("Seed of the draws: the same seed gives the same text. Default: another one each time.")]
    public long? Seed { get; init; }

    [JsonPropertyName("stream")]
    [Description("Whether the text is sent while it is written, as server-sent events.")]
    public bool? Stream { get; init; }

    [JsonPropertyName("stream_options")]
    [Description("Options of a stream.")]
    public StreamOptions? StreamOptions { get; init; }

    [JsonPropertyName("presence_penalty")]
    [Description("−2 to 2: subtracted from the logit of each character among the last 64. Default 0.")]
    public double? PresencePenalty { get; init; }

    [JsonPropertyName("frequency_penalty")]
    [Description("−2 to 2: subtracted once for each occurrence among the last 64 characters. Default 0.")]
    public double? FrequencyPenalty { get; init; }

    [JsonPropertyName("repetition_penalty")]
    [Description(
        "0.01 to 100: divides logits of characters among the last 64. Default 1. (Not of OpenAI's interface.)"
    )]
    public double? RepetitionPenalty { get; init; }

    [JsonPropertyName("logit_bias")]
    [Description("−100 to 100 by vocabulary id, as /v1/models/{id} lists them: added to the logits.")]
    public Dictionary<string, double>? LogitBias { get; init; }

    [JsonPropertyName("label")]
    [Description("Label to write in, or a blend ('Russian=0.7,Greek=0.3'), for a model with labels.")]
    public string? Label { get; init; }

    /// <summary>Fields that have no property here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>Max number of characters to write, if the request says so.</summary>
    [JsonIgnore]
    public abstract (int? Count, string Param) MaxSymbols { get; }
}

/// <summary>Options of a stream.</summary>
internal sealed record StreamOptions
{
    [JsonPropertyName("include_usage")]
    [Description("Whether a last chunk tells the number of characters.")]
    public bool? IncludeUsage { get; init; }
}

/// <summary>Body of <c>POST /v1/completions</c>.</summary>
internal sealed record CompletionRequest : GenerationFields
{
    [JsonPropertyName("prompt")]
    [Description("Text, or list of texts, that the model goes on from; empty for a beginning of its own.")]
    public Texts? Prompt { get; init; }

    [JsonPropertyName("max_tokens")]
    [Description("Max number of characters to write for each text; 0, with echo, to score alone. Default 16.")]
    public int? MaxTokens { get; init; }

    [JsonPropertyName("echo")]
    [Description("Whether the text begins with the prompt; with logprobs the prompt is scored too.")]
    public bool? Echo { get; init; }

    [JsonPropertyName("logprobs")]
    [Description("Number of likeliest characters, 0 to 20, whose log-probabilities are given beside each written.")]
    public int? Logprobs { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override (int? Count, string Param) MaxSymbols => (MaxTokens, "max_tokens");
}
