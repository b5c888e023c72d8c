using System.CommandLine;
using System.CommandLine.Completions;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;
using CharRnn.Training;

namespace CharRnn.Cli.Flags;

/// <summary>
/// <c>DATA</c> with its <c>--text-column</c>, <c>--label-column</c>, <c>--normalize</c> and <c>--fold</c>: labelled
/// texts (<see cref="LabeledData"/>); none means the embedded set.
/// </summary>
internal sealed class LabeledArgument(Shell shell)
{
    private readonly Argument<string?> _data = new("DATA")
    {
        Description =
            "A folder with one file for each label and one text a line, a .tsv or .csv file with a header, "
            + $"or a name from 'charrnn data list' (default: {EmbeddedDatasets.Names.Name}).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly LabeledColumnFlags _columns = new();
    private readonly PreparationFlags _preparation = new(areForShortTexts: true);

    /// <summary>Gives the verb the argument and its flags.</summary>
    public void AddTo(VerbCommand verb)
    {
        _data.CompletionSources.Add(_ => CorpusNames.All(shell).Select(name => new CompletionItem(name)));
        verb.Add(_data);
        _columns.AddTo(verb);
        _preparation.AddTo(verb);
    }

    /// <summary>The name of the data.</summary>
    public string NameOf(SettingSources sources) => LabeledData.NameOf(NamedIn(sources));

    /// <summary>Reads the named data; a summary goes to standard error.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="mode">Display of progress.</param>
    /// <exception cref="CorpusException">It is not there, or is not such data.</exception>
    /// <exception cref="SettingsException">A flag does not go with it.</exception>
    public LabeledRecords Load(
        SettingSources sources,
        ProgressMode mode = ProgressMode.Auto,
        LabeledPurpose purpose = LabeledPurpose.Learning
    ) => Load(NamedIn(sources), _columns.Resolve(sources), _preparation.Resolve(sources), mode, purpose);

    /// <summary>Reads other data, prepared as those of the run were; their columns are found as those were.</summary>
    /// <param name="named">The data.</param>
    /// <param name="sources">The command line.</param>
    /// <param name="prepared">Preparation of the run's texts.</param>
    /// <param name="again">The data as they were read before; null the first time.</param>
    /// <exception cref="CorpusException">They are not there, or are not such data.</exception>
    public LabeledRecords LoadBeside(
        string named,
        SettingSources sources,
        TextPreparation prepared,
        LabeledDataRecord? again = null
    )
    {
        var columns = _columns.Resolve(sources).Or(again?.Source?.TextColumn, again?.Source?.LabelColumn);
        return Load(named, columns, prepared, ProgressMode.Auto, LabeledPurpose.Scoring);
    }

    /// <summary>
    /// Reads the data of a run that goes on, prepared as they were: what is named now, or else what the run was trained
    /// on.
    /// </summary>
    /// <inheritdoc cref="Load(SettingSources, ProgressMode)"/>
    public LabeledRecords LoadAgain(
        SettingSources sources,
        LabeledDataRecord trainedOn,
        LabeledPurpose purpose = LabeledPurpose.Learning,
        ProgressMode mode = ProgressMode.Auto
    )
    {
        var prepared = _preparation.ResolveAgain(sources, trainedOn.Preparation);
        if (NamedIn(sources) is not null || trainedOn.Source is not { } source)
            return Load(NamedIn(sources), _columns.Resolve(sources), prepared, mode, purpose);
        return Load(
            source.Named,
            _columns.Resolve(sources).Or(source.TextColumn, source.LabelColumn),
            prepared,
            mode,
            purpose
        );
    }

    private LabeledRecords Load(
        string? named,
        LabeledColumns from,
        TextPreparation prepared,
        ProgressMode mode,
        LabeledPurpose purpose
    ) => new LabeledData(shell).Load(named, from, prepared, purpose, mode);

    private string? NamedIn(SettingSources sources) => sources.Parsed.GetValue(_data);
}

/// <summary>Columns of a table that hold texts and labels; null for a column of a default name.</summary>
/// <param name="Text">The text's column.</param>
/// <param name="Label">The label's column.</param>
internal sealed record LabeledColumns(SettingValue<string?> Text, SettingValue<string?> Label)
{
    /// <summary>Those of a run that goes on, where no others are asked for.</summary>
    /// <param name="text">The text's column; null where it was found by a default name.</param>
    /// <param name="label">The label's column.</param>
    public LabeledColumns Or(string? text, string? label) =>
        new(
            Text.IsExplicit ? Text : new(text, SettingOrigin.Default),
            Label.IsExplicit ? Label : new(label, SettingOrigin.Default)
        );

    /// <summary>Refuses flags for columns where the data have none.</summary>
    /// <param name="found">Kind of the data instead.</param>
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
    public void AddTo(VerbCommand verb) => verb.Add(FlagGroup.Labels, _text.Option, _label.Option);

    /// <summary>The columns asked for.</summary>
    public LabeledColumns Resolve(SettingSources sources) => new(_text.Resolve(sources), _label.Resolve(sources));
}
