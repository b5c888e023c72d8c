using System.CommandLine;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.Settings;
using CharRnn.Training;

namespace CharRnn.Cli;

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
    public void AddTo(Command verb)
    {
        verb.Add(_data);
        _columns.AddTo(verb);
        _preparation.AddTo(verb);
    }

    /// <summary>The name of what was named.</summary>
    public string NameOf(SettingSources sources) => LabeledData.NameOf(NamedIn(sources));

    /// <summary>Reads what was named; what was found in it goes to standard error.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="mode">How progress is shown.</param>
    /// <exception cref="CorpusException">It is not there, or is not such data.</exception>
    /// <exception cref="SettingsException">A flag does not go with it.</exception>
    public LabeledRecords Load(SettingSources sources, ProgressMode mode = ProgressMode.Auto) =>
        Load(NamedIn(sources), _columns.Resolve(sources), _preparation.Resolve(sources), mode);

    /// <summary>
    /// Reads the data of a run that goes on, prepared as they were: what is named now, or else what the run was trained
    /// on.
    /// </summary>
    /// <inheritdoc cref="Load(SettingSources, ProgressMode)"/>
    public LabeledRecords LoadAgain(SettingSources sources, LabeledDataRecord trainedOn)
    {
        var prepared = _preparation.ResolveAgain(sources, trainedOn.Preparation);
        if (NamedIn(sources) is not null || trainedOn.Source is not { } source)
            return Load(NamedIn(sources), _columns.Resolve(sources), prepared, ProgressMode.Auto);
        return Load(
            source.Named,
            _columns.Resolve(sources).Or(source.TextColumn, source.LabelColumn),
            prepared,
            ProgressMode.Auto
        );
    }

    private LabeledRecords Load(string? named, LabeledColumns from, TextPreparation prepared, ProgressMode mode) =>
        new LabeledData(shell).Load(named, from, prepared, LabeledPurpose.Learning, mode);

    private string? NamedIn(SettingSources sources) => sources.Parsed.GetValue(_data);
}
