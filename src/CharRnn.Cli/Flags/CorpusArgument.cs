using System.CommandLine;
using System.CommandLine.Completions;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;
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
        Description = $"Files, folders, or names from 'charrnn data list' (default: {EmbeddedDatasets.All[0].Name}).",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Setting<IReadOnlyList<string>> _include = Setting.List(
        "--include",
        "Pattern of the files to read in a folder; may be repeated (default: *.txt).",
        new CorpusOptions().Include,
        "GLOB"
    );

    private readonly Setting<TextEncoding> _encoding = new(
        "--encoding",
        "Unit of the text: a Unicode character of strict UTF-8, or a byte (default: utf-8).",
        TextEncoding.Utf8,
        text => SettingParser.Choice(text, ("utf-8", TextEncoding.Utf8), ("bytes", TextEncoding.Bytes)),
        "utf-8|bytes"
    );

    private readonly CorpusNames _names = new(shell);
    private readonly PreparationFlags _preparation = new();
    private readonly Setting<bool> _noCache = SharedFlags.NoCache();

    /// <summary>Whether nothing is kept of a large text, as with <c>--no-cache</c>.</summary>
    public bool KeepsNothing { get; set; }

    /// <summary>Gives the verb the argument and its flags.</summary>
    public void AddTo(VerbCommand verb)
    {
        _argument.CompletionSources.Add(_ => CorpusNames.All(shell).Select(name => new CompletionItem(name)));
        verb.Add(_argument);
        verb.Add(FlagGroup.Text, _include.Option, _encoding.Option);
        _preparation.AddTo(verb);
        verb.Add(FlagGroup.Text, _noCache.Option);
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
            OptionsOf(sources, _encoding.Resolve(sources).Value, _preparation.Resolve(sources)) with
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
        var meant = trainedOn is null ? _encoding.Resolve(sources).Value : EncodingOf(trainedOn);
        var prepared = trainedOn?.Preparation ?? _preparation.Resolve(sources).ForOtherTexts();
        using var line = new ReadingLine(shell, mode);
        var corpus = Corpus.LoadFiles(
            Corpus.NameOf([path]),
            [path],
            OptionsOf(sources, meant, prepared) with
            {
                Vocabulary = vocabulary,
                Progress = line,
            }
        );
        if (vocabulary is not null)
            line.Print(corpus.Notes, corpus.Hints);
        return corpus;
    }

    /// <summary>Names the flags given by hand that make no difference to what is read.</summary>
    public void SayWithoutEffect(SettingSources sources)
    {
        string[] named = NamedIn(sources);
        bool hasFolder = named.Any(Directory.Exists);
        if (sources.IsGiven(_include.Option) && !hasFolder)
            shell.Terminal.Message($"{_include.Option.Name} has no effect without a folder.");
        if (sources.IsGiven("--join-files") && named.Length < 2 && !hasFolder)
            shell.Terminal.Message("--join-files has no effect on one file.");
    }

    /// <summary>
    /// The name of the corpus that <see cref="Load(SettingSources, ProgressMode, Vocabulary?)"/> reads.
    /// </summary>
    /// <exception cref="CorpusException">It is not there.</exception>
    public string NameOf(SettingSources sources) =>
        EmbeddedAmong(NamedIn(sources)) is { } embedded
            ? embedded.Name
            : Corpus.NameOf([.. NamedIn(sources).Select(_names.PathOf)]);

    private Corpus Load(string[] named, CorpusOptions options, ProgressMode mode)
    {
        using var line = new ReadingLine(shell, mode);
        var corpus = EmbeddedAmong(named) is { } embedded
            ? Corpus.FromText(embedded.Name, embedded.ReadText(), options)
            : Corpus.Load([.. named.Select(_names.PathOf)], options with { Progress = line });
        if (options.Vocabulary is null)
            line.Print(corpus.Notes, corpus.Hints);
        return corpus;
    }

    /// <summary>
    /// Reads the text of a run that is resumed: the named one, or else the one that the run was trained on.
    /// </summary>
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
        var (wanted, origin) = _encoding.Resolve(sources);
        var trained = EncodingOf(trainedOn);
        if (origin == SettingOrigin.Flag && wanted != trained)
            throw new SettingsException(
                $"{_encoding.Option.Name} differs from the run that is resumed, which has {trainedOn.Encoding}; "
                    + "leave it out, or start a new run."
            );
        var options = OptionsOf(sources, trained, _preparation.ResolveAgain(sources, trainedOn.Preparation)) with
        {
            Vocabulary = vocabulary,
        };
        if (NamedIn(sources) is { Length: > 0 } named)
            return Load(named, options, mode);
        using var line = new ReadingLine(shell, mode);
        return EmbeddedAmong([.. trainedOn.Sources]) is { } embedded
            ? Corpus.FromText(embedded.Name, embedded.ReadText(), options)
            : Corpus.LoadFiles(trainedOn.Name, trainedOn.Sources, options with { Progress = line });
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
        trained is null ? _preparation.Resolve(sources) : _preparation.ResolveAgain(sources, trained);

    /// <summary>The flags that are for texts without labels.</summary>
    public IEnumerable<Option> FlagsOfUnlabelled => [_include.Option, _encoding.Option, _noCache.Option];

    private CorpusOptions OptionsOf(SettingSources sources, TextEncoding meant, TextPreparation prepared) =>
        new()
        {
            Preparation = prepared,
            Include = _include.Resolve(sources).Value,
            Encoding = meant,
            Cache = KeepsNothing || _noCache.Resolve(sources).Value ? null : shell.Cache.Ids,
            CancellationToken = shell.Interruption.Token,
        };

    private static EmbeddedDataset? EmbeddedAmong(string[] named)
    {
        if (named.Length == 0)
            return EmbeddedDatasets.All[0];
        var embedded = named
            .Where(name => !CorpusNames.IsPath(name))
            .Select(EmbeddedDatasets.Find)
            .FirstOrDefault(found => found is not null);
        if (embedded is not null && named.Length > 1)
            throw new SettingsException(
                $"{embedded.Name} comes with charrnn and is read alone; 'charrnn data get {embedded.Name}' makes "
                    + "a file of it that can be named beside others."
            );
        return embedded;
    }
}

/// <summary>
/// Resolver of names on the command line to paths: a file or folder of that name in the working folder comes
/// before a name from <c>data list</c>.
/// </summary>
internal sealed class CorpusNames(Shell shell)
{
    /// <summary>The names of all corpora.</summary>
    public static IEnumerable<string> All(Shell shell) =>
        EmbeddedDatasets.All.Select(known => known.Name).Concat(shell.Catalog.Entries.Select(known => known.Name));

    /// <summary>Whether there is a file or folder of that name.</summary>
    public static bool IsPath(string named) => File.Exists(named) || Directory.Exists(named);

    /// <summary>The path that was meant, of a file or folder or of a corpus that has been downloaded.</summary>
    /// <exception cref="CorpusException">It is neither, nor looks like a path.</exception>
    public string PathOf(string named)
    {
        if (IsPath(named))
            return named;
        if (shell.Catalog.TryFind(named, out var entry))
        {
            return shell.Cache.Has(entry)
                ? shell.Cache.PathOf(entry)
                : throw new CorpusException(
                    $"{named} has not been downloaded yet; 'charrnn data get {named}' brings it here."
                );
        }

        // A name that looks like a path is refused as one, by the reader.
        if (named.Length == 0 || named.AsSpan().IndexOfAny('/', '\\', '.') >= 0)
            return named;
        throw new CorpusException(
            $"'{named}' is no file, no folder and no corpus by name{NearestName.Suggest(named, All(shell))} "
                + "'charrnn data list' shows the names."
        );
    }
}
