using System.CommandLine;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Flags;

/// <summary>The flags that say how the next character is chosen.</summary>
internal sealed class SamplingFlags
{
    /// <summary>The highest temperature that makes a difference worth asking for.</summary>
    public const double MaxTemperature = 1000;
    private static readonly SamplingOptions Defaults = new();

    private readonly Setting<double> _temperature = new(
        "--temperature",
        $"Below 1 more cautious, above 1 bolder, 0 always the likeliest character (default: {Defaults.Temperature}).",
        Defaults.Temperature,
        text => SettingParser.Number(text, new(0, MaxTemperature)),
        "T"
    );
    private readonly Setting<int?> _topK = new(
        "--top-k",
        "Choose among the K likeliest characters only.",
        Defaults.TopK,
        text => SettingParser.Integer(text, 1, int.MaxValue),
        "K"
    );
    private readonly Setting<double?> _topP = new(
        "--top-p",
        "Choose among the likeliest characters that together reach this probability.",
        Defaults.TopP,
        text => SettingParser.Number(text, new(0, 1, MinExcluded: true)),
        "P"
    );
    private readonly Setting<double?> _minP = new(
        "--min-p",
        "Choose among characters at least this share as likely as the likeliest.",
        Defaults.MinP,
        text => SettingParser.Number(text, new(0, 1)),
        "P"
    );
    private readonly Setting<bool> _greedy = Setting.Switch(
        "--greedy",
        "Always the likeliest character, as with --temperature 0."
    );

    /// <summary>The flags.</summary>
    public Option[] Options => [_temperature.Option, _topK.Option, _topP.Option, _minP.Option, _greedy.Option];

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) => verb.Add(FlagGroup.Choice, Options);

    /// <summary>The options; the seed is left to the verb.</summary>
    /// <exception cref="SettingsException">
    /// A value cannot be used, or --greedy and a temperature were both asked for.
    /// </exception>
    public SamplingOptions Resolve(SettingSources sources)
    {
        var (asked, isGreedy) = (_temperature.Resolve(sources), _greedy.Resolve(sources));
        // Of a flag and a variable the flag counts; of two flags, neither.
        if (
            isGreedy is { Value: true, Origin: SettingOrigin.Flag }
            && asked is { Value: not 0, Origin: SettingOrigin.Flag }
        )
            throw new SettingsException(
                $"--greedy is a temperature of 0, and --temperature is {asked.Value}; give one of them."
            );
        bool isGreedyMeant =
            isGreedy.Value && (isGreedy.Origin == SettingOrigin.Flag || asked.Origin != SettingOrigin.Flag);
        return new()
        {
            Temperature = isGreedyMeant ? 0 : asked.Value,
            TopK = _topK.Resolve(sources).Value,
            TopP = _topP.Resolve(sources).Value,
            MinP = _minP.Resolve(sources).Value,
        };
    }
}
