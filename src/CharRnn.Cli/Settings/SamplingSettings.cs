using System.CommandLine;

namespace CharRnn.Cli.Settings;

/// <summary>The flags that say how the next character is chosen.</summary>
internal sealed class SamplingSettings
{
    /// <summary>The highest temperature that makes a difference worth asking for.</summary>
    public const double HighestTemperature = 1000;
    private static readonly SamplingOptions Defaults = new();

    private readonly Setting<double> temperature = new(
        "--temperature",
        $"Below 1 more cautious, above 1 bolder, 0 always the likeliest character (default: {Defaults.Temperature}).",
        Defaults.Temperature,
        text => SettingParser.Number(text, new(0, HighestTemperature)),
        "T"
    );
    private readonly Setting<int?> topK = new(
        "--top-k",
        "Choose among the K likeliest characters only.",
        Defaults.TopK,
        text => SettingParser.Integer(text, 1, int.MaxValue),
        "K"
    );
    private readonly Setting<double?> topP = new(
        "--top-p",
        "Choose among the likeliest characters that together reach this probability.",
        Defaults.TopP,
        text => SettingParser.Number(text, new(0, 1, LeastExcluded: true)),
        "P"
    );
    private readonly Setting<double?> minP = new(
        "--min-p",
        "Choose among characters at least this share as likely as the likeliest.",
        Defaults.MinP,
        text => SettingParser.Number(text, new(0, 1)),
        "P"
    );
    private readonly Setting<bool> greedy = Setting.Switch(
        "--greedy",
        "Always the likeliest character, as with --temperature 0."
    );

    /// <summary>The flags.</summary>
    public Option[] Options => [temperature.Option, topK.Option, topP.Option, minP.Option, greedy.Option];

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(Command verb)
    {
        foreach (var option in Options)
            verb.Add(option);
    }

    /// <summary>The options; the seed is left to the verb.</summary>
    /// <exception cref="SettingsException">A value cannot be used, or --greedy and a temperature were both asked for.</exception>
    public SamplingOptions Resolve(SettingSources sources)
    {
        var (asked, isGreedy) = (temperature.Resolve(sources), greedy.Resolve(sources));
        // Of a flag and a variable the flag counts; of two flags, neither.
        if (
            isGreedy is { Value: true, Origin: SettingOrigin.Flag }
            && asked is { Value: not 0, Origin: SettingOrigin.Flag }
        )
            throw new SettingsException(
                $"--greedy is a temperature of 0, and --temperature is {asked.Value}; give one of them."
            );
        var isGreedyMeant =
            isGreedy.Value && (isGreedy.Origin == SettingOrigin.Flag || asked.Origin != SettingOrigin.Flag);
        return new()
        {
            Temperature = isGreedyMeant ? 0 : asked.Value,
            TopK = topK.Resolve(sources).Value,
            TopP = topP.Resolve(sources).Value,
            MinP = minP.Resolve(sources).Value,
        };
    }
}
