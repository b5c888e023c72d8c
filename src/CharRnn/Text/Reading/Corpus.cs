using System.Text;
using CharRnn.Datasets;

namespace CharRnn;

/// <summary>
/// A text to learn from, as ids, prepared as <see cref="CorpusOptions.Preparation"/> says. It is read twice in blocks,
/// once for its symbols and once for its ids, so that it costs its ids alone: 1, 2 or 4 bytes a symbol, in memory or,
/// for a large text, in a mapped file.
/// </summary>
/// <remarks>
/// Disposing gives a mapped file back at once; a corpus that is only forgotten is given back by the garbage collector.
/// UTF-8 is strict. A byte order mark at the start of a source is dropped. Line ends are trained as they are: CR LF is
/// two symbols. Several sources are texts of their own, with <see cref="Vocabulary.BoundarySymbol"/> before, between
/// and after them, unless they are to be joined.
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
    /// A short name: the file's without its extension, or the folder's; with several paths, the first's and how many
    /// more.
    /// </summary>
    public string Name { get; }

    /// <summary>The distinct symbols of the text, or the vocabulary it was asked to be read with.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>How many distinct symbols the text itself has.</summary>
    public int Distinct { get; internal init; }

    /// <summary>The text.</summary>
    public SymbolIds Ids { get; }

    /// <summary>
    /// The SHA-256 of the raw bytes of all sources in their order, byte order marks included, in lower-case
    /// hexadecimal.
    /// </summary>
    public string Sha256 { get; }

    /// <summary>The files that were read, in their order; the name alone for a text in memory.</summary>
    public IReadOnlyList<string> Sources { get; internal init; } = [];

    /// <summary>What was done to the text.</summary>
    public TextPreparation Preparation { get; internal init; } = new();

    /// <summary>Whether the text is many short ones, with a boundary before, between and after them.</summary>
    public bool IsRecords => Preparation.Records;

    /// <summary>
    /// The labels of labelled records, whose places are the ids of <see cref="SymbolIds.Labels"/>; none where records
    /// have no labels.
    /// </summary>
    public IReadOnlyList<string> Labels { get; internal init; } = [];

    /// <summary>What its labelled records were read from; null for any other text.</summary>
    internal RecordSource? RecordSource { get; init; }

    /// <summary>
    /// How the text is cut, where its parts were put one after another when it was made; null where that is for
    /// settings to say.
    /// </summary>
    internal CorpusSplit? Parts { get; init; }

    /// <summary>What its preparation did, one line each; nothing where nothing was done.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>What the user may want to know of the text, one line each; nothing here stops training.</summary>
    public IReadOnlyList<string> Hints { get; private init; } = [];

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
    /// <exception cref="CharRnnException">There is no room for the ids of a large text.</exception>
    /// <exception cref="OperationCanceledException"><see cref="CorpusOptions.CancellationToken"/> asked to stop.</exception>
    public static Corpus Load(IReadOnlyList<string> paths, CorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= new CorpusOptions();
        var sources = CorpusFiles.Find(paths, options.Include);
        return Read(
            NameOf(paths),
            string.Join(", ", paths.Select(CorpusFiles.Display)),
            namedSources: paths.ToHashSet(),
            sources,
            options
        );
    }

    /// <summary>
    /// Reads the files of a corpus that was read before (<see cref="Sources"/>), under the name it had then.
    /// </summary>
    /// <exception cref="CorpusException">
    /// As for <see cref="Load"/>; a file may be empty, as one in a folder may.
    /// </exception>
    /// <exception cref="CharRnnException">There is no room for the ids of a large text.</exception>
    /// <exception cref="OperationCanceledException"><see cref="CorpusOptions.CancellationToken"/> asked to stop.</exception>
    public static Corpus LoadFiles(string name, IReadOnlyList<string> files, CorpusOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        List<CorpusSource> sources = [.. files.Select(CorpusFiles.ExistingFile)];
        return Read(name, string.Join(", ", files.Select(CorpusFiles.Display)), namedSources: [], sources, options);
    }

    /// <summary>Takes a text that is at hand, as if it were a file of its UTF-8 bytes.</summary>
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
        var source = new CorpusSource(name, () => new MemoryStream(bytes, writable: false));
        return Read(name, source.DisplayName, namedSources: [name], [source], options);
    }

    /// <summary>Reads one file with a model's vocabulary.</summary>
    /// <param name="path">The file, in the vocabulary's encoding.</param>
    /// <param name="vocabulary">The model's vocabulary.</param>
    /// <param name="skipUnknown">Leave out the symbols that the vocabulary lacks, rather than refuse the file.</param>
    /// <param name="options">
    /// Where the ids of a large text are kept, who is told, what stops the reading, and how the model's own text was
    /// prepared, of which <see cref="TextPreparation.ForOtherTexts"/> is done to this one too; the rest is for whole
    /// corpora.
    /// </param>
    /// <exception cref="CorpusException">
    /// As for <see cref="Load"/>; an unknown symbol is named with its line and column.
    /// </exception>
    /// <exception cref="CharRnnException">There is no room for the ids of a large text.</exception>
    /// <exception cref="OperationCanceledException"><see cref="CorpusOptions.CancellationToken"/> asked to stop.</exception>
    public static EncodedText EncodeFile(
        string path,
        Vocabulary vocabulary,
        bool skipUnknown,
        CorpusOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(vocabulary);
        var source = CorpusFiles.ExistingFile(path);
        options ??= new CorpusOptions();
        var preparation = options.Preparation.ForOtherTexts();
        if (preparation.Records && vocabulary.BoundaryId is null)
            throw new SettingsException(
                "lines are to be records, but the model's vocabulary has no boundary symbol to part them; it was "
                    + "not trained with 'Records'."
            );
        var reader = new CorpusReader([source], options with { Vocabulary = vocabulary, Preparation = preparation })
        {
            SkipUnknown = skipUnknown,
        };
        var reading = reader.Read(facts => RefuseEmpty(source, facts.CharactersOf[0]));
        if (reading.Ids.Length < MinCharacters)
            throw new CorpusException(
                $"{source.DisplayName} holds {reading.Ids.Length} characters of the model's vocabulary; at least "
                    + $"{MinCharacters} are needed, one to read and one to predict."
            );
        return new EncodedText(reading.Ids, reading.Details.Skipped, reading.Notes)
        {
            Unknown = reading.Details.Unknown,
            Notes = [.. reading.Details.Facts.Prepared.Lines(preparation)],
        };
    }

    /// <summary>Gives back the mapped file that the ids of a large text lie in.</summary>
    public void Dispose() => Ids.Dispose();

    private static Corpus Read(
        string name,
        string shownPaths,
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
            Sources = [.. sources.Select(source => source.Name)],
            Distinct = read.Symbols.Count,
            Preparation = options.Preparation,
            Notes = [.. read.Prepared.Lines(options.Preparation)],
            Hints = [.. HintsOf(sources, read, options.Preparation), .. reading.Notes],
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
                    $"{shownPaths} holds {facts.Length} characters{after}; at least {MinCharacters} are needed, one "
                        + "to read and one to predict."
                );
            }
            if (facts.Symbols.Count == 1)
                throw new CorpusException(
                    $"{shownPaths} holds "
                        + $"{SymbolNames.WithCode(facts.Symbols[0], options.Vocabulary?.Encoding ?? options.Encoding)} "
                        + $"alone, {facts.Length} times; with one distinct character there is nothing to predict."
                );
        }
    }

    private static void RefuseEmpty(CorpusSource source, long characters)
    {
        if (characters == 0)
            throw new CorpusException($"{source.DisplayName} is empty; name a file that holds text.");
    }

    private static IEnumerable<string> HintsOf(
        List<CorpusSource> sources,
        CorpusFacts facts,
        TextPreparation preparation
    )
    {
        if (facts.Prepared.NotComposed > 0)
            yield return FormattableString.Invariant(
                $"places where the text is spelt otherwise than in Unicode's composed form (NFC): {facts.Prepared.NotComposed:N0}; one letter may then be several different ones, and `'Normalize' nfc` makes them alike."
            );
        List<string> crlf = [.. facts.CrlfSources.Select(index => sources[index].DisplayName)];
        if (crlf.Count > 0 && !preparation.Records)
        {
            string who = crlf.Count == 1 ? $"{crlf[0]} has" : $"{crlf[0]} and {crlf.Count - 1} more have";
            yield return $"{who} CRLF line ends; they are trained as they are (two characters a line end). `tr -d '\\r'` "
                + "removes them.";
        }
        if (sources.Count == 1)
            yield break;
        var twice = sources
            .GroupBy(source => Path.GetFullPath(source.Name), StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1)
            ?.First();
        if (twice is not null)
            yield return $"{twice.DisplayName} is read more than once; a validation part may then hold text that was trained on.";
    }

    /// <summary>The name of the corpus that <see cref="Load"/> reads from some paths.</summary>
    /// <param name="paths">The paths; at least one.</param>
    public static string NameOf(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        // An empty path is refused by whoever reads it.
        string full = paths[0].Length == 0 ? "" : Path.TrimEndingDirectorySeparator(Path.GetFullPath(paths[0]));
        string first = Directory.Exists(full) ? Path.GetFileName(full) : Path.GetFileNameWithoutExtension(full);
        if (first.Length == 0)
            first = "corpus";
        return paths.Count == 1 ? first : $"{first}-and-{paths.Count - 1}-more";
    }
}

/// <summary>
/// A file read with a model's vocabulary. Disposing gives back the mapped file that the ids of a large text lie in.
/// </summary>
/// <param name="Ids">The text.</param>
/// <param name="Skipped">How many symbols were left out because the vocabulary lacks them.</param>
/// <param name="Hints">What the user may want to know, one line each.</param>
public sealed record EncodedText(SymbolIds Ids, long Skipped, IReadOnlyList<string> Hints) : IDisposable
{
    /// <summary>How many symbols became the vocabulary's unknown symbol because it lacks them.</summary>
    public long Unknown { get; init; }

    /// <summary>What the text's preparation did, one line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose() => Ids.Dispose();
}
