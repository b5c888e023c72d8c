using System.CommandLine;
using System.CommandLine.Completions;
using CharRnn.Cli.Commands;
using CharRnn.Training;

namespace CharRnn.Cli.Flags;

/// <summary>
/// <c>DATA</c> with the flags of its columns (<see cref="LabeledColumnFlags"/>), <c>--encoding</c> and what is done to
/// texts: labelled texts (<see cref="LabeledData"/>); none means the embedded set.
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
    private readonly EncodingFlag _encoding = new(isForCharacters: true);
    private readonly PreparationFlags _preparation = new(areForShortTexts: true);

    /// <summary>Gives the verb the argument and its flags.</summary>
    public void AddTo(VerbCommand verb)
    {
        _data.CompletionSources.Add(_ => CorpusNames.All(shell).Select(name => new CompletionItem(name)));
        verb.Add(_data);
        _columns.AddTo(verb);
        verb.Add(FlagGroup.Text, _encoding.Option);
        _preparation.AddTo(verb);
    }

    /// <summary>The name of the data.</summary>
    public string NameOf(SettingSources sources) => LabeledData.NameOf(NamedIn(sources));

    /// <summary>Reads the named data; a summary goes to standard error.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="isPrinted">Whether a summary is printed.</param>
    /// <exception cref="CorpusException">It is not there, or is not such data.</exception>
    /// <exception cref="SettingsException">A flag does not go with it.</exception>
    public LabeledRecords Load(
        SettingSources sources,
        bool isPrinted = true,
        LabeledPurpose purpose = LabeledPurpose.Learning
    ) => Load(NamedIn(sources), _columns.Resolve(sources), Prepared(sources), purpose, isPrinted);

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
        var columns = _columns.Resolve(sources);
        return Load(
            named,
            again?.Source is { } source ? columns.Or(source) : columns,
            prepared,
            LabeledPurpose.Scoring
        );
    }

    /// <summary>
    /// Reads the data of a run that goes on, prepared as they were: what is named now, or else what the run was trained
    /// on.
    /// </summary>
    /// <inheritdoc cref="Load(SettingSources, bool, LabeledPurpose)"/>
    public LabeledRecords LoadAgain(
        SettingSources sources,
        LabeledDataRecord trainedOn,
        LabeledPurpose purpose = LabeledPurpose.Learning,
        bool isPrinted = true
    )
    {
        var prepared = _preparation.ResolveAgain(sources, trainedOn.Preparation) with
        {
            Charset = _encoding.CharsetOr(trainedOn.Preparation.Charset, sources),
        };
        if (NamedIn(sources) is not null || trainedOn.Source is not { } source)
            return Load(NamedIn(sources), _columns.Resolve(sources), prepared, purpose, isPrinted);
        MovedText.RequireThere([source.Named], "name where it is now before --resume");
        return Load(source.Named, _columns.Resolve(sources).Or(source), prepared, purpose, isPrinted);
    }

    private LabeledRecords Load(
        string? named,
        LabeledColumns from,
        TextPreparation prepared,
        LabeledPurpose purpose,
        bool isPrinted = true
    ) => new LabeledData(shell).Load(named, from, prepared, purpose, isPrinted);

    private TextPreparation Prepared(SettingSources sources) =>
        _preparation.Resolve(sources) with
        {
            Charset = _encoding.Resolve(sources).Value.Charset,
        };

    private string? NamedIn(SettingSources sources) => sources.Parsed.GetValue(_data);
}
