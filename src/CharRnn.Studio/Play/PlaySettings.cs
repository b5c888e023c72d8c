using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CharRnn.Studio.Runs;

namespace CharRnn.Studio.Play;

/// <summary>How a text is written, as the page's controls have it.</summary>
public sealed record PlaySettings
{
    /// <summary>Temperature to begin with: bolder than the likeliest, and still words.</summary>
    public const double DefaultTemperature = 0.7;

    /// <summary>Characters to begin with: a screenful.</summary>
    public const int DefaultLength = 500;

    /// <summary>The prompt.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Number of characters to write.</summary>
    public int Length { get; init; } = DefaultLength;

    /// <summary>Seed of the draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The temperature; 0 for always the likeliest.</summary>
    public double Temperature { get; init; } = DefaultTemperature;

    /// <summary>Number of likeliest characters that are drawn from; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Total probability of the likeliest characters that are drawn from; null for all.</summary>
    public double? TopP { get; init; }

    /// <summary>Least probability, as a share of the likeliest's; null for none.</summary>
    public double? MinP { get; init; }

    /// <summary>Divisor of the logits of characters that came before; 1 for none.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted from the logit of each character that came before.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Subtracted for each time that a character came before.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Text that ends the writing; empty for none.</summary>
    public string Stop { get; init; } = "";

    /// <summary>The label, for a model with labels; empty for none.</summary>
    public string Label { get; init; } = "";

    /// <summary>The sampling options.</summary>
    internal SamplingOptions Options =>
        new()
        {
            Temperature = Temperature,
            TopK = TopK,
            TopP = TopP,
            MinP = MinP,
            RepetitionPenalty = RepetitionPenalty,
            PresencePenalty = PresencePenalty,
            FrequencyPenalty = FrequencyPenalty,
            Seed = Seed,
        };

    /// <summary>The command line that writes the same text.</summary>
    /// <param name="model">The model's run folder or file.</param>
    public string CommandLine(string model) =>
        ShellWords.CommandLine([
            "sample",
            model,
            .. Prompt.Length > 0 ? ["-p", Prompt] : Array.Empty<string>(),
            "-n",
            Number(Length),
            .. Flag("--temperature", Temperature, 1),
            .. Flag("--top-k", TopK),
            .. Flag("--top-p", TopP),
            .. Flag("--min-p", MinP),
            .. Flag("--repetition-penalty", RepetitionPenalty, 1),
            .. Flag("--presence-penalty", PresencePenalty, 0),
            .. Flag("--frequency-penalty", FrequencyPenalty, 0),
            .. Stop.Length > 0 ? ["--stop", Stop] : Array.Empty<string>(),
            .. Label.Length > 0 ? ["--label", Label] : Array.Empty<string>(),
            .. Flag("--seed", Seed, 1UL),
        ]);

    /// <summary>The request to <c>charrnn serve</c> that writes the same text.</summary>
    /// <param name="name">Name of the model.</param>
    public string Request(string name)
    {
        var body = new JsonObject
        {
            ["model"] = name,
            ["prompt"] = Prompt,
            ["max_tokens"] = Length,
            ["temperature"] = Temperature,
            ["seed"] = Seed,
        };
        if (TopK is { } topK)
            body["top_k"] = topK;
        if (TopP is { } topP)
            body["top_p"] = topP;
        if (MinP is { } minP)
            body["min_p"] = minP;
        if (RepetitionPenalty != 1)
            body["repetition_penalty"] = RepetitionPenalty;
        if (PresencePenalty != 0)
            body["presence_penalty"] = PresencePenalty;
        if (FrequencyPenalty != 0)
            body["frequency_penalty"] = FrequencyPenalty;
        if (Stop.Length > 0)
            body["stop"] = Stop;
        if (Label.Length > 0)
            body["label"] = Label;
        string json = body.ToJsonString(new JsonSerializerOptions { Encoder = Readable });
        return $"curl http://127.0.0.1:8080/v1/completions -H 'Content-Type: application/json' -d {ShellWords.Quoted(json)}";
    }

    // Letters of all scripts as they are; it is quoted for a shell, and stands on a page as text.
    private static readonly System.Text.Encodings.Web.JavaScriptEncoder Readable = System
        .Text
        .Encodings
        .Web
        .JavaScriptEncoder
        .UnsafeRelaxedJsonEscaping;

    private static string[] Flag<TNumber>(string name, TNumber? value)
        where TNumber : struct, IFormattable => value is { } number ? [name, Number(number)] : [];

    private static string[] Flag<TNumber>(string name, TNumber value, TNumber fallback)
        where TNumber : struct, IFormattable => value.Equals(fallback) ? [] : [name, Number(value)];

    private static string Number<TNumber>(TNumber number)
        where TNumber : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
