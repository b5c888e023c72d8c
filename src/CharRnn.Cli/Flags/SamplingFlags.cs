using System.CommandLine;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Flags;

/// <summary>The flags that say how the next character is chosen.</summary>
internal sealed class SamplingFlags
{
    /// <summary>The highest temperature that makes a difference worth asking for.</summary>
    public const double MaxTemperature = 1000;
    private const double MaxPenalty = 100;
    private const int MaxSpan = 100_000;
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

    private readonly Setting<double> _repetitionPenalty = new(
        "--repetition-penalty",
        "Divide the logits of characters that came before by this, or multiply negative ones; above 1 for less "
            + "repetition (default: 1).",
        Defaults.RepetitionPenalty,
        text => SettingParser.Number(text, new(0, MaxPenalty, MinExcluded: true)),
        "X"
    );
    private readonly Setting<double> _presencePenalty = new(
        "--presence-penalty",
        "Subtract this from the logit of each character that came before (default: 0).",
        Defaults.PresencePenalty,
        text => SettingParser.Number(text, new(-MaxPenalty, MaxPenalty)),
        "X"
    );
    private readonly Setting<double> _frequencyPenalty = new(
        "--frequency-penalty",
        "Subtract this from a character's logit for each time it came before (default: 0).",
        Defaults.FrequencyPenalty,
        text => SettingParser.Number(text, new(-MaxPenalty, MaxPenalty)),
        "X"
    );
    private readonly Setting<int> _penaltyWindow = new(
        "--penalty-window",
        $"Number of last characters that the penalties look at; 0 for all (default: {Defaults.PenaltyWindow}).",
        Defaults.PenaltyWindow,
        text => SettingParser.Integer(text, 0, int.MaxValue),
        "N"
    );
    private readonly Setting<int?> _noRepeatSpan = new(
        "--no-repeat-span",
        "Write no span of this many characters a second time.",
        Defaults.NoRepeatSpan,
        text => SettingParser.Integer(text, 1, MaxSpan),
        "N"
    );
    private readonly Setting<int?> _maxCopy = new(
        "--max-copy",
        "Copy no span of more characters than this from the training text.",
        null,
        text => SettingParser.Integer(text, 1, MaxSpan),
        "N"
    );

    /// <summary>The flags that leave the likeliest characters alone to choose among.</summary>
    public Option[] Cuts => [_topK.Option, _topP.Option, _minP.Option];

    /// <summary>The flags.</summary>
    public Option[] Options =>
        [
            _temperature.Option,
            _topK.Option,
            _topP.Option,
            _minP.Option,
            _greedy.Option,
            _repetitionPenalty.Option,
            _presencePenalty.Option,
            _frequencyPenalty.Option,
            _penaltyWindow.Option,
            _noRepeatSpan.Option,
            _maxCopy.Option,
        ];

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) => verb.Add(FlagGroup.Choice, Options);

    /// <summary>
    /// Number of characters of the longest span that may be copied from the training text; null for no limit.
    /// </summary>
    public int? MaxCopy(SettingSources sources) => _maxCopy.Resolve(sources).Value;

    /// <summary>The options; the seed and what needs the training text are left to the verb.</summary>
    /// <exception cref="SettingsException">
    /// A value cannot be used, or flags contradict each other.
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
        var options = new SamplingOptions
        {
            Temperature = isGreedyMeant ? 0 : asked.Value,
            TopK = _topK.Resolve(sources).Value,
            TopP = _topP.Resolve(sources).Value,
            MinP = _minP.Resolve(sources).Value,
            RepetitionPenalty = _repetitionPenalty.Resolve(sources).Value,
            PresencePenalty = _presencePenalty.Resolve(sources).Value,
            FrequencyPenalty = _frequencyPenalty.Resolve(sources).Value,
            PenaltyWindow = _penaltyWindow.Resolve(sources).Value,
            NoRepeatSpan = _noRepeatSpan.Resolve(sources).Value,
        };
        if (_penaltyWindow.Resolve(sources).Origin == SettingOrigin.Flag && !options.HasPenalties)
            throw new SettingsException(
                $"{_penaltyWindow.Option.Name} says what {_repetitionPenalty.Option.Name}, "
                    + $"{_presencePenalty.Option.Name} and {_frequencyPenalty.Option.Name} look at; give one of them "
                    + "too."
            );
        return options;
    }
}
