using System.CommandLine;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.Settings;
using CharRnn.Corpora;
using CharRnn.Records;

namespace CharRnn.Cli;

/// <summary><c>DATA</c> with its <c>--text-column</c>, <c>--label-column</c>, <c>--normalize</c> and <c>--fold</c>: labelled texts (<see cref="LabelledData"/>); none means the embedded set.</summary>
internal sealed class LabelledArgument(Shell shell)
{
    private readonly Argument<string?> data = new("DATA")
    {
        Description = $"A folder with one file for each label and one text a line, a .tsv or .csv file with a header, or a name from 'charrnn data list' (default: {EmbeddedCorpora.Names.Name}).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly LabelledColumnFlags columns = new();
    private readonly PreparationFlags preparation = new(areForShortTexts: true);

    /// <summary>Gives the verb the argument and its flags.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(data);
        columns.AddTo(verb);
        preparation.AddTo(verb);
    }

    /// <summary>What was named; null where nothing was.</summary>
    public string? NamedIn(SettingSources sources) => sources.Parsed.GetValue(data);

    /// <summary>Reads what was named; what was found in it goes to standard error.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="purpose">What the records are for.</param>
    /// <param name="mode">How progress is shown.</param>
    /// <exception cref="CorpusException">It is not there, or is not such data.</exception>
    /// <exception cref="SettingsException">A flag does not go with it.</exception>
    public LabelledRecords Load(SettingSources sources, LabelledPurpose purpose = LabelledPurpose.Learning, ProgressMode mode = ProgressMode.Auto) =>
        new LabelledData(shell).Load(NamedIn(sources), columns.Resolve(sources), preparation.Resolve(sources), purpose, mode);
}
