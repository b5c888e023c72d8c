using System.CommandLine;
using System.CommandLine.Completions;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.TextFiles;
using CharRnn.Datasets;
using CharRnn.Training;

namespace CharRnn.Cli.Flags;

/// <summary>
/// <c>CORPUS…</c> with its <c>--include</c>, <c>--encoding</c>, <c>--no-cache</c> and the text's preparation
/// (<see cref="PreparationFlags"/>): files, folders, or names from <c>data list</c>; none means the embedded corpus. A
/// file or folder of that name in the working folder comes before a name.
/// </summary>
internal sealed class CorpusArgument(Shell shell)
{
    private readonly Argument<string[]> _argument = new("CORPUS")
    {
        Description =
            $"Files, folders, names from 'charrnn data list', or - for standard input (default: {EmbeddedDatasets.All[0].Name}).",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Setting<IReadOnlyList<string>> _include = Include();

    private readonly EncodingFlag _encoding = new();
    private readonly NamedTexts _named = new(shell);
    private readonly PreparationFlags _preparation = new();
    private readonly LabeledColumnFlags _columns = new();
    private readonly Setting<bool> _noCache = SharedFlags.NoCache();

    /// <summary>Whether nothing is kept of a large text, as with <c>--no-cache</c>.</summary>
    public bool KeepsNothing { get; set; }

    /// <summary><c>--include</c>.</summary>
    public static Setting<IReadOnlyList<string>> Include() =>
        Setting.List(
            "--include",
            "Which files of a folder are read; may be repeated (default: *.txt).",
            new CorpusOptions().Include,
            "GLOB"
        );

    /// <summary>Gives the verb the argument and its flags.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="hasLabels">Whether CORPUS may be labelled records.</param>
    public void AddTo(VerbCommand verb, bool hasLabels = false)
    {
        _argument.CompletionSources.Add(_ => CorpusNames.All(shell).Select(name => new CompletionItem(name)));
        verb.Add(_argument);
        verb.Add(FlagGroup.Text, _include.Option, _encoding.Option);
        _preparation.AddTo(verb);
        verb.Add(FlagGroup.Text, _noCache.Option);
        _columns.AddTo(verb, hasLabels);
    }

    /// <summary>Reads the named text; progress and hints go to standard error.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="mode">Display of progress.</param>
    /// <param name="vocabulary">
    /// Vocabulary to read it with, after its hints were printed; null for the text's own symbols.
    /// </param>
    /// <exception cref="CorpusException">It is not there, or cannot be learnt from.</exception>
    public Corpus Load(SettingSources sources, ProgressMode mode, Vocabulary? vocabulary = null) =>
        Load(
            NamedIn(sources),
            OptionsOf(sources, _encoding.Resolve(sources).Value.Unit, PreparationOf(sources), ColumnsOf(sources)) with
            {
                Vocabulary = vocabulary,
            },
            mode
        );

    /// <summary>
    /// Reads one more file as CORPUS is read, but whole: flags that cut CORPUS or drop some of it do not apply.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="sources">The command line.</param>
    /// <param name="trainedOn">Record of how it was read before, where a run goes on; null for a new run.</param>
    /// <param name="mode">Display of progress.</param>
    /// <param name="vocabulary">
    /// Vocabulary to read it with, after its hints were printed; null for the file's own symbols.
    /// </param>
    /// <exception cref="CorpusException">It is not there, or cannot be learnt from.</exception>
    public Corpus LoadFile(
        string path,
        SettingSources sources,
        CorpusRecord? trainedOn,
        ProgressMode mode,
        Vocabulary? vocabulary
    )
    {
        var meant = trainedOn is null ? _encoding.Resolve(sources).Value.Unit : EncodingOf(trainedOn);
        var prepared = trainedOn?.Preparation ?? PreparationOf(sources).ForOtherTexts();
        var columns = trainedOn is null ? ColumnsOf(sources) : _columns.Resolve(sources).Or(trainedOn.Table);
        bool isTable = Table.Is(path) && (trainedOn is null ? columns is not null : trainedOn.Table is not null);
        using var line = new ReadingLine(shell, mode);
        var corpus = Corpus.LoadFiles(
            Corpus.NameOf([path]),
            [path],
            OptionsOf(sources, meant, prepared, isTable ? columns : null, isQuiet: vocabulary is null) with
            {
                Vocabulary = vocabulary,
                Progress = line,
            }
        );
        if (vocabulary is not null)
            line.Print(corpus.Notes, corpus.Hints, corpus.Storage);
        return corpus;
    }

    /// <summary>Names the flags given by hand that make no difference to what is read.</summary>
    public void SayWithoutEffect(SettingSources sources)
    {
        string[] named = NamedIn(sources);
        bool hasFolder = named.Any(Directory.Exists);
        if (sources.IsGiven(_include.Option) && !hasFolder)
            shell.Terminal.Note($"{_include.Option.Name} has no effect without a folder.");
        if (sources.IsGiven("--join-files") && named.Length < 2 && !hasFolder)
            shell.Terminal.Note("--join-files has no effect on one file.");
    }

    /// <summary>
    /// The name of the corpus that <see cref="Load(SettingSources, ProgressMode, Vocabulary?)"/> reads.
    /// </summary>
    /// <exception cref="CorpusException">It is not there.</exception>
    public string NameOf(SettingSources sources) =>
        NamedTexts.EmbeddedAmong(NamedIn(sources)) is { } embedded ? embedded.Name
        : NamedIn(sources) is [var only] && StreamedText.Is(only) ? StreamedText.Name
        : Corpus.NameOf([.. NamedIn(sources).Select(_named.PathOf)]);

    private Corpus Load(string[] named, CorpusOptions options, ProgressMode mode)
    {
        string[] paths = NamedTexts.EmbeddedAmong(named) is null ? [.. named.Select(_named.PathOf)] : [];
        using var line = new ReadingLine(shell, mode);
        options = options with { Progress = line };
        var corpus =
            NamedTexts.EmbeddedAmong(named) is { } embedded
                ? Corpus.FromText(embedded.Name, embedded.ReadText(), WithoutFiles(options))
            : named is [var only] && StreamedText.Is(only) ? Corpus.LoadFiles(StreamedText.Name, paths, options)
            : Corpus.Load(paths, options);
        if (options.Vocabulary is null)
        {
            line.Print(corpus.Notes, corpus.Hints, corpus.Storage);
            HintAtTables(paths, options);
        }
        return corpus;
    }

    /// <summary>
    /// Puts a text that came by standard input or a pipe into the folder of the run that learns it, so that the run can
    /// be resumed.
    /// </summary>
    public void Keep(Corpus corpus, RunFolder run)
    {
        if (_named.OnlyStreamed is not { } streamed)
            return;
        streamed.MoveTo(run.TextPath);
        corpus.Sources = [streamed.FilePath];
        shell.Terminal.Note($"the text that was read is kept as {run.TextPath}; the run resumes with it.");
    }

    /// <summary>Deletes what was read of standard input and pipes, and not kept.</summary>
    public void Forget() => _named.Forget();

    private void HintAtTables(string[] paths, CorpusOptions options)
    {
        if (options.Table is null && Array.Find(paths, path => Table.Is(path) && File.Exists(path)) is { } table)
            shell.Terminal.Hint(
                $"{CorpusFiles.Display(table)} is read as text as it stands, header and all; "
                    + $"{LabeledColumnFlags.TextFlag} COLUMN takes the texts of one of its columns instead."
            );
    }

    /// <summary>Reads the text of a run that is resumed: the named one, or else the one that it was trained on.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="trainedOn">Record of the text that the run was trained on.</param>
    /// <param name="mode">Display of progress.</param>
    /// <param name="vocabulary">Vocabulary to read it with; null for the text's own symbols.</param>
    /// <exception cref="CorpusException">It is no longer there.</exception>
    public Corpus LoadAgain(
        SettingSources sources,
        CorpusRecord trainedOn,
        ProgressMode mode,
        Vocabulary? vocabulary = null
    )
    {
        var trained = new TextUnit(EncodingOf(trainedOn), trainedOn.Preparation.Charset);
        if (_encoding.Resolve(sources) is { Origin: SettingOrigin.Flag } wanted && wanted.Value != trained)
            throw new SettingsException(
                $"{_encoding.Option.Name} differs from the run that is resumed, which has "
                    + $"{trained.Charset ?? trainedOn.Encoding}; leave it out, or start a new run."
            );
        var columns = trainedOn.Table is { } table ? _columns.Resolve(sources).Or(table) : null;
        var options = OptionsOf(
            sources,
            trained.Unit,
            _preparation.ResolveAgain(sources, trainedOn.Preparation),
            columns,
            isQuiet: true
        ) with
        {
            Vocabulary = vocabulary,
        };
        if (NamedIn(sources) is { Length: > 0 } named)
            return Load(named, options, mode);
        using var line = new ReadingLine(shell, mode);
        return NamedTexts.EmbeddedAmong([.. trainedOn.Sources]) is { } embedded
            ? Corpus.FromText(embedded.Name, embedded.ReadText(), WithoutFiles(options))
            : Corpus.LoadFiles(
                trainedOn.Name,
                MovedText.RequireThere(trainedOn.Sources, "name where it is now before --resume"),
                options with
                {
                    Progress = line,
                }
            );
    }

    private static TextEncoding EncodingOf(CorpusRecord record) =>
        record.Encoding == "bytes" ? TextEncoding.Bytes : TextEncoding.Utf8;

    /// <summary>The named corpora; empty for the embedded one.</summary>
    public string[] NamedIn(SettingSources sources) => sources.Parsed.GetValue(_argument) ?? [];

    /// <summary>The preparation of the text of a new or resumed run.</summary>
    /// <param name="sources">The command line.</param>
    /// <param name="trained">Preparation of the text when the run began; null for a new run.</param>
    /// <exception cref="SettingsException">A flag asks for something else than the run has.</exception>
    public TextPreparation PreparationOf(SettingSources sources, TextPreparation? trained = null) =>
        trained is null
            ? _preparation.Resolve(sources) with
            {
                Charset = _encoding.Resolve(sources).Value.Charset,
            }
            : _preparation.ResolveAgain(sources, trained);

    /// <summary>Refuses bytes beside a flag for records of characters.</summary>
    /// <exception cref="SettingsException">They are asked for.</exception>
    public void RequireCharacters(SettingSources sources, Option records)
    {
        if (_encoding.Resolve(sources) is { Origin: SettingOrigin.Flag, Value.Unit: TextEncoding.Bytes })
            throw new SettingsException(
                $"{_encoding.Option.Name} does not go with {records.Name} where it is bytes, since records are read as "
                    + "characters; leave one of them out."
            );
    }

    /// <summary>The columns of a table of labelled records.</summary>
    public LabeledColumns LabeledColumnsOf(SettingSources sources) => _columns.Resolve(sources);

    /// <summary>The flags that are for texts without labels.</summary>
    public IEnumerable<Option> FlagsOfUnlabelled => [_include.Option, _noCache.Option];

    // The columns of a table, where the texts of one are asked for.
    private LabeledColumns? ColumnsOf(SettingSources sources)
    {
        var columns = _columns.Resolve(sources);
        if (NamedTexts.EmbeddedAmong(NamedIn(sources)) is { } embedded)
            RefuseForEmbedded(embedded, columns, sources);
        return columns.AsksForTexts ? columns : null;
    }

    private void RefuseForEmbedded(EmbeddedDataset embedded, LabeledColumns columns, SettingSources sources)
    {
        columns.RefuseFor($"{embedded.Name} comes with charrnn");
        if (_encoding.Resolve(sources) is { Origin: SettingOrigin.Flag, Value.Charset: not null })
            throw new SettingsException(
                $"{_encoding.Option.Name} is for files, and {embedded.Name} comes with charrnn, in UTF-8; leave it out."
            );
    }

    private CorpusOptions OptionsOf(
        SettingSources sources,
        TextEncoding meant,
        TextPreparation prepared,
        LabeledColumns? columns,
        bool isQuiet = false
    )
    {
        var form = new TextForm(meant == TextEncoding.Bytes, prepared.Charset, columns?.Table);
        return new()
        {
            TextsOf = path => form.TextsIn(path, isQuiet ? _ => { } : shell.Terminal.Note),
            Table = columns?.SourceOf(NamedIn(sources) is [var first, ..] ? first : "."),
            Preparation = columns is null ? prepared : prepared with { Records = true },
            Include = _include.Resolve(sources).Value,
            Encoding = meant,
            Cache = KeepsNothing || _noCache.Resolve(sources).Value ? null : shell.Cache.Ids,
            CancellationToken = shell.Interruption.Token,
        };
    }

    // What is embedded is UTF-8, whatever files are.
    private static CorpusOptions WithoutFiles(CorpusOptions options) =>
        options with
        {
            Preparation = options.Preparation with { Charset = null },
        };
}
