using System.CommandLine;
using CharRnn.Cli.Commands;
using CharRnn.Cli.TextFiles;
using CharRnn.Datasets;

namespace CharRnn.Cli.Flags;

/// <summary>Which columns of a table hold texts and labels, and how it is written.</summary>
/// <param name="Text">The text's column; null for a column of a default name.</param>
/// <param name="Label">The label's column.</param>
/// <param name="Delimiter">What stands between fields; null for what the file says.</param>
/// <param name="NoHeader">Whether the first row is data too.</param>
internal sealed record LabeledColumns(
    SettingValue<string?> Text,
    SettingValue<string?> Label,
    SettingValue<char?> Delimiter,
    SettingValue<bool> NoHeader
)
{
    /// <summary>The table's columns.</summary>
    public TableColumns Table => new(Text.Value, Label.Value, new TableForm(Delimiter.Value, !NoHeader.Value));

    /// <summary>Whether a file is a table whatever its extension.</summary>
    public bool SaysTable => Delimiter.Value is not null || NoHeader.Value;

    /// <summary>Whether the texts of a table's column are asked for.</summary>
    public bool AsksForTexts =>
        Text.Origin == SettingOrigin.Flag
        || Delimiter.Origin == SettingOrigin.Flag
        || NoHeader is { Origin: SettingOrigin.Flag, Value: true };

    /// <summary>Those of a run that goes on, where no others are asked for.</summary>
    /// <param name="source">What the run's texts were read from; null where that is no table.</param>
    public LabeledColumns Or(RecordSource? source) =>
        new(
            Text.IsExplicit ? Text : new(source?.TextColumn, SettingOrigin.Default),
            Label.IsExplicit ? Label : new(source?.LabelColumn, SettingOrigin.Default),
            Delimiter.IsExplicit ? Delimiter : new(source?.Delimiter?[0], SettingOrigin.Default),
            NoHeader.IsExplicit ? NoHeader : new(source?.NoHeader ?? false, SettingOrigin.Default)
        );

    /// <summary>What a run keeps, to read a table again.</summary>
    public RecordSource SourceOf(string path) =>
        new(Path.GetFullPath(path), Text.Value, Label.Value)
        {
            Delimiter = Delimiter.Value?.ToString(),
            NoHeader = NoHeader.Value,
        };

    /// <summary>Refuses flags for columns where the data have none.</summary>
    /// <param name="found">What the data are instead.</param>
    /// <exception cref="SettingsException">One of them was given.</exception>
    public void RefuseFor(string found)
    {
        string? given =
            Text.Origin == SettingOrigin.Flag ? LabeledColumnFlags.TextFlag
            : Label.Origin == SettingOrigin.Flag ? LabeledColumnFlags.LabelFlag
            : Delimiter.Origin == SettingOrigin.Flag ? LabeledColumnFlags.DelimiterFlag
            : NoHeader.Origin == SettingOrigin.Flag ? LabeledColumnFlags.NoHeaderFlag
            : null;
        if (given is not null)
            throw new SettingsException($"{given} is for a .tsv or .csv file, and {found}; leave it out.");
    }
}

/// <summary><c>--text-column</c>, <c>--label-column</c>, <c>--delimiter</c> and <c>--no-header</c>.</summary>
internal sealed class LabeledColumnFlags
{
    public const string TextFlag = "--text-column",
        LabelFlag = "--label-column",
        DelimiterFlag = "--delimiter",
        NoHeaderFlag = "--no-header";

    private const char LastAscii = '\x7F';

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
    private readonly Setting<char?> _delimiter = new(
        DelimiterFlag,
        "What stands between a table's fields: a character, or tab (default: a tab in a .tsv file, a comma or else a "
            + "semicolon in a .csv file).",
        null,
        ParseDelimiter,
        "C"
    );
    private readonly Setting<bool> _noHeader = Setting.Switch(
        NoHeaderFlag,
        "A table's first row is data too; columns are called by their numbers, and the first holds texts, the second "
            + "labels, unless others are named."
    );

    /// <summary>The flags.</summary>
    public IEnumerable<Option> Options => [_text.Option, _label.Option, _delimiter.Option, _noHeader.Option];

    /// <summary>Gives the verb the flags.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="hasLabels">Whether there are labels too.</param>
    public void AddTo(VerbCommand verb, bool hasLabels = true)
    {
        verb.Add(FlagGroup.Text, _text.Option, _delimiter.Option, _noHeader.Option);
        if (hasLabels)
            verb.Add(FlagGroup.Labels, _label.Option);
    }

    /// <summary>The columns asked for.</summary>
    public LabeledColumns Resolve(SettingSources sources) =>
        new(_text.Resolve(sources), _label.Resolve(sources), _delimiter.Resolve(sources), _noHeader.Resolve(sources));

    private static char? ParseDelimiter(string text) =>
        text switch
        {
            "tab" or "\\t" => '\t',
            "comma" => ',',
            "semicolon" => ';',
            "space" => ' ',
            [not ('"' or '\r' or '\n') and <= LastAscii and var one] => one,
            _ => throw new FormatException("one ASCII character, or tab"),
        };
}
