using System.CommandLine;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;
using CharRnn.Networks;

namespace CharRnn.Cli.Flags;

/// <summary>
/// Preparation of a text before training: <c>--normalize</c>, <c>--fold</c>, <c>--records</c> and the others.
/// </summary>
internal sealed class PreparationFlags
{
    private readonly List<Flag> _flags = [];

    /// <param name="areForShortTexts">
    /// Only those that are for any text (<c>--normalize</c>, <c>--fold</c>, <c>--fold-case</c>), and none that are for a
    /// whole one.
    /// </param>
    public PreparationFlags(bool areForShortTexts = false)
    {
        Add(
            new Setting<Normalization>(
                "--normalize",
                "Spelling of characters that can be spelt in several ways: as it is, composed (nfc), or "
                    + "composed and without variants such as ligatures (nfkc) (default: none).",
                default,
                text =>
                    SettingParser.Choice(
                        text,
                        ("nfc", Normalization.Nfc),
                        ("nfkc", Normalization.Nfkc),
                        ("none", Normalization.None)
                    ),
                "nfc|nfkc|none"
            ),
            (p, v) => p with { Normalize = v }
        );
        Add(
            new Setting<Folding>(
                "--fold",
                "Bring letters, quotes, dashes and spaces to ASCII where they have an ASCII form; what has none "
                    + "stays (default: none).",
                default,
                text => SettingParser.Choice(text, ("ascii", Folding.Ascii), ("none", Folding.None)),
                "ascii|none"
            ),
            (p, v) => p with { Fold = v }
        );
        Add(
            Setting.Switch(
                "--fold-case",
                "Make capitals small letters, so that Rose and rose are one word; samples have none then."
            ),
            (p, v) => p with { FoldCase = v }
        );
        if (areForShortTexts)
            return;
        Add(
            Setting.Switch("--unique-lines", "Leave out lines that are equal to an earlier one."),
            (p, v) => p with { UniqueLines = v }
        );
        Add(
            new Setting<int>(
                "--min-count",
                "Characters that come fewer times than this become one unknown symbol (default: 1, none).",
                1,
                text => SettingParser.Integer(text, 1, int.MaxValue),
                "N"
            ),
            (p, v) => p with { MinCount = v }
        );
        Add(
            new Setting<long>(
                "--skip-chars",
                "Characters left out at the text's beginning (default: 0).",
                0L,
                text => SettingParser.LongInteger(text, 0, long.MaxValue),
                "N"
            ),
            (p, v) => p with { SkipChars = v }
        );
        Add(
            new Setting<long?>(
                "--max-chars",
                "The most characters that are used after those (default: all).",
                (long?)null,
                text => SettingParser.LongInteger(text, 1, long.MaxValue),
                "N"
            ),
            (p, v) => p with { MaxChars = v }
        );
        Add(
            Setting.Switch(
                "--records",
                "Each line is a short text of its own: the network starts afresh at each, and learns where it ends."
            ),
            (p, v) => p with { Records = v }
        );
        Add(
            Setting.Switch("--join-files", "Read several files as one text, without a boundary between them."),
            (p, v) => p with { JoinFiles = v }
        );
    }

    private abstract class Flag(Option option)
    {
        public Option Option => option;

        /// <summary>
        /// The preparation with the flag's value; as it is where only flags count and it was not given.
        /// </summary>
        public abstract TextPreparation Apply(TextPreparation preparation, SettingSources sources, bool fromFlagsAlone);
    }

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) => _flags.ForEach(flag => verb.Add(FlagGroup.Text, flag.Option));

    /// <summary>The preparation asked for.</summary>
    /// <exception cref="SettingsException">A value cannot be used.</exception>
    public TextPreparation Resolve(SettingSources sources) =>
        _flags.Aggregate(
            new TextPreparation(),
            (preparation, flag) => flag.Apply(preparation, sources, fromFlagsAlone: false)
        );

    /// <summary>The preparation of a run that is resumed.</summary>
    /// <exception cref="SettingsException">A flag asks for something else; it is named.</exception>
    public TextPreparation ResolveAgain(SettingSources sources, TextPreparation trained)
    {
        foreach (var flag in _flags)
        {
            if (flag.Apply(trained, sources, fromFlagsAlone: true) != trained)
                throw new SettingsException(
                    $"{flag.Option.Name} differs from the run that is resumed; leave it out, or start a new run."
                );
        }

        return trained;
    }

    private void Add<T>(Setting<T> setting, Func<TextPreparation, T, TextPreparation> change) =>
        _flags.Add(new Flag<T>(setting, change));

    private sealed class Flag<T>(Setting<T> setting, Func<TextPreparation, T, TextPreparation> change)
        : Flag(setting.Option)
    {
        public override TextPreparation Apply(TextPreparation preparation, SettingSources sources, bool fromFlagsAlone)
        {
            var (value, origin) = setting.Resolve(sources);
            return fromFlagsAlone && origin != SettingOrigin.Flag ? preparation : change(preparation, value);
        }
    }
}
