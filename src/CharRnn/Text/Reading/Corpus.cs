using System.Globalization;
using System.Text;
using CharRnn.Datasets;

namespace CharRnn;

/// <summary>
/// Text for training or scoring, as ids, prepared as <see cref="CorpusOptions.Preparation"/> says. It is read twice in
/// blocks, once for its symbols and once for its ids, so that it takes 1, 2 or 4 bytes a symbol, in memory or, for a
/// large text, in a mapped file.
/// </summary>
/// <remarks>
/// Disposing unmaps the file at once; without it the garbage collector does.
/// UTF-8 is strict. A byte order mark at the start of a source is dropped. Line ends are kept as they are: CR LF is two
/// symbols. Where lines count (records, repeated lines), LF, CR LF and CR alone each end one. Several sources are
/// separate texts, with <see cref="Vocabulary.BoundarySymbol"/> before, between and after them, unless they are joined.
/// </remarks>
public sealed class Corpus : IDisposable
{
    // One symbol to read and one to predict.
    private const int MinCharacters = 2;

    internal Corpus(string name, Vocabulary vocabulary, SymbolIds ids, string sha256)
    {
        Name = name;
        Vocabulary = vocabulary;
        Ids = ids;
        Sha256 = sha256;
    }

    /// <summary>
    /// Short name: the file's without its extension, or the folder's; with several paths, the first's and how many
    /// more.
    /// </summary>
    public string Name { get; }

    /// <summary>The distinct symbols of the text, or the vocabulary given in the options.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Number of distinct symbols of the text itself.</summary>
    public int Distinct { get; internal init; }

    /// <summary>The ids of the text.</summary>
    public SymbolIds Ids { get; }

    /// <summary>
    /// SHA-256 of the raw bytes of all sources in their order, byte order marks included, in lower-case
    /// hexadecimal.
    /// </summary>
    public string Sha256 { get; }

    /// <summary>The files that were read, in their order; the name alone for a text in memory.</summary>
    public IReadOnlyList<string> Sources { get; internal set; } = [];

    /// <summary>The preparation of the text.</summary>
    public TextPreparation Preparation { get; internal init; } = new();

    /// <summary>Whether the text is a sequence of records, with a boundary before, between and after them.</summary>
    public bool IsRecords => Preparation.Records;

    /// <summary>
    /// The labels of labelled records, whose places are the ids of <see cref="SymbolIds.Labels"/>; none where records
    /// have no labels.
    /// </summary>
    public IReadOnlyList<string> Labels { get; internal init; } = [];

    /// <summary>Source of its labelled records; null for any other text.</summary>
    internal RecordSource? RecordSource { get; init; }

    /// <summary>
    /// The split of a text that was assembled part by part; null if the settings decide.
    /// </summary>
    internal CorpusSplit? Parts { get; init; }

    /// <summary>Report of the preparation, one line for each step; empty if nothing was done.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Hints about the text, one line each; none of them stops training.</summary>
    public IReadOnlyList<string> Hints { get; private set; } = [];

    /// <summary>Those of the hints that say where the ids of a large text are kept.</summary>
    internal IReadOnlyList<string> Storage { get; private init; } = [];

    /// <summary>
    /// Reads files and folders, in the order they are named. A folder's files are those that match
    /// <see cref="CorpusOptions.Include"/>, at any depth, in ordinal order.
    /// </summary>
    /// <exception cref="CorpusException">
    /// A path is missing or cannot be read, a folder holds no matching file, a file is empty, binary, in UTF-16 or
    /// UTF-32 or not valid UTF-8, the text has fewer than two characters or one distinct character, or one that the
    /// given vocabulary lacks.
    /// </exception>
    /// <exception cref="SettingsException">The preparation cannot be used, or not with this encoding.</exception>
    /// <exception cref="CharRnnException">The ids of a large text cannot be written.</exception>
    /// <exception cref="OperationCanceledException">
    /// <see cref="CorpusOptions.CancellationToken"/> asked to stop.
    /// </exception>
    public static Corpus Load(IReadOnlyList<string> paths, CorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= new CorpusOptions();
        var unread = new List<string>();
        var sources = CorpusFiles.Find(paths, options, unread);
        var corpus = Read(
            NameOf(paths),
            string.Join(", ", paths.Select(CorpusFiles.Display)),
            namedSources: paths.ToHashSet(),
            sources,
            options
        );
        if (unread.Count > 0)
            corpus.Hints = [UnreadFiles.Hint(unread, options.Include), .. corpus.Hints];
        return corpus;
    }

    /// <summary>
    /// Reads the files of a corpus that was read before (<see cref="Sources"/>), under the name it had then.
    /// </summary>
    /// <exception cref="CorpusException">
    /// As for <see cref="Load"/>; a file may be empty, as one in a folder may.
    /// </exception>
    /// <exception cref="CharRnnException">The ids of a large text cannot be written.</exception>
    /// <exception cref="OperationCanceledException">
    /// <see cref="CorpusOptions.CancellationToken"/> asked to stop.
    /// </exception>
    public static Corpus LoadFiles(string name, IReadOnlyList<string> files, CorpusOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        List<CorpusSource> sources = [.. files.SelectMany(file => CorpusFiles.InFile(file, options))];
        return Read(name, string.Join(", ", files.Select(CorpusFiles.Display)), namedSources: [], sources, options);
    }

    /// <summary>Makes a corpus of a text in memory, as if it were a file of its UTF-8 bytes.</summary>
    /// <exception cref="CorpusException">
    /// As for <see cref="Load"/>, or the text holds half a surrogate pair.
    /// </exception>
    public static Corpus FromText(string name, string text) => FromText(name, text, new CorpusOptions());

    /// <inheritdoc cref="FromText(string, string)"/>
    public static Corpus FromText(string name, string text, CorpusOptions options)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        var source = InMemory(name, text);
        return Read(name, source.DisplayName, namedSources: [name], [source], options);
    }

    /// <summary>Reads one file with a model's vocabulary.</summary>
    /// <param name="path">The file, in the vocabulary's encoding.</param>
    /// <param name="vocabulary">The model's vocabulary.</param>
    /// <param name="skipUnknown">Leave out the symbols that the vocabulary lacks, rather than refuse the file.</param>
    /// <param name="options">
    /// Cache, progress, cancellation, and the preparation of the model's own text, of which
    /// <see cref="TextPreparation.ForOtherTexts"/> applies to this one too; the rest is for whole corpora.
    /// </param>
    /// <exception cref="CorpusException">
    /// As for <see cref="Load"/>; an unknown symbol is named with its line and column.
    /// </exception>
    /// <exception cref="CharRnnException">The ids of a large text cannot be written.</exception>
    /// <exception cref="OperationCanceledException">
    /// <see cref="CorpusOptions.CancellationToken"/> asked to stop.
    /// </exception>
    public static EncodedText EncodeFile(
        string path,
        Vocabulary vocabulary,
        bool skipUnknown,
        CorpusOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new CorpusOptions();
        return Encode(CorpusFiles.InFile(path, options), vocabulary, skipUnknown, options);
    }

    /// <summary>
    /// Reads files and folders with a model's vocabulary, as <see cref="Load"/> reads them; between several texts is a
    /// boundary where the vocabulary has one.
    /// </summary>
    /// <inheritdoc cref="EncodeFile"/>
    /// <param name="paths">The files and folders, in the vocabulary's encoding.</param>
    /// <param name="vocabulary">The model's vocabulary.</param>
    /// <param name="skipUnknown">Leave out the symbols that the vocabulary lacks, rather than refuse the text.</param>
    /// <param name="options">As for <see cref="EncodeFile"/>, and which files of a folder are read.</param>
    public static EncodedText EncodeFiles(
        IReadOnlyList<string> paths,
        Vocabulary vocabulary,
        bool skipUnknown,
        CorpusOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= new CorpusOptions();
        var unread = new List<string>();
        var text = Encode(CorpusFiles.Find(paths, options, unread), vocabulary, skipUnknown, options);
        return unread.Count == 0
            ? text
            : text with
            {
                Hints = [UnreadFiles.Hint(unread, options.Include), .. text.Hints],
            };
    }

    /// <summary>Encodes a text in memory with a model's vocabulary, as if it were a file of its UTF-8 bytes.</summary>
    /// <inheritdoc cref="EncodeFile"/>
    /// <param name="name">The name of the text.</param>
    /// <param name="text">The text.</param>
    /// <param name="vocabulary">The model's vocabulary.</param>
    /// <param name="skipUnknown">Leave out the symbols that the vocabulary lacks, rather than refuse the text.</param>
    /// <param name="options">As for <see cref="EncodeFile"/>.</param>
    public static EncodedText EncodeText(
        string name,
        string text,
        Vocabulary vocabulary,
        bool skipUnknown,
        CorpusOptions? options = null
    ) => Encode([InMemory(name, text)], vocabulary, skipUnknown, options ?? new CorpusOptions());

    private static EncodedText Encode(
        IReadOnlyList<CorpusSource> sources,
        Vocabulary vocabulary,
        bool skipUnknown,
        CorpusOptions options
    )
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        var preparation = options.Preparation.ForOtherTexts();
        if (preparation.Records && vocabulary.BoundaryId is null)
            throw new SettingsException(
                "lines are to be records, but the model's vocabulary has no boundary symbol to part them; it was "
                    + "not trained with 'Records'."
            );
        var reader = new CorpusReader(sources, options with { Vocabulary = vocabulary, Preparation = preparation })
        {
            SkipUnknown = skipUnknown,
        };
        string named = string.Join(", ", sources.Select(source => source.DisplayName).Take(1));
        if (sources.Count > 1)
            named += $" and {sources.Count - 1} more";
        var reading = reader.Read(facts =>
        {
            if (sources is [var only])
                RefuseEmpty(only, facts.CharactersOf[0]);
        });
        if (reading.Ids.Length < MinCharacters)
            throw new CorpusException(
                $"{named} holds {reading.Ids.Length} characters of the model's vocabulary; at least "
                    + $"{MinCharacters} are needed, one to read and one to predict."
            );
        return new EncodedText(reading.Ids, reading.Details.Skipped, reading.Notes)
        {
            Unknown = reading.Details.Unknown,
            Storage = reading.Notes,
            Sha256 = reading.Details.Sha256,
            Notes = [.. reading.Details.Facts.Prepared.Lines(preparation)],
        };
    }

    /// <summary>Unmaps the file that holds the ids of a large text.</summary>
    public void Dispose() => Ids.Dispose();

    private static Corpus Read(
        string name,
        string displayedPaths,
        HashSet<string> namedSources,
        List<CorpusSource> sources,
        CorpusOptions options
    )
    {
        options.Preparation.Validate(options.Vocabulary?.Encoding ?? options.Encoding);
        if (options.Preparation.Records && options.Vocabulary is { BoundaryId: null })
            throw new SettingsException(
                "'Records' needs a boundary symbol, which the given vocabulary lacks; leave 'Records' out."
            );
        var reading = new CorpusReader(sources, options).Read(Check);
        var read = reading.Details.Facts;
        return new Corpus(name, reading.Vocabulary, reading.Ids, reading.Details.Sha256)
        {
            Sources = [.. FilesOf(sources)],
            RecordSource = options.Table,
            Distinct = read.Symbols.Count,
            Preparation = options.Preparation,
            Notes = [.. read.Prepared.Lines(options.Preparation)],
            Hints = [.. CorpusHints.Of(sources, read, options.Preparation), .. reading.Notes],
            Storage = reading.Notes,
        };

        void Check(CorpusFacts facts)
        {
            for (int i = 0; i < sources.Count; i++)
            {
                // An empty file that a folder happens to hold adds nothing; one that was named is a mistake.
                if (namedSources.Contains(sources[i].Name))
                    RefuseEmpty(sources[i], facts.CharactersOf[i]);
            }
            if (facts.Length < MinCharacters)
            {
                string after = options.Preparation.ToString() is { Length: > 0 } flags ? $" after {flags}" : "";
                throw new CorpusException(
                    $"{displayedPaths} holds {facts.Length} characters{after}; at least {MinCharacters} are needed, "
                        + "one "
                        + "to read and one to predict."
                );
            }
            if (facts.Symbols.Count == 1)
                throw new CorpusException(
                    $"{displayedPaths} holds "
                        + $"{SymbolNames.WithCode(facts.Symbols[0], options.Vocabulary?.Encoding ?? options.Encoding)} "
                        + $"alone, {facts.Length} times; with one distinct character there is nothing to predict."
                );
        }
    }

    private static CorpusSource InMemory(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes;
        try
        {
            bytes = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetBytes(text);
        }
        catch (EncoderFallbackException failure)
        {
            throw new CorpusException(
                $"{CorpusFiles.Display(name)}: index {failure.Index} holds half a surrogate pair; the text needs "
                    + "whole characters.",
                failure
            );
        }
        return new CorpusSource(name, () => new MemoryStream(bytes, writable: false));
    }

    // A file of which several texts are made is one file.
    private static IEnumerable<string> FilesOf(List<CorpusSource> sources)
    {
        string? before = null;
        foreach (var source in sources)
        {
            bool isMade = source.Form.Length > 0 && source.FilePath is not null;
            if (!isMade || source.FilePath != before)
                yield return isMade ? source.FilePath! : source.Name;
            before = isMade ? source.FilePath : null;
        }
    }

    private static void RefuseEmpty(CorpusSource source, long characters)
    {
        if (characters == 0)
            throw new CorpusException($"{source.DisplayName} is empty; name a file that holds text.");
    }

    /// <summary>The name of the corpus that <see cref="Load"/> reads from some paths.</summary>
    /// <param name="paths">The paths; at least one.</param>
    public static string NameOf(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        // An empty path is rejected when it is read.
        string full = paths[0].Length == 0 ? "" : Path.TrimEndingDirectorySeparator(Path.GetFullPath(paths[0]));
        string first = Directory.Exists(full) ? Path.GetFileName(full) : Path.GetFileNameWithoutExtension(full);
        if (first.Length == 0)
            first = "corpus";
        return paths.Count == 1 ? first : $"{first}-and-{paths.Count - 1}-more";
    }
}
