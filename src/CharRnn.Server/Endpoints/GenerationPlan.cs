using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CharRnn.Checkpoints;
using CharRnn.Sampling;
using CharRnn.Server.Generating;
using CharRnn.Server.Models;
using CharRnn.Server.Requests;

namespace CharRnn.Server.Endpoints;

/// <summary>
/// What a request for text comes to: prompts as ids, and how each text is drawn. Whatever cannot be done is refused
/// here, by the name of its field.
/// </summary>
internal sealed class GenerationPlan
{
    private const int MaxTexts = 128,
        MaxLikeliest = 20,
        MaxStops = 16,
        MaxStopLength = 1000,
        MaxLabelLength = 10_000;

    // All are kept until they are sent, some tens of bytes each.
    private const long MaxLogprobs = 2_500_000;
    private const double MaxTemperature = 2,
        MaxPenalty = 2,
        MaxBias = 100,
        MinRepetition = 0.01,
        MaxRepetition = 100;

    /// <summary>Fields of OpenAI's that would change the answer, and are not offered.</summary>
    private static readonly string[] Refused =
    [
        "best_of",
        "suffix",
        "tools",
        "tool_choice",
        "functions",
        "function_call",
        "response_format",
        "modalities",
        "audio",
        "prediction",
        "web_search_options",
    ];

    private GenerationPlan(
        LanguageModel model,
        IReadOnlyList<int[]> prompts,
        int textsPerPrompt,
        long seed,
        GenerationRequest first
    )
    {
        (Model, Prompts, Seed, Likeliest) = (model, prompts, seed, first.Likeliest);
        TextsPerPrompt = textsPerPrompt;
        // A prompt's n-th text is the same whatever else is asked for.
        Requests =
        [
            .. prompts.SelectMany(prompt =>
                Enumerable.Range(0, textsPerPrompt).Select(text => first with { Prompt = prompt, Stream = (ulong)text })
            ),
        ];
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>The ids of each prompt.</summary>
    public IReadOnlyList<int[]> Prompts { get; }

    /// <summary>Number of texts of each prompt.</summary>
    public int TextsPerPrompt { get; }

    /// <summary>Seed of the draws.</summary>
    public long Seed { get; }

    /// <summary>Number of likeliest symbols beside each; null for no log-probabilities.</summary>
    public int? Likeliest { get; }

    /// <summary>One for each text; those of a prompt are neighbors.</summary>
    public IReadOnlyList<GenerationRequest> Requests { get; }

    /// <summary>Makes a plan.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="prompts">Its prompts, and the name of the field that they stand in.</param>
    /// <param name="likeliest">Number of likeliest symbols beside each, and the field's name; null for none.</param>
    /// <param name="scoresPrompt">Whether the prompts are scored too.</param>
    /// <param name="maxSymbols">Max number of symbols, where the request says none.</param>
    /// <param name="loaded">The model.</param>
    /// <param name="options">The server's limits.</param>
    /// <exception cref="ApiException">A field cannot be used.</exception>
    public static GenerationPlan Of(
        GenerationFields fields,
        (IReadOnlyList<string> Texts, string Param) prompts,
        (int? Count, string Param) likeliest,
        bool scoresPrompt,
        int maxSymbols,
        LoadedModel loaded,
        CharRnnServerOptions options
    )
    {
        RefuseWhatIsNotOffered(fields);
        var model = RequireLanguageModel(loaded);
        long seed = fields.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        int texts = Within(fields.N, 1, MaxTexts, "n") ?? 1;
        // Before anything is made for each.
        GenerationScheduler.RequirePlaces((long)prompts.Texts.Count * texts, options.MaxConcurrency);
        var (asked, param) = fields.MaxSymbols;
        var request = new GenerationRequest
        {
            Prompt = [],
            Options = SamplingOf(fields, seed, model.Vocabulary),
            MaxSymbols = Within(asked, 0, options.MaxTokens, param) ?? Math.Min(maxSymbols, options.MaxTokens),
            Stops = StopsOf(fields.Stop, model),
            Label = LabelOf(fields.Label, model),
            Likeliest = Within(likeliest.Count, 0, MaxLikeliest, likeliest.Param),
            ScoresPrompt = scoresPrompt,
        };
        int[][] encoded = [.. prompts.Texts.Select(prompt => PromptOf(prompt, prompts.Param, model, options))];
        long characters = encoded.Sum(ids => (long)request.MaxSymbols + (scoresPrompt ? ids.Length : 0)) * texts;
        if (characters * (request.Likeliest + 1) > MaxLogprobs)
            throw ApiException.Invalid(
                likeliest.Param,
                $"'{likeliest.Param}' is {request.Likeliest} for each of {characters} characters; up to {MaxLogprobs} "
                    + "log-probabilities are given in all. Ask for fewer, or for shorter texts."
            );
        return new GenerationPlan(model, encoded, texts, seed, request);
    }

    private static int[] PromptOf(string text, string param, LanguageModel model, CharRnnServerOptions options)
    {
        int[] prompt = TextReading.Encode(text, model, param, options);
        return prompt.Length > 0 || !model.Spec.ConditionOnFirstSymbol
            ? prompt
            : throw ApiException.Invalid(
                param,
                $"the model has learnt how records go on, and not how they begin; give '{param}' at least one character."
            );
    }

    /// <summary>The label of a request, for a model with labels.</summary>
    /// <exception cref="ApiException">There is none, or none of the model's.</exception>
    public static LabelBlend? LabelOf(string? label, LanguageModel model)
    {
        if (label?.Length > MaxLabelLength)
            throw ApiException.Invalid(
                "label",
                $"'label' has {label.Length} characters; up to {MaxLabelLength} are taken."
            );
        try
        {
            var blend = label is null ? null : LabelBlend.Parse(label, model.Labels);
            model.RequireLabel(blend);
            return blend;
        }
        catch (SettingsException refused)
        {
            throw ApiException.Invalid("label", refused.Message);
        }
    }

    /// <summary>Refuses a classifier.</summary>
    public static LanguageModel RequireLanguageModel(LoadedModel loaded) =>
        loaded.Model as LanguageModel
        ?? throw ApiException.Invalid(
            "model",
            "the model is a classifier, which writes no text; ask /v1/classify, or a language model."
        );

    private static void RefuseWhatIsNotOffered(GenerationFields fields)
    {
        foreach (string name in Refused)
        {
            if (fields.Others?.TryGetValue(name, out var value) == true && ChangesTheAnswer(name, value))
                throw ApiException.Invalid(name, $"'{name}' is not offered here; leave it out.", "unsupported");
        }
    }

    private static bool ChangesTheAnswer(string name, JsonElement value)
    {
        try
        {
            return IsMoreThanDefault(name, value);
        }
        // A text with half of a surrogate pair: whatever it says, it is not the default.
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static bool IsMoreThanDefault(string name, JsonElement value) =>
        (name, value.ValueKind) switch
        {
            (_, JsonValueKind.Null) => false,
            ("best_of", JsonValueKind.Number) => !value.TryGetInt32(out int count) || count != 1,
            ("suffix", JsonValueKind.String) => value.GetString() is { Length: > 0 },
            ("tools" or "functions", JsonValueKind.Array) => value.GetArrayLength() > 0,
            ("tool_choice" or "function_call", JsonValueKind.String) => value.GetString() is not ("none" or "auto"),
            ("response_format", JsonValueKind.Object) => !value.TryGetProperty("type", out var type)
                || type.ValueKind != JsonValueKind.String
                || type.GetString() != "text",
            ("modalities", JsonValueKind.Array) => value
                .EnumerateArray()
                .Any(each => each.ValueKind != JsonValueKind.String || each.GetString() != "text"),
            _ => true,
        };

    private static SamplingOptions SamplingOf(GenerationFields fields, long seed, Vocabulary vocabulary) =>
        new()
        {
            Temperature = Within(fields.Temperature, 0, MaxTemperature, "temperature") ?? 1,
            TopP =
                fields.TopP is { } topP && !(topP > 0 && topP <= 1)
                    ? throw OutOfRange("top_p", topP, "above 0 to 1")
                    : fields.TopP,
            // As other servers have it, 0 and −1 are no cut.
            TopK = fields.TopK is 0 or -1 ? null : Within(fields.TopK, 1, int.MaxValue, "top_k"),
            MinP = Within(fields.MinP, 0, 1, "min_p"),
            PresencePenalty = Within(fields.PresencePenalty, -MaxPenalty, MaxPenalty, "presence_penalty") ?? 0,
            FrequencyPenalty = Within(fields.FrequencyPenalty, -MaxPenalty, MaxPenalty, "frequency_penalty") ?? 0,
            RepetitionPenalty =
                Within(fields.RepetitionPenalty, MinRepetition, MaxRepetition, "repetition_penalty") ?? 1,
            LogitBias = BiasOf(fields.LogitBias, vocabulary),
            Seed = unchecked((ulong)seed),
        };

    private static Dictionary<int, double>? BiasOf(Dictionary<string, double>? given, Vocabulary vocabulary)
    {
        if (given is not { Count: > 0 })
            return null;
        var bias = new Dictionary<int, double>();
        foreach (var (key, value) in given)
        {
            bool isId =
                int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && id < vocabulary.Count
                // Else two keys, '7' and '07', would be one.
                && (key[0] != '0' || key.Length == 1);
            if (!isId)
                throw ApiException.Invalid(
                    "logit_bias",
                    $"'logit_bias' names {OneLine.Quote(key)}; the vocabulary's ids are 0 to {vocabulary.Count - 1}, as "
                        + "/v1/models/{id} lists them."
                );
            bias[id] = Within(value, -MaxBias, MaxBias, "logit_bias")!.Value;
        }
        return bias;
    }

    /// <summary>The ids of stop texts. One with a character that the model cannot write never comes.</summary>
    private static IReadOnlyList<int>[] StopsOf(Texts? stop, LanguageModel model)
    {
        string[] texts = [.. stop?.Items.Where(text => text.Length > 0) ?? []];
        if (texts.Length > MaxStops)
            throw ApiException.Invalid("stop", $"'stop' has {texts.Length} texts; up to {MaxStops} are taken.");
        if (texts.FirstOrDefault(text => text.Length > MaxStopLength) is { } longest)
            throw ApiException.Invalid(
                "stop",
                $"a text of 'stop' has {longest.Length} characters; up to {MaxStopLength} are taken."
            );
        var stops = new List<IReadOnlyList<int>>();
        foreach (string text in texts)
        {
            int[] ids = model.Encode(text, skipUnknown: true, out int skipped);
            if (skipped == 0 && ids.Length > 0)
                stops.Add(ids);
        }
        return [.. stops];
    }

    private static int? Within(int? value, int min, int max, string param) =>
        value is null || (value >= min && value <= max)
            ? value
            : throw OutOfRange(param, value.Value, max == int.MaxValue ? $"{min} or more" : $"{min} to {max}");

    private static double? Within(double? value, double min, double max, string param) =>
        value is null || (value >= min && value <= max)
            ? value
            : throw OutOfRange(param, value.Value, string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"));

    private static ApiException OutOfRange(string param, double value, string range) =>
        ApiException.Invalid(
            param,
            string.Create(CultureInfo.InvariantCulture, $"'{param}' is {value}; it must be {range}.")
        );
}
