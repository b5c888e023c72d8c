namespace CharRnn;

/// <summary>How the next symbol is chosen from a model's distribution.</summary>
public sealed record SamplingOptions
{
    /// <summary>
    /// Logits are divided by it: below 1 more cautious, above 1 bolder, 0 always the likeliest. Default 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only this many of the likeliest symbols; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Only the likeliest symbols that together reach this probability (nucleus sampling: Holtzman et al. 2020); null
    /// for all.
    /// </summary>
    public double? TopP { get; init; }

    /// <summary>Only symbols at least this share as likely as the likeliest; null for all.</summary>
    public double? MinP { get; init; }

    /// <summary>What the draws are made from; the same seed gives the same text. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Checks every number.</summary>
    /// <exception cref="SettingsException">Names the first that cannot be used.</exception>
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
    }
}
