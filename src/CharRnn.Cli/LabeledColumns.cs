using System.CommandLine;
using CharRnn.Cli.Settings;

namespace CharRnn.Cli;

/// <summary>Which columns of a table hold texts and labels; null where the usual names say so.</summary>
/// <param name="Text">The text's column.</param>
/// <param name="Label">The label's column.</param>
internal sealed record LabeledColumns(SettingValue<string?> Text, SettingValue<string?> Label)
{
    /// <summary>Those of a run that goes on, where no others are asked for.</summary>
    /// <param name="text">The text's column; null where the usual names said so.</param>
    /// <param name="label">The label's column.</param>
    public LabeledColumns Or(string? text, string? label) =>
        new(
            Text.IsExplicit ? Text : new(text, SettingOrigin.Default),
            Label.IsExplicit ? Label : new(label, SettingOrigin.Default)
        );

    /// <summary>Refuses flags for columns where the data have none.</summary>
    /// <param name="found">What the data are instead.</param>
    /// <exception cref="SettingsException">One of them was given.</exception>
    public void RefuseFor(string found)
    {
        string? given =
            Text.Origin == SettingOrigin.Flag ? LabeledColumnFlags.TextFlag
            : Label.Origin == SettingOrigin.Flag ? LabeledColumnFlags.LabelFlag
            : null;
        if (given is not null)
            throw new SettingsException($"{given} is for a .tsv or .csv file, and {found}; leave it out.");
    }
}

/// <summary><c>--text-column</c> and <c>--label-column</c>.</summary>
internal sealed class LabeledColumnFlags
{
    public const string TextFlag = "--text-column",
        LabelFlag = "--label-column";

    private readonly Setting<string?> _text = new(
        TextFlag,
        "The column of a .tsv or .csv file that holds the texts (default: text or name).",
        null,
        value => value,
        "COLUMN"
    );
    private readonly Setting<string?> _label = new(
        LabelFlag,
        "The column that holds the labels (default: label, category, class or language).",
        null,
        value => value,
        "COLUMN"
    );

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(_text.Option);
        verb.Add(_label.Option);
    }

    /// <summary>What was asked for.</summary>
    public LabeledColumns Resolve(SettingSources sources) => new(_text.Resolve(sources), _label.Resolve(sources));
}
