using System.CommandLine;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.TextFiles;
using CharRnn.Training;

namespace CharRnn.Cli.Flags;

/// <summary>
/// The text that a model was trained on: the files of <c>--corpus</c>, or else what the <c>config.json</c> of its run
/// names, if it is still the same.
/// </summary>
internal sealed class TrainingText(Shell shell)
{
    private readonly Option<string[]> _files = new("--corpus")
    {
        Description =
            "The text that the model was trained on; may be repeated (default: what the run's config.json names).",
        HelpName = "FILE",
    };

    private readonly LabeledColumnFlags _columns = new();
    private readonly Setting<bool> _noCache = SharedFlags.NoCache();

    /// <summary>The flag that names it.</summary>
    public Option Option => _files;

    /// <summary>All flags that say how it is read.</summary>
    public IEnumerable<Option> Options => [_files, .. _columns.Options, _noCache.Option];

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb)
    {
        verb.Add(FlagGroup.Text, _files, _noCache.Option);
        _columns.AddTo(verb);
    }

    /// <summary>Reads it.</summary>
    /// <param name="sources">The flags.</param>
    /// <param name="model">The model.</param>
    /// <param name="modelFile">Its file, from which the run is found.</param>
    /// <exception cref="SettingsException">It is not named, and the model lies in no run.</exception>
    /// <exception cref="CorpusException">It is gone, or has changed since.</exception>
    public Corpus Load(SettingSources sources, LanguageModel model, string modelFile)
    {
        using var line = new ReadingLine(shell, ProgressMode.Auto);
        var options = new CorpusOptions
        {
            Encoding = model.Vocabulary.Encoding,
            Preparation = model.Preparation,
            Cache = _noCache.Resolve(sources).Value ? null : shell.Cache.Ids,
            Progress = line,
            CancellationToken = shell.Interruption.Token,
        };
        if (sources.Parsed.GetValue(_files) is not { Length: > 0 } named)
            return LoadOfRun(sources, modelFile, options);
        var columns = _columns.Resolve(sources);
        return model.Labels.Count > 0
            ? LoadLabeled(named, columns, options, new TrainingSettings())
            : Corpus.Load(named, WithTextsOf(options, columns.AsksForTexts ? columns : null));
    }

    private Corpus LoadOfRun(SettingSources sources, string modelFile, CorpusOptions options)
    {
        var run =
            RunFolder.OfModel(modelFile)
            ?? throw new SettingsException(
                $"{modelFile} lies in no run folder, whose config.json would name the text that the model was "
                    + "trained on; name the text with --corpus."
            );
        var configuration = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        var trainedOn = configuration.Corpus;
        var corpus = trainedOn.Labels is null
            ? Read(
                trainedOn.FoundIn(run),
                run.ConfigPath,
                WithTextsOf(options, trainedOn.Table is { } table ? _columns.Resolve(sources).Or(table) : null)
            )
            : LoadLabeled(
                trainedOn.Sources,
                _columns.Resolve(sources).Or(trainedOn.LabeledSource),
                options,
                configuration.Settings
            );
        if (corpus.Sha256 == trainedOn.Sha256)
            return corpus;
        corpus.Dispose();
        throw new CorpusException(
            $"{trainedOn.Name} has changed since the model was trained on it: its SHA-256 is {corpus.Sha256}, "
                + $"and {trainedOn.Sha256} is needed ({run.ConfigPath}); name the text as it was with --corpus."
        );
    }

    private static CorpusOptions WithTextsOf(CorpusOptions options, LabeledColumns? columns)
    {
        var form = new TextForm(options.Encoding == TextEncoding.Bytes, options.Preparation.Charset, columns?.Table);
        return options with { TextsOf = path => form.TextsIn(path, _ => { }) };
    }

    private Corpus LoadLabeled(
        IReadOnlyList<string> named,
        LabeledColumns from,
        CorpusOptions options,
        TrainingSettings settings
    )
    {
        if (named.Count > 1)
            throw new SettingsException(
                $"{_files.Name} names {named.Count} data sets, and a model with labels is trained on one; name that."
            );
        var records = new LabeledData(shell).Load(
            named[0],
            from,
            options.Preparation with
            {
                Records = false,
            },
            LabeledPurpose.Learning,
            isPrinted: false
        );
        return LabeledCorpus.Of(records, settings);
    }

    private static Corpus Read(CorpusRecord trainedOn, string config, CorpusOptions options)
    {
        if (trainedOn.Sources is [var only] && !File.Exists(only) && EmbeddedDatasets.Find(only) is { } embedded)
            return Corpus.FromText(embedded.Name, embedded.ReadText(), options);
        string? gone = trainedOn.Sources.FirstOrDefault(source => !File.Exists(source));
        return gone is null
            ? Corpus.LoadFiles(trainedOn.Name, trainedOn.Sources, options)
            : throw new CorpusException(
                $"{gone}, which {config} names as what the model was trained on, is not there; name the text with "
                    + "--corpus."
            );
    }
}
