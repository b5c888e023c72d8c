using CharRnn.Engine;

namespace CharRnn.Datasets;

/// <summary>Packing of a corpus at its address.</summary>
public enum CorpusPacking
{
    /// <summary>The address gives the text itself.</summary>
    Plain,

    /// <summary>The address gives a zip archive; the corpus is one file of it.</summary>
    ZippedFile,

    /// <summary>The address gives a zip archive; the corpus is the <c>*.txt</c> files of one of its folders.</summary>
    ZippedFolder,

    /// <summary>
    /// The address gives a zip archive; the corpus is all files of one of its folders, at any depth, that end in one of
    /// <see cref="CorpusEntry.Endings"/>, joined end to end in ordinal order of their paths.
    /// </summary>
    ZippedSources,
}

/// <summary>One downloadable corpus: its address and known facts.</summary>
/// <param name="Name">
/// Name of the corpus: lower-case letters, digits and hyphens; also that of its file or folder in the cache.
/// </param>
/// <param name="Description">Description in one line.</param>
/// <param name="Address">Address that it is fetched from.</param>
public sealed record CorpusEntry(string Name, string Description, Uri Address)
{
    /// <summary>Packing of the download; <see cref="CorpusPacking.Plain"/> by default.</summary>
    public CorpusPacking Packing { get; init; } = CorpusPacking.Plain;

    /// <summary>
    /// The file (<c>enwik8</c>) or folder (<c>data/names/</c>) within the archive; null for a plain text.
    /// </summary>
    public string? Member { get; init; }

    /// <summary>
    /// Ending of the names of the files that are joined, <c>.tex</c>; none unless <see cref="Packing"/> joins files.
    /// </summary>
    public IReadOnlyList<string> Endings { get; init; } = [];

    /// <summary>The exact size of the unpacked text in bytes; null where it is not known.</summary>
    public long? Bytes { get; init; }

    /// <summary>The SHA-256 of the unpacked text, lower-case hexadecimal; null where it is not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>
    /// The SHA-1 of the unpacked text, lower-case hexadecimal; null where it is not known. Some old collections publish
    /// no other.
    /// </summary>
    public string? Sha1 { get; init; }

    /// <summary>Whether the corpus is a folder of texts rather than one file.</summary>
    public bool IsFolder => Packing == CorpusPacking.ZippedFolder;
}
