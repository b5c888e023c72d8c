using System.CommandLine;
using CharRnn.Cli.Flags;

namespace CharRnn.Cli.Commands;

/// <summary>Bounds of the length of texts.</summary>
/// <param name="MaxWritten">Max characters after the prompt; 0 for no limit.</param>
/// <param name="Min">Min characters, prompt included.</param>
/// <param name="Max">Max characters, prompt included; null for no limit.</param>
internal sealed record LengthBounds(long MaxWritten, int Min, long? Max)
{
    /// <summary>Max characters after some prompt; 0 for no limit.</summary>
    public long MaxOfAll =>
        Max is not { } max ? MaxWritten
        : MaxWritten == 0 ? max
        : Math.Min(MaxWritten, max);

    /// <summary>Max characters after a prompt; null for no limit.</summary>
    public long? After(int[] prompt)
    {
        long max = Math.Min(MaxWritten == 0 ? long.MaxValue : MaxWritten, (Max - prompt.Length) ?? long.MaxValue);
        return max == long.MaxValue ? null : max;
    }
}

/// <summary><c>--length</c>, <c>--min-length</c> and <c>--max-length</c> of <c>charrnn sample</c>.</summary>
internal sealed class LengthFlags
{
    private const int DefaultLength = 500;

    private readonly Setting<long> _length = new(
        "--length",
        $"Number of characters to write after the prompt; 0 to go on until stopped (default: {DefaultLength}).",
        DefaultLength,
        text => SettingParser.LongInteger(text, 0, long.MaxValue),
        "CHARS"
    );
    private readonly Setting<int> _min = new(
        "--min-length",
        "Let no record, and no text that --stop ends, have fewer characters than this, its prompt included.",
        0,
        text => SettingParser.Integer(text, 1, int.MaxValue),
        "CHARS"
    );
    private readonly Setting<long?> _max = new(
        "--max-length",
        "End a text when it has this many characters, its prompt included.",
        null,
        text => SettingParser.LongInteger(text, 1, long.MaxValue),
        "CHARS"
    );

    public LengthFlags() => _length.Option.Aliases.Add("-n");

    /// <summary>The flag for the number of characters after the prompt.</summary>
    public Option Length => _length.Option;

    /// <summary>The flags for bounds of a whole text.</summary>
    public Option[] Bounds => [_min.Option, _max.Option];

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) => verb.Add(FlagGroup.General, _length.Option, _min.Option, _max.Option);

    /// <summary>The bounds that are asked for.</summary>
    /// <exception cref="SettingsException">They contradict each other.</exception>
    public LengthBounds Resolve(SettingSources sources)
    {
        var (length, min, max) = (_length.Resolve(sources), _min.Resolve(sources).Value, _max.Resolve(sources).Value);
        if (min > max)
            throw new SettingsException(
                $"{_min.Option.Name} is {min}, and {_max.Option.Name} is {max}; no text has both lengths."
            );
        long written =
            length.IsExplicit ? length.Value
            : max is not null ? 0
            : Math.Max(length.Value, min);
        return new LengthBounds(written, min, max);
    }

    /// <summary>Refuses bounds that some prompt cannot keep, or that nothing comes of.</summary>
    /// <param name="bounds">The bounds.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="canEnd">Whether texts may end before their length.</param>
    /// <exception cref="SettingsException">The bounds cannot be kept.</exception>
    public void Require(LengthBounds bounds, IReadOnlyList<int[]> prompts, bool canEnd)
    {
        if (bounds.Min > 0 && !canEnd)
            throw new SettingsException(
                $"{_min.Option.Name} says before which length no text may end, and nothing but its length ends a text "
                    + "of this model; leave it out, or give --stop."
            );
        foreach (int[] prompt in prompts)
        {
            if (prompt.Length >= bounds.Max)
                throw new SettingsException(
                    $"a prompt has {prompt.Length} characters, and {_max.Option.Name} is {bounds.Max}, its prompt "
                        + "included, which leaves nothing to write; give a higher one."
                );
            if (bounds.MaxWritten > 0 && prompt.Length + bounds.MaxWritten < bounds.Min)
                throw new SettingsException(
                    $"{_min.Option.Name} is {bounds.Min}, and {_length.Option.Name} ends a text after "
                        + $"{bounds.MaxWritten}; give a higher {_length.Option.Name}."
                );
        }
    }
}
