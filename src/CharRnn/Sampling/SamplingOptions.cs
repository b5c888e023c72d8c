namespace CharRnn;

/// <summary>Options for drawing the next symbol from a model's distribution.</summary>
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

    /// <summary>Seed of the draws; the same seed gives the same text. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

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
    }
}
