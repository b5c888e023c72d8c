using CharRnn.Datasets;

namespace CharRnn;

/// <summary>How a corpus is read.</summary>
public sealed record CorpusOptions
{
    /// <summary>What a symbol is; strict UTF-8 by default.</summary>
    public TextEncoding Encoding { get; init; } = TextEncoding.Utf8;

    /// <summary>
    /// Which files of a folder are read, <c>*.txt</c> by default: <c>*</c> and <c>?</c> against the file name, or
    /// against the path below the folder where the pattern holds a slash. Case is ignored. A file that is named itself
    /// is read whatever its name.
    /// </summary>
    public IReadOnlyList<string> Include { get; init; } = ["*.txt"];

    /// <summary>
    /// What is done to the text; nothing by default, but that several files have boundaries between them.
    /// </summary>
    public TextPreparation Preparation { get; init; } = new();

    /// <summary>
    /// The vocabulary to encode with, so that a model goes on with another text; null, the default, makes one of the
    /// corpus's own symbols. Its encoding takes the place of <see cref="Encoding"/>.
    /// </summary>
    public Vocabulary? Vocabulary { get; init; }

    /// <summary>
    /// How large files of text must be, in bytes and all together, for their ids to lie in a mapped file rather than in
    /// memory; 16 MiB by default.
    /// </summary>
    public long MapFrom { get; init; } = 16 << 20;

    /// <summary>
    /// Where the ids of large texts are kept, so that a text that has not changed is not read again; null, the default,
    /// keeps them nowhere: they lie in a file without a name, in the system's folder for temporary files, and are gone
    /// with the process.
    /// </summary>
    public IdCache? Cache { get; init; }

    /// <summary>Is told how far the reading is, block by block, on the thread that reads.</summary>
    public IProgress<CorpusProgress>? Progress { get; init; }

    /// <summary>Stops the reading.</summary>
    public CancellationToken CancellationToken { get; init; }
}

/// <summary>What is being done with a corpus.</summary>
public enum CorpusPhase
{
    /// <summary>The first reading: which symbols there are.</summary>
    Surveying,

    /// <summary>The second reading: their ids.</summary>
    Encoding,

    /// <summary>The ids of an earlier reading are checked.</summary>
    Checking,

    /// <summary>A reading before the first: which lines are repeated, where those are left out.</summary>
    Comparing,
}

/// <summary>How far the reading of a corpus is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Bytes">Bytes done in this phase.</param>
/// <param name="TotalBytes">Bytes to do in it; null where that is not known.</param>
public readonly record struct CorpusProgress(CorpusPhase Phase, long Bytes, long? TotalBytes);
