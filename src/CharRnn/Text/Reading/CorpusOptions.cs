using CharRnn.Datasets;

namespace CharRnn;

/// <summary>Options for reading a corpus.</summary>
public sealed record CorpusOptions
{
    /// <summary>Unit of a symbol; strict UTF-8 by default.</summary>
    public TextEncoding Encoding { get; init; } = TextEncoding.Utf8;

    /// <summary>
    /// Patterns of the files read in a folder, <c>*.txt</c> by default: <c>*</c> and <c>?</c> against the file name, or
    /// against the path below the folder where the pattern holds a slash. Case is ignored. A file given by its own path
    /// is read whatever its name.
    /// </summary>
    public IReadOnlyList<string> Include { get; init; } = ["*.txt"];

    /// <summary>
    /// The texts in a file, by its path, for a program that unpacks files or decodes them itself; null, the default,
    /// takes each file for one text in the encoding that <see cref="Preparation"/> names.
    /// </summary>
    public Func<string, IReadOnlyList<CorpusSource>>? TextsOf { get; init; }

    /// <summary>The column of a table that the texts are, as a run keeps it; null, the default, for no table.</summary>
    public RecordSource? Table { get; init; }

    /// <summary>
    /// Preparation of the text; by default none, except for boundaries between several files.
    /// </summary>
    public TextPreparation Preparation { get; init; } = new();

    /// <summary>
    /// Vocabulary to encode with, so that a model continues with another text; null, the default, makes one of the
    /// corpus's own symbols. Its encoding overrides <see cref="Encoding"/>.
    /// </summary>
    public Vocabulary? Vocabulary { get; init; }

    /// <summary>
    /// Total size of the files, in bytes, from which on their ids lie in a mapped file rather than in memory; 16 MiB by
    /// default.
    /// </summary>
    public long MapFrom { get; init; } = 16 << 20;

    /// <summary>
    /// Cache of the ids of large texts, so that an unchanged text is not read again; null, the default, for none: the
    /// ids then lie in an unnamed file in the system's folder for temporary files, and vanish with the process.
    /// </summary>
    public IdCache? Cache { get; init; }

    /// <summary>Receives the progress after every block, on the reading thread; null, the default, for none.</summary>
    public IProgress<CorpusProgress>? Progress { get; init; }

    /// <summary>Stops the reading.</summary>
    public CancellationToken CancellationToken { get; init; }
}

/// <summary>Phase of reading a corpus.</summary>
public enum CorpusPhase
{
    /// <summary>First pass: which symbols there are.</summary>
    Surveying,

    /// <summary>Second pass: their ids.</summary>
    Encoding,

    /// <summary>Verification of cached ids.</summary>
    Checking,

    /// <summary>Pass before the first, where repeated lines are left out: which lines are repeated.</summary>
    Comparing,
}

/// <summary>Progress of reading a corpus.</summary>
/// <param name="Phase">The present phase.</param>
/// <param name="Bytes">Bytes read in this phase.</param>
/// <param name="TotalBytes">Bytes to read in this phase; null if unknown.</param>
public readonly record struct CorpusProgress(CorpusPhase Phase, long Bytes, long? TotalBytes);
