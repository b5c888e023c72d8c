namespace CharRnn;

/// <summary>
/// Options for drawing the next symbol from a model's distribution. The logits are first adjusted by the bias and the
/// penalties, which look at the text so far with its prompt, then divided by the temperature; of the probabilities top-k, top-p and
/// min-p each keep the likeliest.
/// </summary>
/// <example>
/// <code>
/// using var model = LanguageModel.Load("runs/dragons-001");
/// var options = new SamplingOptions { Temperature = 0.7, FrequencyPenalty = 0.1, NoRepeatSpan = 12 };
/// Console.WriteLine(new TextGenerator(model).Generate("Once ", 200, options));
/// </code>
/// </example>
public sealed record SamplingOptions
{
    /// <summary>
    /// Temperature, which divides the logits: below 1 more cautious, above 1 bolder, 0 always the likeliest. Default 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Top-k: number of likeliest symbols to draw from; null, the default, for all.</summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Top-p: total probability of the likeliest symbols to draw from (nucleus sampling: Holtzman et al. 2020); null,
    /// the default, for all.
    /// </summary>
    public double? TopP { get; init; }

    /// <summary>
    /// Min-p: smallest probability to draw from, as a share of the likeliest symbol's; null, the default, for all.
    /// </summary>
    public double? MinP { get; init; }

    /// <summary>
    /// Min number of symbols of a text, its prompt included; 0, the default, for none. Before that the boundary, and
    /// what else the generator ends texts at, has probability 0, and the others are renormalized.
    /// </summary>
    public int MinLength { get; init; }

    /// <summary>
    /// Repetition penalty θ, more than 0; 1, the default, for none. The logit of each symbol that the window has is
    /// divided by θ if it is above 0, and multiplied by it if not, so that above 1 repetition becomes less likely. (N.
    /// Keskar et al., "CTRL: A conditional transformer language model for controllable generation", 2019, section 4.1,
    /// which divides; a negative logit is multiplied as in its implementations, since dividing would favor it.)
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>
    /// Presence penalty: subtracted once from the logit of each symbol that the window has; 0, the default, for none,
    /// below 0 to favor them. (The <c>presence_penalty</c> of OpenAI's API.)
    /// </summary>
    public double PresencePenalty { get; init; }

    /// <summary>
    /// Frequency penalty: subtracted from the logit of a symbol for each of its occurrences in the window; 0, the
    /// default, for none, below 0 to favor them. (The <c>frequency_penalty</c> of OpenAI's API.)
    /// </summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>
    /// Number of last symbols of the text, prompt included, that the three penalties look at; 0 for all. Default 64.
    /// </summary>
    public int PenaltyWindow { get; init; } = 64;

    /// <summary>
    /// Logit bias: added to the logits of some symbols, by their ids, before the penalties; null, the default, for
    /// none. −100 all but forbids a symbol, 100 all but demands it. (The <c>logit_bias</c> of OpenAI's API.)
    /// </summary>
    public IReadOnlyDictionary<int, double>? LogitBias { get; init; }

    /// <summary>
    /// Length of spans that are not repeated: a symbol that would complete a span of this many symbols that the text
    /// already has, prompt included, has probability 0; null, the default, for none. (R. Paulus et al., "A deep
    /// reinforced model for abstractive summarization", 2018, section 2.5, as <c>no_repeat_ngram_size</c> in other
    /// programs.) Where every symbol would be forbidden, none is.
    /// </summary>
    public int? NoRepeatSpan { get; init; }

    /// <summary>
    /// Limit of what may be copied from a training text: a symbol that would complete a longer span of it has
    /// probability 0; null, the default, for none. Where every symbol would be forbidden, none is.
    /// </summary>
    public CopyLimit? MaxCopy { get; init; }

    /// <summary>Seed of the draws; the same seed gives the same text. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the three penalties that look at the window change anything.</summary>
    internal bool HasPenalties => RepetitionPenalty != 1 || PresencePenalty != 0 || FrequencyPenalty != 0;

    /// <summary>Whether a draw depends on the text so far, beyond the model's own state.</summary>
    internal bool LooksBack => MinLength > 0 || HasPenalties || NoRepeatSpan is not null || MaxCopy is not null;

    /// <summary>Checks every number.</summary>
    /// <exception cref="SettingsException">A property cannot be used; the message names the first.</exception>
    public void Validate()
    {
        if (!(Temperature >= 0 && double.IsFinite(Temperature)))
            throw new SettingsException(
                $"'Temperature' is {Temperature}; it must be 0 (always the likeliest) or more."
            );
        if (TopK is < 1)
            throw new SettingsException($"'TopK' is {TopK}; it must be at least 1.");
        if (TopP is { } topP && !(topP > 0 && topP <= 1))
            throw new SettingsException($"'TopP' is {topP}; it must be more than 0 and at most 1.");
        if (MinP is { } minP && !(minP >= 0 && minP <= 1))
            throw new SettingsException($"'MinP' is {minP}; it must be from 0 to 1.");
        if (MinLength < 0)
            throw new SettingsException($"'MinLength' is {MinLength}; it must be 0 or more.");
        if (!(RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty)))
            throw new SettingsException(
                $"'RepetitionPenalty' is {RepetitionPenalty}; it must be more than 0; 1 is none."
            );
        if (!double.IsFinite(PresencePenalty))
            throw new SettingsException($"'PresencePenalty' is {PresencePenalty}; it must be a number.");
        if (!double.IsFinite(FrequencyPenalty))
            throw new SettingsException($"'FrequencyPenalty' is {FrequencyPenalty}; it must be a number.");
        if (PenaltyWindow < 0)
            throw new SettingsException($"'PenaltyWindow' is {PenaltyWindow}; it must be 0 (all) or more.");
        if (LogitBias?.Values.FirstOrDefault(bias => !double.IsFinite(bias)) is { } bias && bias != 0)
            throw new SettingsException($"'LogitBias' has {bias}; a number is needed.");
        if (NoRepeatSpan is < 1)
            throw new SettingsException($"'NoRepeatSpan' is {NoRepeatSpan}; it must be at least 1.");
    }
}
